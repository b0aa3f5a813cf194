"""What language models have answered about chunks, over SQLite and Postgres."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core import ids
from core.access import AccessLabel
from core.config import Settings
from core.graph import DocumentEvidence
from store.catalog.catalog import SqlCatalog, open_catalog
from tests.contract.migrated import cleared, copied
from tests.fakes.clock import FakeClock


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), tmp_path)
    return cleared(
        request.getfixturevalue("postgres_url"), "graph_readings", "graph_documents", "graph_evidence"
    )


@pytest.fixture
async def catalog(settings: Settings) -> AsyncIterator[SqlCatalog]:
    async with open_catalog(settings, FakeClock()) as opened:
        yield opened


async def test_answers_are_kept_by_document_and_replaced_together(catalog: SqlCatalog) -> None:
    kept = catalog.graph_readings
    await kept.keep("a", tenant="acme", answers={"k1": "{}", "k2": '{"odd": "\\u0000"}'})
    await kept.keep("b", tenant="acme", answers={"k1": "other"})
    assert await kept.known("a", ["k1", "k3"]) == {"k1": "{}"}
    await kept.keep("a", tenant="acme", answers={"k3": "new"})
    assert await kept.known("a", ["k1", "k2", "k3"]) == {"k3": "new"}
    await kept.keep("a", tenant="acme", answers={})
    assert await kept.known("a", ["k3"]) == {}
    assert await kept.known("b", ["k1"]) == {"k1": "other"}


async def test_they_go_with_the_document(catalog: SqlCatalog) -> None:
    await catalog.graph_readings.keep("a", tenant="acme", answers={"k1": "{}"})
    assert await catalog.graph.count("a") == 1
    await catalog.graph.remove("a")
    assert await catalog.graph.count("a") == 0


def read(version: int, *texts: str) -> DocumentEvidence:
    passages = frozenset(map(ids.passage_key, texts))
    return DocumentEvidence("a", version, AccessLabel(), "rules", passages=passages)


async def test_an_edit_takes_the_answers_about_what_the_document_said_before(catalog: SqlCatalog) -> None:
    """They hold its names. What still stands there is not asked about again, whichever reader has answered."""
    stays, goes = (f"{ids.passage_key(text)}:reader" for text in ("stays", "goes"))
    kept = catalog.graph_readings
    await catalog.graph.replace(read(1, "stays", "goes"))
    await kept.keep("a", tenant="default", answers={stays: "{}", goes: "PERSON_0123456789ab"})
    await catalog.graph.replace(read(1))
    assert len(await kept.known("a", [stays, goes])) == 2, "read again by other rules: the text is the same"
    await catalog.graph.replace(read(2, "stays", "new"))
    assert await kept.known("a", [stays, goes]) == {stays: "{}"}
    assert await catalog.graph.naming_count("default", ["PERSON_0123456789ab"]) == 0
    await catalog.graph.replace(read(3))
    assert await kept.known("a", [stays]) == {}

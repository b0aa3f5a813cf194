"""`folio reviews` and `folio audit` over a real catalog."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.access import Principal
from core.clock import SystemClock
from core.config import load_settings
from core.documents import DocumentRecord, DocumentState, Source, SourceKind
from folio.cli.main import app
from folio.reviewing import ReviewDesk, ReviewParts
from folio.vault_sealing import VaultSealer
from store.catalog.catalog import SqlCatalog, open_catalog

RUN = CliRunner()
DOC_ID = "d" * 32


async def _nothing(record: DocumentRecord, who: Principal) -> str:
    del record, who
    return ""


async def _same(text: str) -> str:
    return text


class OnlyReviews:
    """The part of a knowledge base that the commands use, without its vector store."""

    def __init__(self, settings: object) -> None:
        self.settings = load_settings()
        del settings

    async def __aenter__(self) -> "OnlyReviews":
        self._opening = open_catalog(self.settings, SystemClock())
        self._catalog = await self._opening.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._opening.__aexit__(None, None, None)

    async def reviews(self) -> ReviewDesk:
        catalog = self._catalog
        parts = ReviewParts(
            catalog.reviews,
            catalog.answer_records,
            catalog.answer_words(VaultSealer(self.settings)),
            catalog.audit.append,
            catalog.readable,
            catalog.get,
            _nothing,
            _same,
        )
        return ReviewDesk(parts, principal=Principal(subject="operator", scopes=frozenset({"review"})))


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("FOLIO_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("folio.knowledge_base.KnowledgeBase", OnlyReviews)

    async def fill(catalog: SqlCatalog) -> None:
        await catalog.register(Source("s", SourceKind.FOLDER, "/data"))
        quarantined = DocumentState.QUARANTINED
        await catalog.save(
            [DocumentRecord(DOC_ID, "s", "default", "broken.pdf", quarantined, reason="no text in it")]
        )

    in_catalog(fill)
    return tmp_path


def in_catalog(act: Callable[[SqlCatalog], object]) -> None:
    async def run() -> None:
        async with open_catalog(load_settings(), SystemClock()) as catalog:
            await act(catalog)  # type: ignore[misc]

    asyncio.run(run())


def folio(*words: str, code: int = 0) -> str:
    result = RUN.invoke(app, list(words))
    assert result.exit_code == code, result.output
    return result.output


def test_an_item_is_listed_shown_and_decided_and_the_log_has_it(home: Path) -> None:
    [item] = json.loads(folio("reviews", "list", "--json"))["reviews"]
    assert (item["object"], item["reasons"], item["state"]) == (DOC_ID, ["quarantined"], "open")
    assert "quarantined" in folio("reviews", "list")
    assert "no text in it" in folio("reviews", "show", item["item_id"])
    assert "rejected" in folio("reviews", "decide", item["item_id"], "--as", "rejected", "--note", "no")
    assert json.loads(folio("reviews", "list", "--json"))["reviews"] == []
    assert json.loads(folio("audit", "list", "--json"))["entries"][0]["action"] == "review.decided"
    assert folio("reviews", "export") == ""
    folio("reviews", "export", str(home / "cases.jsonl"))
    assert (home / "cases.jsonl").read_text() == ""


def test_the_log_is_exported_once_and_verified_from_its_file(home: Path) -> None:
    [item] = json.loads(folio("reviews", "list", "--json"))["reviews"]
    folio("reviews", "decide", item["item_id"], "--as", "approved")
    file = home / "log.jsonl"
    folio("audit", "export", str(file))
    assert (file.stat().st_mode & 0o777) == 0o600
    there, read = (
        json.loads(folio("audit", "verify", "--json")),
        json.loads(folio("audit", "verify", "--json", "--file", str(file))),
    )
    assert (read["whole"], read["head"], read["entries"]) == (True, there["head"], 1)
    file.write_text(file.read_text().replace("approved", "rejected"))
    assert "NOT WHOLE" in folio("audit", "verify", "--file", str(file), code=1)
    assert RUN.invoke(app, ["audit", "export", str(file)]).exit_code != 0

"""`folio search` with filters and explanations over the real stores, in this process."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.config import load_settings
from folio.cli import querying
from folio.cli.main import run
from folio.knowledge_base import KnowledgeBase

Folio = Callable[..., str]


@pytest.fixture(scope="module")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A knowledge base with a Markdown and a text file; the ids of its documents by name."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("docs")
    (folder / "leave.md").write_text("# Leave\n\nThirty days of annual leave.\n")
    (folder / "kitchen.txt").write_text("The dishwasher runs at noon and at five.")

    async def sync() -> dict[str, str]:
        async with KnowledgeBase(load_settings(home=home, redaction={"policy": "off"})) as kb:
            await kb.ingest([folder])
            return {record.path: record.doc_id for record in await kb.documents()}

    return home, asyncio.run(sync())


@pytest.fixture
def doc_ids(filled_home: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    home, doc_ids = filled_home
    monkeypatch.setenv("FOLIO_HOME", str(home))
    monkeypatch.setenv("FOLIO_REDACTION__POLICY", "off")
    # It would put its handler, with this test's captured stderr, on the root logger for good.
    monkeypatch.setattr(querying, "configure_logging", lambda _: None)
    return doc_ids


@pytest.fixture
def folio(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Folio:
    """Run `folio search`; what it printed."""

    def folio(*arguments: str, expect: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["folio", "search", *arguments])
        code = run()
        printed = capsys.readouterr()
        assert code == expect, printed.err
        return printed.err if expect else printed.out

    return folio


def test_a_filter_narrows_and_one_that_nothing_meets_says_so(doc_ids: dict[str, str], folio: Folio) -> None:
    found = json.loads(folio("days", "--filter", f"doc_id={doc_ids['kitchen.txt']}", "--json"))
    assert {hit["path"] for hit in found["hits"]} == {"kitchen.txt"}
    none = json.loads(folio("days", "--filter", "mime_type=image/png", "--json"))
    assert none == {"hits": [], "notes": ["no passage that you may read meets the filter"]}
    past = folio("days", "--filter", "modified<2001-01-01")
    assert past == "no hits\n\nNote: no passage that you may read meets the filter.\n"


def test_every_stage_is_explained(doc_ids: dict[str, str], folio: Folio) -> None:
    trace = json.loads(folio("annual leave", "--explain", "--json"))["trace"]
    assert [stage["name"] for stage in trace["stages"]][:4] == ["query", "dense", "lexical", "fusion"]
    assert trace["visible_count"] == 2
    text = folio("annual leave", "--explain")
    assert "2 chunks are visible; the filter leaves out 0." in text
    assert f"{doc_ids['leave.md']}:0  dense 1, lexical 1" in text


def test_why_a_document_is_absent(doc_ids: dict[str, str], folio: Folio) -> None:
    text = folio("annual leave", "-k", "1", "--why-not", doc_ids["kitchen.txt"])
    assert f"{doc_ids['kitchen.txt']}: beyond limit; fused at rank 2; 1 hits were asked for." in text
    unknown = json.loads(folio("annual leave", "--why-not", "f" * 32, "--json"))["explanation"]
    assert (unknown["verdict"], unknown["arms"]) == ("not_visible", [])


def test_a_wrong_filter_ends_with_2_and_what_is_allowed(doc_ids: dict[str, str], folio: Folio) -> None:
    assert doc_ids
    error = folio("leave", "--filter", "tenant=other", expect=2)
    assert "cannot filter by 'tenant'" in error
    assert "mime_type" in error


def test_by_document_with_counts_and_marked_words(doc_ids: dict[str, str], folio: Folio) -> None:
    options = ("--group-by", "document", "--facet", "mime_type", "--highlight")
    found = json.loads(folio("annual leave", *options, "--json"))
    assert found["hits"] == []
    first = found["groups"][0]
    assert (first["doc_id"], first["path"]) == (doc_ids["leave.md"], "leave.md")
    [hit] = first["hits"]
    marked = {hit["text"][one["start"] : one["end"]] for one in hit["highlight"]["ranges"]}
    assert {"annual", "leave"} <= marked
    [facet] = found["facets"]
    assert (facet["field"], sum(one["count"] for one in facet["values"])) == ("mime_type", 2)
    text = folio("annual leave", *options)
    assert "**annual** **leave**" in text
    assert "mime_type: " in text
    assert text.count("leave.md") == 1
    assert "**" not in folio("annual leave")


def test_a_facet_or_group_that_is_none_is_named(doc_ids: dict[str, str], folio: Folio) -> None:
    assert "modified_year" in folio("leave", "--facet", "colour", expect=2)
    assert "group-by" in folio("leave", "--group-by", "colour", expect=2)


def test_why_a_document_is_not_there_is_said_of_the_search_by_document(
    doc_ids: dict[str, str], folio: Folio
) -> None:
    options = ("--group-by", "document", "-k", "1", "--why-not", doc_ids["kitchen.txt"], "--json")
    found = json.loads(folio("annual leave", *options))
    assert len(found["groups"]) == 1
    assert found["explanation"]["verdict"]

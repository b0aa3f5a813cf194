"""`folio graph ...` over a real knowledge base that the real rules were read into, in this process."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pytest

from core.config import load_settings
from folio.cli.graph import reading
from folio.cli.main import run
from folio.knowledge_base import KnowledgeBase

DOCUMENTS = {
    "merger.md": "# Merger\n\nAcme Corporation acquired Borealis Labs in May. Borealis Labs is based in Tromso.\n",
    "contract.md": "# Contract\n\nJane Smith signed the contract with Acme Corporation on Monday. Ms. Smith works for Acme "
    "Corporation.\n",
}
Folio = Callable[..., str]


@pytest.fixture(scope="module")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("docs")
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text)

    async def sync() -> None:
        async with KnowledgeBase(load_settings(home=home)) as kb:
            await kb.ingest([folder])
            await kb.refresh_communities()

    asyncio.run(sync())
    return home


@pytest.fixture
def folio(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], filled_home: Path) -> Folio:
    """Run `folio graph`; what it printed."""
    monkeypatch.setenv("FOLIO_HOME", str(filled_home))
    monkeypatch.setenv("COLUMNS", "160")
    # It would put its handler, with this test's captured stderr, on the root logger for good.
    monkeypatch.setattr(reading, "configure_logging", lambda _: None)

    def folio(*arguments: str, expect: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["folio", "graph", *arguments])
        code = run()
        printed = capsys.readouterr()
        assert code == expect, printed.err
        return printed.err if expect else printed.out

    return folio


def test_entities_are_listed_and_searched(folio: Folio):
    everything = json.loads(folio("entities", "--json"))
    assert {"acme corporation", "borealis labs", "tromso"} <= {row["key"] for row in everything["entities"]}
    assert everything["after"] is None
    assert "Borealis Labs" in folio("entities", "borealis")
    assert "no entity that you may read is like this" in folio("entities", "atlantis")


def test_an_entity_is_shown_with_relations_and_sentences(folio: Folio):
    shown = folio("entity", "Borealis Labs")
    assert "Acme Corporation acquired Borealis Labs in May." in shown
    assert "merger.md" in shown
    found = json.loads(folio("entity", "Borealis Labs", "--json"))
    assert found["document_count"] == 1
    assert any(edge["predicate"].startswith("acquire") for edge in found["relations"])


def test_a_person_is_found_by_the_real_name_and_shown_by_the_pseudonym(folio: Folio):
    found = json.loads(folio("entity", "Jane Smith", "--json"))
    assert found["key"].startswith("PERSON_")
    shown = (
        folio("entity", "Jane Smith") + folio("evidence", "Jane Smith") + folio("neighbours", "Jane Smith")
    )
    assert "Jane" not in shown
    assert "Smith" not in shown


def test_values_are_restored_for_those_who_may(folio: Folio, monkeypatch: pytest.MonkeyPatch):
    assert "pii:read" in folio("evidence", "Jane Smith", "--restore", expect=2)
    monkeypatch.setenv("FOLIO_ACCESS__SCOPES", '["pii:read"]')
    assert "Jane Smith signed the contract" in folio("evidence", "Jane Smith", "--restore")
    assert "Jane Smith signed the contract" in folio("entity", "Jane Smith", "--restore")


def test_a_path_says_how_two_are_related_and_where_that_stands(folio: Folio):
    shown = folio("path", "Jane Smith", "Borealis Labs")
    assert "Acme Corporation -acquire" in shown
    assert "Acme Corporation acquired Borealis Labs in May." in shown
    way = json.loads(folio("path", "Jane Smith", "Borealis Labs", "--json"))["paths"][0]
    assert len(way["entities"]) == len(way["relations"]) + 1 == len(way["evidence"]) + 1
    assert "nothing that you may read" in folio("path", "Jane Smith", "Tromso", "--max-hops", "1")


def test_neighbours_can_be_narrowed_to_a_relation(folio: Folio):
    found = json.loads(folio("neighbours", "Acme Corporation", "--predicate", "acquired", "--json"))
    other = json.loads(folio("neighbours", "Acme Corporation", "--predicate", "never_said", "--json"))
    assert found["centre"] == "acme corporation"
    assert not other["relations"]


def test_unknown_and_ambiguous_names_end_with_code_2_and_a_way_out(folio: Folio):
    assert "no entity with this name or key" in folio("entity", "Atlantis", expect=2)
    candidates = folio("entity", "o", expect=2)
    assert "Acme Corporation (organisation), key: acme corporation" in candidates


def test_exports_are_written_whole(folio: Folio, tmp_path: Path):
    xml, nodes = tmp_path / "g.graphml", tmp_path / "nodes.csv"
    assert str(xml) in folio("export", "--format", "graphml", "--out", str(xml))
    folio("export", "--format", "csv", "--part", "nodes", "--out", str(nodes))
    assert "borealis labs" in nx.read_graphml(xml)
    assert nodes.read_text(encoding="utf-8-sig").startswith("key,name,kind")
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []
    assert "no folder" in folio("export", "--format", "json", "--out", str(tmp_path / "a" / "b"), expect=2)
    assert "--part" in folio("export", "--format", "json", "--part", "nodes", "--out", str(xml), expect=2)


def test_pictures_are_drawn_of_an_entity(folio: Folio, tmp_path: Path):
    picture = tmp_path / "acme.svg"
    folio("show", "Acme Corporation", "--out", str(picture))
    assert "Borealis Labs" in picture.read_text()
    assert ".png or .svg" in folio("show", "Acme Corporation", "--out", str(tmp_path / "a.bmp"), expect=2)
    folio("show", "--out", str(picture), expect=2)


def test_communities_are_listed_with_their_ids(folio: Folio, tmp_path: Path):
    found = json.loads(folio("communities", "--json"))["communities"]
    assert found
    shown = folio("community", found[0]["id"])
    assert found[0]["title"] in shown
    assert found[0]["title"] in folio("communities")
    assert "no community with this id" in folio("community", "0" * 16, expect=2)
    picture = tmp_path / "map.png"
    folio("show", "--communities", "--out", str(picture))
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_an_empty_graph_says_what_to_do(folio: Folio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("FOLIO_HOME", str(tmp_path / "empty"))
    assert "folio ingest" in folio("entities")
    assert "there are no communities" in folio("communities")

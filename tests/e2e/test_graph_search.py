"""A question that takes two documents, over a whole knowledge base: the graph is read on the way in, and followed on the way out."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from core.config import Settings, load_settings
from core.search import SearchResult
from folio.knowledge_base import KnowledgeBase

DOCUMENTS = {
    "falcon.md": "# Project Falcon\n\nThe pumps of Project Falcon are supplied by Northwind Hydraulics since 2021.\n",
    "northwind.md": "# Northwind Hydraulics\n\nNorthwind Hydraulics sits in Graz and has forty employees.\n",
    **{
        f"supplier{number}.md": f"# Supplier {number}\n\nThe company that supplies pumps for hall {number} is in a city.\n"
        for number in range(12)
    },
}
TWO_HOPS = "In which city is the company located that supplies the pumps of Project Falcon?"
ONE_HOP = "How many employees are there?"
PROBE = """
import asyncio, sys
from core.config import load_settings
from folio.knowledge_base import KnowledgeBase

async def main():
    async with KnowledgeBase(load_settings(home=sys.argv[1], vectors={"url": None}, redaction={"policy": "off"})) as kb:
        await kb.search(sys.argv[2])
    print(sorted({"networkx", "scipy", "sqlalchemy", "spacy"} & set(sys.modules)))

asyncio.run(main())
"""


def settings(home: Path, **graph) -> Settings:
    # Without redaction: what is taken for a name of a person is another test's business.
    return load_settings(
        home=home, vectors={"url": None}, redaction={"policy": "off"}, graph={"budget_ms": 60_000, **graph}
    )


async def filled(home: Path, docs: Path) -> None:
    async with KnowledgeBase(settings(home)) as kb:
        await kb.ingest([docs])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graph")
    (folder / "docs").mkdir()
    for name, text in DOCUMENTS.items():
        (folder / "docs" / name).write_text(text)
    asyncio.run(filled(folder / "home", folder / "docs"))
    return folder / "home"


async def search(home: Path, query: str, **graph) -> SearchResult:
    async with KnowledgeBase(settings(home, **graph)) as kb:
        return await kb.search(query, limit=3, explain=True)


async def test_the_second_document_is_found_over_what_the_first_one_names(home: Path) -> None:
    found = await search(home, TWO_HOPS)
    assert {hit.path for hit in found.hits[:2]} == {"falcon.md", "northwind.md"}
    assert found.notes == ()
    graph = next(stage for stage in found.trace.stages if stage.name == "graph")
    northwind = next(hit for hit in found.hits if hit.path == "northwind.md")
    assert next(hit.via for hit in graph.hits if hit.doc_id == northwind.doc_id) == ("northwind hydraulics",)
    without = await search(home, TWO_HOPS, use="off")
    assert "northwind.md" not in {hit.path for hit in without.hits[:2]}


async def test_an_explanation_says_over_what_it_was_found(home: Path) -> None:
    async with KnowledgeBase(settings(home)) as kb:
        found = await kb.search(TWO_HOPS, limit=3)
        northwind = next(hit for hit in found.hits if hit.path == "northwind.md")
        explained = await kb.explain_document(TWO_HOPS, northwind.doc_id, limit=3)
        assert "found over the graph, from northwind hydraulics" in explained.reason


def test_a_search_that_is_not_sent_to_the_graph_loads_nothing_for_it(home: Path) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", PROBE, str(home), ONE_HOP], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"

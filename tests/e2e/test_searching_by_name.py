"""Search by name over the whole pipeline: documents are found by the names in them, and no name is stored."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from core.access import Principal
from core.config import Settings, load_settings
from core.search import SearchResult
from folio.knowledge_base import KnowledgeBase

DOCUMENTS = {
    "contract.md": "# Consulting contract\n\nThis agreement is made between Jane Smith and Northwind. Ms. Smith delivers the "
    "migration report by June. Contact: jane.smith@northwind.example.com\n",
    "minutes.md": "# Minutes\n\nRobert Miller presented the budget of the warehouse. Aisha Khan asked for a second offer.\n",
    "ticket.md": "# Ticket\n\nJohn Smith reported that the printer on floor three is broken. Robert Miller will repair it.\n",
}
NAMES = ("Jane", "Smith", "jane.smith", "Miller", "Aisha", "Khan")


def settings(home: Path) -> Settings:
    return load_settings(home=home, vectors={"url": None})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("names")
    docs = folder / "docs"
    docs.mkdir()
    for name, text in DOCUMENTS.items():
        (docs / name).write_text(text)
    assert asyncio.run(added(folder / "home", docs)) == len(DOCUMENTS)
    return folder / "home"


async def added(home: Path, docs: Path) -> int:
    async with KnowledgeBase(settings(home)) as kb:
        return (await kb.ingest([docs])).added


async def search(home: Path, query: str, **more) -> SearchResult:
    async with KnowledgeBase(settings(home)) as kb:
        return await kb.search(query, limit=3, **more)


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("Jane Smith contract", "contract.md"),
        ("what did jane smith sign", "contract.md"),
        ("Smith, Jane", "contract.md"),
        ("jane.smith@northwind.example.com", "contract.md"),
        ("John Smith", "ticket.md"),
        ("Khan", "minutes.md"),
        ("printer reported by Mr. Smith", "ticket.md"),
    ],
)
async def test_document_is_found_by_the_name_in_it(home: Path, query: str, path: str) -> None:
    result = await search(home, query)
    assert result.hits[0].path == path


async def test_family_name_finds_everybody_who_has_it_before_anybody_else(home: Path) -> None:
    result = await search(home, "Smith")
    assert {hit.path for hit in result.hits[:2]} == {"contract.md", "ticket.md"}


async def test_answer_names_nobody_and_quotes_what_is_stored(home: Path) -> None:
    async with KnowledgeBase(settings(home)) as kb:
        answer = await kb.answer("What does Jane Smith deliver by June?")
        [citation, *_] = answer.citations
        stored = await kb.text(citation.doc_id)
    assert citation.path == "contract.md"
    assert stored[citation.start : citation.end] == citation.quote
    assert not [name for name in NAMES if name in answer.text]


async def test_other_tenants_question_is_not_rewritten_with_our_names(home: Path) -> None:
    assert (await search(home, "Jane Smith", principal=Principal(tenant="other"))).hits == ()


def test_no_file_of_the_home_has_a_name(home: Path) -> None:
    read = {file: file.read_bytes() for file in home.rglob("*") if file.is_file()}
    leaks = [(file.name, name) for file, data in read.items() for name in NAMES if name.encode() in data]
    assert read
    assert leaks == []


def test_question_loads_no_language_model(home: Path) -> None:
    code = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from core.config import load_settings\n"
        "from folio.knowledge_base import KnowledgeBase\n"
        "async def ask():\n"
        f"    async with KnowledgeBase(load_settings(home=Path({str(home)!r}), vectors={{'url': None}})) as kb:\n"
        "        assert (await kb.answer('What does Jane Smith deliver by June?')).citations\n"
        "asyncio.run(ask())\n"
        "print({'presidio_analyzer', 'spacy', 'torch'} & set(sys.modules))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert (ran.stdout, ran.returncode) == ("set()\n", 0), ran.stderr[-2000:]

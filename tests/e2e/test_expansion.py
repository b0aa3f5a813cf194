"""A whole knowledge base that searches for other ways to ask: what a model writes, over real HTTP, and what happens without it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.config import Settings, load_settings
from core.filters import Equals
from folio.knowledge_base import KnowledgeBase
from tests.fakes.chat_server import ChatServer, Turn, serving

TEXTS = {
    "boiler.md": "# Boiler\n\nThe Vattenberg unit must be drained before frost.\n",
    "cats.md": "# Cats\n\nThe office cat is called Minka.\n",
    "leave.md": "# Leave\n\nEverybody has thirty days of annual leave.\n",
}


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with serving(ChatServer()) as running:
        yield running


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    return folder


def settings(tmp_path: Path, server: ChatServer, **retrieval: object) -> Settings:
    llm = {"model": "m", "base_url": server.url, "attempt_count": 1}
    return load_settings(home=tmp_path / "home", redaction={"policy": "off"}, llm=llm, retrieval=retrieval)


def others(*questions: str) -> Turn:
    return Turn(json.dumps({"questions": questions}))


async def test_other_questions_are_searched_for_inside_the_same_filter(
    tmp_path: Path, server: ChatServer, docs: Path
) -> None:
    async with KnowledgeBase(settings(tmp_path, server, expansion="multi_query")) as kb:
        await kb.ingest([docs])
        server.turns = [others("Vattenberg unit drained", "What is done before frost?")]
        found = await kb.search("winter preparations of heating", limit=3, explain=True)
        assert found.hits[0].path == "boiler.md"
        assert found.notes == ()
        assert found.trace is not None
        [stage] = [stage for stage in found.trace.stages if stage.name == "expansion"]
        assert "2 more ways" in stage.note
        server.turns = [others("Vattenberg unit drained")]
        [cats] = [row for row in await kb.documents() if row.path == "cats.md"]
        narrowed = await kb.search("winter", limit=3, narrowed=Equals("doc_id", cats.doc_id))
        assert {hit.path for hit in narrowed.hits} == {"cats.md"}


async def test_a_made_up_passage_is_searched_for_by_meaning(
    tmp_path: Path, server: ChatServer, docs: Path
) -> None:
    async with KnowledgeBase(settings(tmp_path, server, expansion="hyde")) as kb:
        await kb.ingest([docs])
        server.turns = [Turn("Everybody has twenty days of annual leave.")]
        assert (await kb.search("holidays?", limit=3)).hits[0].path == "leave.md"


async def test_a_model_that_does_not_answer_costs_a_note_and_nothing_else(
    tmp_path: Path, server: ChatServer, docs: Path
) -> None:
    async with KnowledgeBase(settings(tmp_path, server, expansion="multi_query", expansion_s=0.5)) as kb:
        await kb.ingest([docs])
        for turn in (Turn(status=500), Turn(status=401), Turn(hang_s=20)):
            server.turns = [turn]
            found = await kb.search("the office cat", limit=1)
            assert found.hits[0].path == "cats.md"
            assert any("not expanded" in note for note in found.notes)


async def test_no_model_no_expansion(tmp_path: Path, docs: Path) -> None:
    chosen = load_settings(
        home=tmp_path / "home", redaction={"policy": "off"}, retrieval={"expansion": "hyde"}
    )
    async with KnowledgeBase(chosen) as kb:
        await kb.ingest([docs])
        assert (await kb.search("the office cat", limit=1)).notes == ()

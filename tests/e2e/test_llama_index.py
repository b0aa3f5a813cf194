"""LlamaIndex's own query engines over a whole knowledge base and its gateway, over real HTTP.

It is imported by the tests that need it: loading it takes longer than all of them.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from core.access import Principal
from core.config import load_settings
from core.errors import InvalidInputError, SettingsError
from core.usage import UsageBy
from folio.knowledge_base import KnowledgeBase
from folio.usage import usage
from tests.fakes.chat_server import ChatServer, Turn, serving

TEXTS = {
    "leave.md": "# Leave\n\nEverybody has thirty days of annual leave.\n",
    "travel.md": "# Travel\n\nHotels in Oslo cost at most 190 EUR a night.\n",
}


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with serving(ChatServer()) as running:
        yield running


@pytest.fixture
async def kb(tmp_path: Path, server: ChatServer) -> AsyncIterator[KnowledgeBase]:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    llm = {"model": "m", "base_url": server.url, "attempt_count": 1}
    settings = load_settings(
        home=tmp_path / "home", redaction={"policy": "off"}, graph={"enabled": False}, llm=llm
    )
    async with KnowledgeBase(settings) as opened:
        await opened.ingest([folder])
        yield opened


async def test_a_retriever_query_engine(kb: KnowledgeBase, server: ChatServer) -> None:
    from llama_index.core.query_engine import RetrieverQueryEngine

    from folio.llama_index import FolioLLM, FolioRetriever

    server.turns = [Turn("Thirty days.")]
    engine = RetrieverQueryEngine.from_args(FolioRetriever(kb, limit=2), llm=await FolioLLM.of(kb))
    found = await engine.aquery("How much annual leave is there?")
    assert str(found) == "Thirty days."
    best = found.source_nodes[0].node
    assert (best.metadata["path"], best.metadata["version"]) == ("leave.md", 1)
    start, end = best.metadata["start"], best.metadata["end"]
    assert TEXTS["leave.md"][start:end].strip() == best.get_content().strip()
    sent = json.dumps(server.requests[0]["messages"])
    assert "thirty days" in sent
    assert best.metadata["doc_id"] not in sent


async def test_a_sub_question_query_engine(kb: KnowledgeBase, server: ChatServer) -> None:
    from llama_index.core.query_engine import RetrieverQueryEngine, SubQuestionQueryEngine
    from llama_index.core.question_gen import LLMQuestionGenerator
    from llama_index.core.response_synthesizers import get_response_synthesizer
    from llama_index.core.tools import QueryEngineTool

    from folio.llama_index import FolioLLM, FolioRetriever

    questions = [
        {"sub_question": "How much leave is there?", "tool_name": "handbook"},
        {"sub_question": "What may a hotel in Oslo cost?", "tool_name": "handbook"},
    ]
    server.turns = [
        Turn(f"```json\n{json.dumps({'items': questions})}\n```"),
        Turn("190 EUR or thirty days."),
        Turn("190 EUR or thirty days."),
        Turn("Thirty days of leave; at most 190 EUR."),
    ]
    llm = await FolioLLM.of(kb)
    inner = RetrieverQueryEngine.from_args(FolioRetriever(kb, limit=2), llm=llm)
    tool = QueryEngineTool.from_defaults(inner, name="handbook", description="rules of the company")
    engine = SubQuestionQueryEngine(
        LLMQuestionGenerator.from_defaults(llm=llm),
        get_response_synthesizer(llm=llm, use_async=True),
        [tool],
        verbose=False,
    )
    found = await engine.aquery("How much leave is there, and what may a hotel in Oslo cost?")
    assert str(found) == "Thirty days of leave; at most 190 EUR."
    assert len(server.requests) == 4
    assert len([node for node in found.source_nodes if "Sub question" in node.node.get_content()]) == 2


async def test_it_reads_what_the_principal_may_read(kb: KnowledgeBase) -> None:
    from folio.llama_index import FolioRetriever

    nobody = Principal("another-tenant", "eve")
    assert await FolioRetriever(kb, principal=nobody).aretrieve("annual leave") == []


async def test_its_calls_are_recorded(kb: KnowledgeBase, server: ChatServer) -> None:
    from folio.llama_index import FolioLLM

    llm = await FolioLLM.of(kb, principal=Principal("default", "ann"))
    assert (await llm.acomplete("Say hello.")).text == "Hello."
    [row] = await usage(kb.settings, by=(UsageBy.FEATURE, UsageBy.USER))
    assert (row.group, row.call_count) == (("llama_index", "ann"), 1)


async def test_streams(kb: KnowledgeBase, server: ChatServer) -> None:
    from folio.llama_index import FolioLLM

    server.turns = [Turn("one two three")]
    llm = await FolioLLM.of(kb)
    seen = [piece async for piece in await llm.astream_complete("Count.")]
    assert [piece.delta for piece in seen] == ["one ", "two ", "three "]
    assert seen[-1].text == "one two three "


async def test_from_another_thread(kb: KnowledgeBase, server: ChatServer) -> None:
    from folio.llama_index import FolioLLM, FolioRetriever

    server.turns = [Turn("Hello."), Turn("one two")]
    llm, retriever = await FolioLLM.of(kb), FolioRetriever(kb, limit=1)
    with pytest.raises(InvalidInputError, match="aretrieve"):
        retriever.retrieve("annual leave")
    nodes = await asyncio.to_thread(retriever.retrieve, "annual leave")
    assert nodes[0].metadata["path"] == "leave.md"
    assert (await asyncio.to_thread(llm.complete, "Hello?")).text == "Hello."
    pieces = await asyncio.to_thread(lambda: [piece.delta for piece in llm.stream_complete("Count.")])
    assert pieces == ["one ", "two "]


async def test_without_a_model(tmp_path: Path) -> None:
    from folio.llama_index import FolioLLM

    async with KnowledgeBase(load_settings(home=tmp_path / "other")) as kb:
        with pytest.raises(SettingsError, match="FOLIO_LLM__MODEL"):
            await FolioLLM.of(kb)

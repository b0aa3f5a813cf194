"""The gateway against a real server: llama.cpp with a tiny model. What it says is nonsense, how it says it is not."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from pydantic import BaseModel

from core.clock import SystemClock
from core.errors import TooLargeError
from core.language_models import CallPurpose, Completion, Finish, Message, Prompt, Role, TextDelta, Tool
from core.llm_settings import LlmSettings
from inference.llm.factory import create_gateway, create_provider
from inference.llm.gateway import Gateway
from tests.fakes import llama_server
from tests.fakes.call_log import FakeCallLog

pytestmark = [
    pytest.mark.skipif(not llama_server.is_installed(), reason=llama_server.MISSING),
    pytest.mark.slow,
]

PURPOSE = CallPurpose("acme", "answer")
HELLO = Prompt((Message(Role.SYSTEM, "You are brief."), Message(Role.USER, "Say hello.")), max_tokens=12)


class City(BaseModel):
    """Something to ask for."""

    name: str
    is_capital: bool


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with llama_server.serving() as address:
        yield address


@pytest.fixture
def log() -> FakeCallLog:
    return FakeCallLog()


@pytest.fixture
async def gateway(url: str, log: FakeCallLog) -> AsyncIterator[Gateway]:
    settings = LlmSettings(model="smollm2", base_url=url, context_tokens=2048, first_token_s=120, total_s=200)
    made = create_gateway(settings, log=log, clock=SystemClock())
    assert made is not None
    yield made
    await made.aclose()


async def test_an_answer_with_its_tokens(gateway: Gateway, log: FakeCallLog) -> None:
    answer = await gateway.complete(HELLO, purpose=PURPOSE)
    assert answer.text.strip()
    assert 0 < answer.usage.output_count <= 12
    assert gateway.count_tokens(HELLO) >= answer.usage.input_count - 20
    assert [call.outcome for call in log.calls] == ["ok"]


async def test_the_same_question_gets_the_same_answer(gateway: Gateway) -> None:
    first, second = [await gateway.complete(HELLO, purpose=PURPOSE) for _ in range(2)]
    assert first.text == second.text


async def test_a_stream_is_the_answer_in_pieces(gateway: Gateway, log: FakeCallLog) -> None:
    pieces = [piece async for piece in gateway.stream(HELLO, purpose=PURPOSE)]
    whole = pieces[-1]
    assert isinstance(whole, Completion)
    assert "".join(piece.text for piece in pieces[:-1]) == whole.text
    assert whole.finish in {Finish.STOP, Finish.LENGTH}
    assert whole.usage.output_count > 0
    assert log.calls[0].first_token_ms is not None


async def test_data_of_a_schema(gateway: Gateway) -> None:
    prompt = Prompt((Message(Role.USER, "Name one city and say whether it is a capital."),), max_tokens=60)
    assert isinstance(await gateway.structured(prompt, City, purpose=PURPOSE), City)


async def test_a_tool_that_has_to_be_called(gateway: Gateway) -> None:
    schema = {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]}
    prompt = Prompt(
        (Message(Role.USER, "Search for leave."),),
        max_tokens=60,
        tools=(Tool("search", "Searches documents.", schema),),
        tool_choice="required",
    )
    answer = await gateway.complete(prompt, purpose=PURPOSE)
    assert all(call.name == "search" for call in answer.tool_calls)
    assert bool(answer.tool_calls) == (answer.finish is Finish.TOOLS)


async def test_a_stream_that_nobody_wants_any_more_frees_the_server(
    gateway: Gateway, log: FakeCallLog
) -> None:
    long = Prompt((Message(Role.USER, "Tell a long story."),), max_tokens=1500)
    stream = gateway.stream(long, purpose=PURPOSE)
    assert isinstance(await anext(stream), TextDelta)
    await stream.aclose()
    # The server has one slot: 1,500 tokens would keep it for longer than this.
    async with asyncio.timeout(60):
        assert (await gateway.complete(HELLO, purpose=PURPOSE)).text.strip()
    assert [call.outcome for call in log.calls] == ["cancelled", "ok"]


async def test_a_prompt_beyond_the_servers_window_is_told_apart(url: str) -> None:
    settings = LlmSettings(model="smollm2", base_url=url, context_tokens=100_000)
    provider = create_provider(settings, settings, section="llm")
    with pytest.raises(TooLargeError, match="context_tokens"):
        await provider.complete(Prompt((Message(Role.USER, "word " * 6000),), max_tokens=5), purpose=PURPOSE)
    await provider.aclose()

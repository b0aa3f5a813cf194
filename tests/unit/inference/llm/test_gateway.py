"""What the gateway does for its callers when servers behave and when they do not: everything over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from pydantic import BaseModel, Field

from core.answer_notes import AnswerNotes, take_notes
from core.errors import (
    BudgetError,
    DependencyDownError,
    SettingsError,
    TooLargeError,
    UnusableAnswerError,
)
from core.language_models import Completion, Finish, Message, Prompt, Role, TextDelta, Tool
from tests.fakes.chat_server import ChatServer, Turn, serving
from tests.unit.inference.llm.gateways import PROMPT, PURPOSE, bench


class City(BaseModel):
    """Something to ask for."""

    name: str
    people: int = Field(ge=0)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with serving(ChatServer()) as running:
        yield running


@pytest.fixture
def other() -> Iterator[ChatServer]:
    with serving(ChatServer([Turn("From the other.")])) as running:
        yield running


async def collected(pieces: AsyncIterator[TextDelta | Completion]) -> tuple[str, Completion]:
    texts, whole = [], None
    async for piece in pieces:
        if isinstance(piece, Completion):
            whole = piece
        else:
            texts.append(piece.text)
    assert whole is not None
    return "".join(texts), whole


async def test_an_answer_and_what_is_written_down_of_it(server: ChatServer) -> None:
    at = bench(server, input_price=1.0, cached_price=0.5, output_price=2.0)
    answer = await at.gateway.complete(PROMPT, purpose=PURPOSE)
    assert (answer.text, answer.finish, answer.model) == ("Hello.", Finish.STOP, "served-model")
    assert (answer.usage.input_count, answer.usage.output_count, answer.usage.cached_count) == (11, 7, 5)
    [call] = at.log.calls
    assert (call.outcome, call.purpose, call.provider, call.attempt_count) == (
        "ok",
        PURPOSE,
        "openai/model-0",
        1,
    )
    assert call.cost == pytest.approx((6 * 1.0 + 5 * 0.5 + 7 * 2.0) / 1e6)
    assert server.requests[0]["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Say hello."},
    ]
    assert server.request_headers[0]["authorization"] == "Bearer key-0"


async def test_what_calls_take_is_noted_with_the_answer_that_they_are_for(server: ChatServer) -> None:
    at = bench(server, input_price=1.0, cached_price=0.5, output_price=2.0)
    await at.gateway.complete(PROMPT, purpose=PURPOSE)
    take_notes(notes := AnswerNotes())
    for _ in range(2):
        await at.gateway.complete(PROMPT, purpose=PURPOSE)
    assert (notes.call_count, notes.input_count, notes.output_count) == (2, 22, 14)
    assert notes.cost == pytest.approx(2 * (6 * 1.0 + 5 * 0.5 + 7 * 2.0) / 1e6)
    await bench(server).gateway.complete(PROMPT, purpose=PURPOSE)
    assert (notes.call_count, notes.cost) == (3, None), "a model without a price"


async def test_a_stream_comes_in_pieces_and_whole(server: ChatServer) -> None:
    server.turns = [Turn("One two three.")]
    at = bench(server)
    text, whole = await collected(at.gateway.stream(PROMPT, purpose=PURPOSE))
    assert text == whole.text == "One two three. "
    assert whole.usage.output_count == 7
    [call] = at.log.calls
    assert call.outcome == "ok"
    assert call.first_token_ms is not None


async def test_tools_are_asked_for_as_the_model_wrote_them(server: ChatServer) -> None:
    tool = Tool("search", "Finds passages.", {"type": "object", "properties": {"query": {"type": "string"}}})
    prompt = Prompt(PROMPT.messages, tools=(tool,), tool_choice="search")
    at = bench(server)
    for streamed in (False, True):
        server.turns = [Turn("", tool=("search", '{"query": "leave"}'), finish="tool_calls")]
        if streamed:
            _, answer = await collected(at.gateway.stream(prompt, purpose=PURPOSE))
        else:
            answer = await at.gateway.complete(prompt, purpose=PURPOSE)
        assert answer.finish is Finish.TOOLS
        assert [(call.name, call.arguments) for call in answer.tool_calls] == [
            ("search", '{"query": "leave"}')
        ]
    assert server.requests[0]["tool_choice"] == {"type": "function", "function": {"name": "search"}}


async def test_a_busy_server_is_asked_again_after_the_time_it_names(server: ChatServer) -> None:
    server.turns = [Turn(status=429, headers={"Retry-After": "7"}), Turn(status=500), Turn("At last.")]
    at = bench(server)
    answer = await at.gateway.complete(PROMPT, purpose=PURPOSE)
    assert answer.text == "At last."
    assert 7.0 <= at.waits.seconds[0] <= 8.75
    assert 0.5 <= at.waits.seconds[1] <= 1.0
    assert at.log.calls[0].attempt_count == 3


async def test_what_cannot_succeed_is_not_tried_again(server: ChatServer) -> None:
    server.turns = [Turn(status=401, error={"error": {"message": "the key key-0 is wrong"}})]
    at = bench(server)
    with pytest.raises(SettingsError, match=r"check llm\.api_key") as caught:
        await at.gateway.complete(PROMPT, purpose=PURPOSE)
    assert "key-0" not in str(caught.value)
    assert len(server.requests) == 1
    assert at.waits.seconds == []


async def test_another_model_answers_where_the_first_does_not(server: ChatServer, other: ChatServer) -> None:
    server.turns = [Turn(status=500)] * 3
    at = bench(server, other)
    answer = await at.gateway.complete(PROMPT, purpose=PURPOSE)
    assert (answer.text, answer.provider) == ("From the other.", "openai/model-1")
    assert (len(server.requests), len(other.requests)) == (3, 1)
    assert at.log.calls[0].provider == "openai/model-1"


async def test_a_longer_wait_than_is_waited_for_goes_to_the_next_at_once(
    server: ChatServer, other: ChatServer
) -> None:
    server.turns = [Turn(status=429, headers={"Retry-After": "3600"})]
    at = bench(server, other)
    assert (await at.gateway.complete(PROMPT, purpose=PURPOSE)).text == "From the other."
    assert at.waits.seconds == []


async def test_a_server_that_keeps_failing_is_left_alone_and_tried_once_later(
    server: ChatServer, other: ChatServer
) -> None:
    server.turns = [Turn(status=500)] * 2
    at = bench(server, other, breaker_failures=2, cooldown_s=30, attempt_count=2)
    await at.gateway.complete(PROMPT, purpose=PURPOSE)
    assert len(server.requests) == 2
    await at.gateway.complete(PROMPT, purpose=PURPOSE)
    assert len(server.requests) == 2, "the breaker is open"
    at.clock.advance(31)
    server.turns = [Turn(status=500), Turn("Back again.")]
    await at.gateway.complete(PROMPT, purpose=PURPOSE)
    assert len(server.requests) == 3, "half open: one call tries, and failing it opens again"
    at.clock.advance(31)
    assert (await at.gateway.complete(PROMPT, purpose=PURPOSE)).text == "Back again."
    assert (await at.gateway.complete(PROMPT, purpose=PURPOSE)).text == "Hello."


async def test_a_server_that_hangs_is_not_waited_for(server: ChatServer) -> None:
    server.turns = [Turn(hang_s=20)]
    at = bench(server, total_s=0.2, attempt_count=1)
    with pytest.raises(DependencyDownError, match=r"llm\.total_s|in time"):
        await at.gateway.complete(PROMPT, purpose=PURPOSE)
    server.turns = [Turn(hang_s=20)]
    with pytest.raises(DependencyDownError):
        await collected(bench(server, first_token_s=0.2).gateway.stream(PROMPT, purpose=PURPOSE))


async def test_a_stream_that_is_cut_is_no_answer(server: ChatServer, other: ChatServer) -> None:
    server.turns = [Turn("One two three.", cut=True)]
    at = bench(server, other)
    with pytest.raises(DependencyDownError, match="broke off"):
        await collected(at.gateway.stream(PROMPT, purpose=PURPOSE))
    assert other.requests == [], "half an answer was shown already: no other one may follow it"
    assert at.log.calls[0].outcome == "DependencyDownError"


async def test_a_stream_falls_back_before_its_first_word(server: ChatServer, other: ChatServer) -> None:
    server.turns = [Turn(status=503)]
    text, whole = await collected(bench(server, other).gateway.stream(PROMPT, purpose=PURPOSE))
    assert (text.strip(), whole.provider) == ("From the other.", "openai/model-1")


async def test_a_caller_who_goes_away_stops_the_server(server: ChatServer) -> None:
    server.turns = [Turn(hang_s=20), Turn("word " * 500, hang_between_s=0.02)]
    at = bench(server)
    task = asyncio.create_task(at.gateway.complete(PROMPT, purpose=PURPOSE))
    await asyncio.to_thread(server.asked.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    stream = at.gateway.stream(PROMPT, purpose=PURPOSE)
    assert isinstance(await anext(stream), TextDelta)
    await stream.aclose()
    for _ in range(200):
        if server.disconnected_count == 2:
            break
        await asyncio.sleep(0.02)
    assert server.disconnected_count == 2
    assert [call.outcome for call in at.log.calls] == ["cancelled", "cancelled"]


async def test_what_is_no_answer_is_said_to_be_none(server: ChatServer) -> None:
    for raw in ("", "<html>busy</html>", "{}", '{"choices": []}', '{"choices": [{}]}'):
        server.turns = [Turn(raw=raw)]
        with pytest.raises(DependencyDownError):
            await bench(server, attempt_count=1).gateway.complete(PROMPT, purpose=PURPOSE)


async def test_structured_answers_are_checked_and_mended_once(server: ChatServer) -> None:
    at = bench(server)
    server.turns = [Turn('{"name": "Graz", "people": 300000}')]
    assert await at.gateway.structured(PROMPT, City, purpose=PURPOSE) == City(name="Graz", people=300000)
    assert server.requests[0]["response_format"]["json_schema"]["schema"]["additionalProperties"] is False
    server.turns = [
        Turn('```json\n{"name": "Graz", "people": -1}\n```'),
        Turn('{"name": "Graz", "people": 1}'),
    ]
    assert await at.gateway.structured(PROMPT, City, purpose=PURPOSE) == City(name="Graz", people=1)
    assert "people" in server.requests[-1]["messages"][-1]["content"]
    server.turns = [Turn("I would rather not."), Turn("Really not.")]
    with pytest.raises(UnusableAnswerError) as caught:
        await at.gateway.structured(PROMPT, City, purpose=PURPOSE)
    assert "rather" not in str(caught.value)


async def test_a_server_without_schemas_is_asked_in_words(server: ChatServer) -> None:
    server.turns = [Turn('Here it is: {"name": "Graz", "people": 1} - voila')]
    at = bench(server, native_json=False)
    assert await at.gateway.structured(PROMPT, City, purpose=PURPOSE) == City(name="Graz", people=1)
    assert "response_format" not in server.requests[0]
    assert '"people"' in server.requests[0]["messages"][0]["content"]


async def test_a_refusal_is_a_value(server: ChatServer) -> None:
    server.turns = [Turn("", refusal="I will not.")] * 2
    at = bench(server)
    answer = await at.gateway.complete(PROMPT, purpose=PURPOSE)
    assert (answer.finish, answer.text) == (Finish.REFUSAL, "I will not.")
    again = await at.gateway.structured(PROMPT, City, purpose=PURPOSE)
    assert isinstance(again, Completion)
    assert {call.outcome for call in at.log.calls} == {"refusal"}


async def test_a_spent_budget_stops_calls_before_they_are_made(server: ChatServer) -> None:
    at = bench(server, budget={"daily": 1.0, "user_monthly": 5.0})
    at.log.already_spent = 1.0
    with pytest.raises(BudgetError, match="daily"):
        await at.gateway.complete(PROMPT, purpose=PURPOSE)
    assert server.requests == []


async def test_most_of_a_budget_is_warned_of_once(
    server: ChatServer, caplog: pytest.LogCaptureFixture
) -> None:
    at = bench(server, budget={"daily": 1.0})
    at.log.already_spent = 0.85
    for _ in range(3):
        await at.gateway.complete(PROMPT, purpose=PURPOSE)
    assert sum("85%" in record.getMessage() for record in caplog.records) == 1


async def test_limits_per_minute_are_waited_for(server: ChatServer) -> None:
    at = bench(server, requests_per_minute=2, max_wait_s=60)
    for _ in range(3):
        await at.gateway.complete(PROMPT, purpose=PURPOSE)
    assert sum(at.waits.seconds) == pytest.approx(30.0)
    at = bench(server, requests_per_minute=1, max_wait_s=0)
    await at.gateway.complete(PROMPT, purpose=PURPOSE)
    with pytest.raises(DependencyDownError, match="per minute"):
        await at.gateway.complete(PROMPT, purpose=PURPOSE)


async def test_a_prompt_that_no_model_can_read_is_refused_before_it_is_sent(server: ChatServer) -> None:
    at = bench(server, context_tokens=512)
    with pytest.raises(TooLargeError, match=r"llm\.context_tokens"):
        await at.gateway.complete(Prompt((Message(Role.USER, "word " * 5000),)), purpose=PURPOSE)
    assert server.requests == []


async def test_a_repair_that_no_model_can_read_is_not_asked_for(server: ChatServer) -> None:
    server.turns = [Turn("prose " * 2000)]
    at = bench(server, context_tokens=1024)
    with pytest.raises(UnusableAnswerError):
        await at.gateway.structured(PROMPT, City, purpose=PURPOSE)
    assert len(server.requests) == 1


async def test_what_is_easy_goes_to_the_fast_model(server: ChatServer, other: ChatServer) -> None:
    other.turns = [Turn("Fast.")]
    at = bench(server, fast={"model": "small", "base_url": other.url}, easy_tokens=100)
    assert (await at.gateway.complete(PROMPT, purpose=PURPOSE)).text == "Fast."
    long = Prompt((Message(Role.USER, "word " * 500),))
    assert (await at.gateway.complete(long, purpose=PURPOSE)).text == "Hello."
    assert [call.route for call in at.log.calls] == ["fast", "capable"]


async def test_a_log_that_is_down_does_not_take_the_answer_along(server: ChatServer) -> None:
    at = bench(server)
    at.log.is_down = True
    assert (await at.gateway.complete(PROMPT, purpose=PURPOSE)).text == "Hello."


async def test_nobody_answers_and_the_message_says_who(server: ChatServer, other: ChatServer) -> None:
    server.turns, other.turns = [Turn(status=401)], [Turn(status=500)] * 3
    with pytest.raises(DependencyDownError, match=r"model-0.*model-1"):
        await bench(server, other).gateway.complete(PROMPT, purpose=PURPOSE)


async def test_an_empty_account_falls_back(server: ChatServer, other: ChatServer) -> None:
    server.turns = [Turn(status=429, error={"error": {"code": "insufficient_quota", "message": "pay"}})]
    assert (await bench(server, other).gateway.complete(PROMPT, purpose=PURPOSE)).text == "From the other."
    assert len(server.requests) == 1


async def test_an_idempotency_key_goes_along(server: ChatServer) -> None:
    purpose = PURPOSE.__class__("acme", "answer", idempotency_key="once-1")
    await bench(server).gateway.complete(PROMPT, purpose=purpose)
    assert server.request_headers[0]["idempotency-key"] == "once-1"

"""Batches at both providers: the real SDKs over real HTTP, against a server that does what a test says."""

from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.batches import (
    BatchItem,
    BatchProvider,
    BatchStatus,
    NoBatchesError,
    OrderGoneError,
    UnknownOrderError,
)
from core.errors import DependencyDownError, InvalidInputError, SettingsError
from core.language_models import JsonFormat, Message, Prompt, Role, TokenUsage
from core.llm_settings import LlmSettings
from inference.llm.batch_codes import error_code
from inference.llm.batch_portions import portions
from inference.llm.batches import batch_cost, open_batches, place_of
from inference.llm.failures import BusyProviderError
from tests.fakes.batch_server import (
    CANCELLED,
    EXPIRED,
    AnthropicBatchServer,
    BatchServer,
    OpenAiBatchServer,
    Refusal,
)
from tests.fakes.chat_server import ChatServer, serving
from tests.fakes.clock import FakeClock
from tests.unit.inference.llm.gateways import Waits

SECRET = "Anna earns 4711 euros."
SCHEMA = JsonFormat("Found", {"type": "object", "properties": {"name": {"type": "string"}}})


def item(key: str, text: str = SECRET) -> BatchItem:
    messages = (Message(Role.SYSTEM, "Read."), Message(Role.USER, text))
    return BatchItem(key, Prompt(messages, max_tokens=50, json_format=SCHEMA))


def settings(server: ChatServer, **values: object) -> LlmSettings:
    is_openai = not isinstance(server, AnthropicBatchServer)
    base = {
        "provider": "openai" if is_openai else "anthropic",
        "base_url": server.url if is_openai else server.url.removesuffix("/v1"),
        "model": "m",
        "api_key": "key-0",
    }
    return LlmSettings.model_validate({**base, **values})


@pytest.fixture(params=[OpenAiBatchServer, AnthropicBatchServer])
def server(request: pytest.FixtureRequest) -> Iterator[BatchServer]:
    with serving(request.param(api_key="key-0")) as running:
        yield running


@pytest.fixture
def waits() -> Waits:
    return Waits(FakeClock())


@pytest.fixture
async def provider(server: BatchServer, waits: Waits) -> AsyncIterator[BatchProvider]:
    async with open_batches(settings(server), sleep=waits) as opened:
        yield opened


async def test_an_order_from_its_placing_to_its_end(server: BatchServer, provider: BatchProvider) -> None:
    order_id = await provider.submit([item("a"), item("b", "Other.")], key="order-1")
    assert (await provider.state(order_id)).status is BatchStatus.RUNNING
    server.end(lambda key, asked: f"of {key}")
    state = await provider.state(order_id)
    assert (state.status, state.item_count) == (BatchStatus.ENDED, 2)
    found = {one.key: one async for one in provider.results(order_id)}
    assert {key: one.completion.text for key, one in found.items() if one.completion} == {
        "a": "of a",
        "b": "of b",
    }
    completion = found["a"].completion
    assert completion is not None
    assert (completion.usage, completion.model) == (TokenUsage(1000, 100), "served-model")
    assert "of a" not in repr(found)


async def test_prompts_are_those_of_single_questions(server: BatchServer, provider: BatchProvider) -> None:
    await provider.submit([item("a")], key="order-1")
    (order,) = server.orders.values()
    body = order.prompts["a"]
    assert (body["model"], body["max_tokens"]) == ("m", 50)
    assert "additionalProperties" in str(body), "the schema goes along, as strictly as in a single question"
    assert SECRET in str(body)


async def test_nothing_lies_at_the_provider_when_it_was_told_to_forget(
    server: BatchServer, provider: BatchProvider
) -> None:
    order_id = await provider.submit([item("a")], key="order-1")
    server.end(lambda key, asked: SECRET)
    assert SECRET in server.texts()
    await provider.forget(order_id)
    assert SECRET not in server.texts()
    await provider.forget(order_id)
    await provider.forget("never-there")


async def test_errors_are_codes_and_quote_nothing(server: BatchServer, provider: BatchProvider) -> None:
    order_id = await provider.submit([item("a"), item("b")], key="order-1")
    server.end(lambda key, asked: None if key == "a" else "fine", error="server_error")
    found = {one.key: one.error async for one in provider.results(order_id)}
    assert found == {"a": "server_error", "b": ""}
    assert error_code("the prompt 'Anna' is bad") == "error"
    assert (error_code("batch_expired"), error_code("canceled")) == ("expired", "cancelled")


async def test_an_order_expires_with_what_was_answered(server: BatchServer, provider: BatchProvider) -> None:
    order_id = await provider.submit([item("a"), item("b")], key="order-1")
    code = "batch_expired" if isinstance(server, OpenAiBatchServer) else "expired"
    server.end(lambda key, asked: None, status=EXPIRED, error=code)
    assert (await provider.state(order_id)).status is BatchStatus.EXPIRED
    assert {one.error async for one in provider.results(order_id)} == {"expired"}


async def test_an_order_is_cancelled(server: BatchServer, provider: BatchProvider) -> None:
    order_id = await provider.submit([item("a")], key="order-1")
    await provider.cancel(order_id)
    assert (await provider.state(order_id)).status is BatchStatus.CANCELLED
    assert [one.error async for one in provider.results(order_id)] == ["cancelled"]
    assert next(iter(server.orders.values())).status == CANCELLED
    await provider.cancel(order_id)


async def test_an_order_that_is_not_there(provider: BatchProvider) -> None:
    with pytest.raises(OrderGoneError):
        await provider.state("never-there")
    with pytest.raises(OrderGoneError):
        await provider.cancel("never-there")
    with pytest.raises(OrderGoneError):
        [one async for one in provider.results("never-there")]


async def test_a_provider_that_has_no_room_is_asked_again_when_it_says(
    server: BatchServer, provider: BatchProvider, waits: Waits
) -> None:
    server.refusals = [Refusal(429, {"retry-after": "7"})]
    assert await provider.submit([item("a")], key="order-1")
    assert len(server.orders) == 1
    assert 7 <= waits.seconds[0] < 9
    server.refusals = [Refusal(429)] * 3
    with pytest.raises(BusyProviderError):
        await provider.submit([item("b")], key="order-2")
    assert len(server.orders) == 1
    if isinstance(server, OpenAiBatchServer):
        assert len(server.files) == 1, "what was uploaded for nothing is deleted"


async def test_an_order_that_may_be_there_is_not_placed_twice(
    server: BatchServer, provider: BatchProvider, waits: Waits
) -> None:
    server.refusals = [Refusal(500, is_placed=True)]
    with pytest.raises(UnknownOrderError):
        await provider.submit([item("a")], key="order-1")
    assert (len(server.orders), waits.seconds) == (1, [])


async def test_results_that_break_off_are_told_as_such() -> None:
    with serving(AnthropicBatchServer()) as server:
        assert isinstance(server, AnthropicBatchServer)
        async with open_batches(settings(server)) as provider:
            order_id = await provider.submit([item("a")], key="order-1")
            server.end()
            server.is_cut = True
            with pytest.raises(DependencyDownError, match="broke off"):
                [one async for one in provider.results(order_id)]


async def test_a_wrong_key(server: BatchServer) -> None:
    async with open_batches(settings(server, api_key="other")) as provider:
        with pytest.raises(SettingsError, match=r"llm\.api_key"):
            await provider.submit([item("a")], key="order-1")


@pytest.mark.parametrize("name", ["openai", "anthropic"])
async def test_a_server_without_batches(name: str) -> None:
    with serving(ChatServer()) as plain:
        url = plain.url if name == "openai" else plain.url.removesuffix("/v1")
        async with open_batches(settings(plain, provider=name, base_url=url)) as provider:
            with pytest.raises(NoBatchesError, match="without --batch"):
                await provider.submit([item("a")], key="order-1")


async def test_nobody_is_there() -> None:
    nowhere = LlmSettings(model="m", base_url="http://127.0.0.1:9/v1", attempt_count=1)
    async with open_batches(nowhere) as provider:
        with pytest.raises(DependencyDownError):
            await provider.state("order-1")


async def test_azure_is_refused_with_the_way_out() -> None:
    with pytest.raises(SettingsError, match="without --batch"):
        async with open_batches(LlmSettings(model="m", provider="azure")):
            pass


@pytest.mark.parametrize("key", ["", "x" * 65, "a b", "ä"])
def test_a_key_says_nothing(key: str) -> None:
    with pytest.raises(InvalidInputError):
        item(key)


def test_the_prompt_stands_in_no_repr() -> None:
    assert "4711" not in repr(item("a"))


def test_a_batch_costs_its_share() -> None:
    priced = LlmSettings(model="m", input_price=2.0, output_price=8.0, batch_price_share=0.25)
    assert batch_cost(priced)(TokenUsage(1_000_000, 500_000)) == pytest.approx(0.25 * (2 + 4))
    assert batch_cost(priced, model="other")(TokenUsage(1)) is None


def test_a_place_has_no_password() -> None:
    assert place_of(LlmSettings(model="m", base_url="https://me:pw@models.example:99/v1")) == (
        "openai@models.example:99"
    )
    assert place_of(LlmSettings(model="m")) == "openai"


@given(
    sizes=st.lists(st.integers(1, 40), max_size=30), max_items=st.integers(1, 7), max_bytes=st.integers(1, 90)
)
def test_portions_keep_every_prompt_and_the_limits(sizes: list[int], max_items: int, max_bytes: int) -> None:
    items = [item(str(at)) for at in range(len(sizes))]
    cut = portions(items, sizes, max_items=max_items, max_bytes=max_bytes)
    assert [one for portion in cut for one in portion] == items
    for portion in cut:
        sum_bytes = sum(sizes[int(one.key)] for one in portion)
        assert 1 <= len(portion) <= max_items
        assert sum_bytes <= max_bytes or len(portion) == 1

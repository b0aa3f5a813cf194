"""Adapters beside OpenAI's own: the same questions, their way of asking them. Real SDKs over real HTTP."""

from collections.abc import AsyncIterator, Iterator

import pytest

from core.errors import DependencyDownError, MissingExtraError, SettingsError, TooLargeError
from core.language_model_ports import ChatProvider
from core.language_models import Completion, Finish, Message, Prompt, Role, TextDelta, Tool, ToolCall
from core.llm_settings import LlmSettings
from inference.llm.factory import create_provider
from inference.llm.failures import BusyProviderError, NoCreditError, RefusedPromptError
from tests.fakes.chat_server import ChatServer, Turn, serving
from tests.unit.inference.llm.gateways import OPEN, PROMPT, PURPOSE


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with serving(ChatServer()) as running:
        yield running


def settings(server: ChatServer, **values: object) -> LlmSettings:
    base = {
        "model": "m",
        "base_url": server.url.removesuffix("/v1"),
        "api_key": "key-0",
        "provider": "anthropic",
    }
    return LlmSettings.model_validate({**base, **values})


def opened(chosen: LlmSettings) -> ChatProvider:
    provider = create_provider(chosen, chosen, section="llm")
    OPEN.append(provider)
    return provider


async def whole(pieces: AsyncIterator[TextDelta | Completion]) -> tuple[str, Completion]:
    got = [piece async for piece in pieces]
    assert isinstance(got[-1], Completion)
    return "".join(piece.text for piece in got[:-1]), got[-1]


async def test_anthropic_answers_whole_and_in_pieces(server: ChatServer) -> None:
    chosen = settings(server)
    provider = opened(chosen)
    answer = await provider.complete(PROMPT, purpose=PURPOSE)
    assert (answer.text, answer.finish, answer.provider) == ("Hello.", Finish.STOP, "anthropic/m")
    assert (answer.usage.input_count, answer.usage.output_count, answer.usage.cached_count) == (11, 7, 5)
    server.turns = [Turn("One two.")]
    text, streamed = await whole(provider.stream(PROMPT, purpose=PURPOSE))
    assert text == streamed.text == "One two. "
    body = server.requests[0]
    assert body["system"][0]["text"] == "Be brief."
    assert body["messages"] == [{"role": "user", "content": [{"type": "text", "text": "Say hello."}]}]
    assert "Bearer key-0" in server.request_headers[0].values()


async def test_anthropic_gives_answers_of_tools_back_as_the_users(server: ChatServer) -> None:
    chosen = settings(server)
    provider = opened(chosen)
    calls = (ToolCall("a", "search", '{"q": 1}'), ToolCall("b", "search", "nonsense"))
    turns = (
        Message(Role.USER, "Find it."),
        Message(Role.ASSISTANT, "", tool_calls=calls),
        Message(Role.TOOL, "found", tool_call_id="a"),
        Message(Role.TOOL, "nothing", tool_call_id="b"),
    )
    tools = (Tool("search", "Finds.", {"type": "object"}),)
    server.turns = [Turn("", tool=("search", '{"q": 2}'), finish="tool_calls")]
    answer = await provider.complete(Prompt(turns, tools=tools, tool_choice="required"), purpose=PURPOSE)
    assert (answer.finish, answer.tool_calls[0].arguments) == (Finish.TOOLS, '{"q": 2}')
    sent = server.requests[0]
    assert [row["role"] for row in sent["messages"]] == ["user", "assistant", "user"]
    assert [block["input"] for block in sent["messages"][1]["content"]] == [{"q": 1}, {}]
    assert [block["tool_use_id"] for block in sent["messages"][2]["content"]] == ["a", "b"]
    assert sent["tool_choice"] == {"type": "any"}


async def test_a_cut_stream_of_anthropic_is_no_answer(server: ChatServer) -> None:
    chosen = settings(server)
    provider = opened(chosen)
    server.turns = [Turn("One two.", cut=True)]
    with pytest.raises(DependencyDownError):
        await whole(provider.stream(PROMPT, purpose=PURPOSE))


async def test_azure_asks_its_deployment(server: ChatServer) -> None:
    chosen = settings(server, provider="azure", api_version="2024-10-21")
    provider = opened(chosen)
    assert (await provider.complete(PROMPT, purpose=PURPOSE)).text == "Hello."
    assert server.request_headers[0]["api-key"] == "key-0"


@pytest.mark.parametrize("provider_name", ["openai", "anthropic"])
@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (401, {}, SettingsError),
        (403, {}, SettingsError),
        (404, {}, SettingsError),
        (400, {"code": "context_length_exceeded"}, TooLargeError),
        (413, {}, TooLargeError),
        (422, {}, RefusedPromptError),
        (429, {}, BusyProviderError),
        (429, {"code": "insufficient_quota"}, NoCreditError),
        (500, {}, BusyProviderError),
        (529, {}, BusyProviderError),
    ],
)
async def test_failures_are_told_by_what_may_be_done(
    server: ChatServer, provider_name: str, status: int, said: dict[str, str], kind: type[Exception]
) -> None:
    url = server.url if provider_name == "openai" else server.url.removesuffix("/v1")
    chosen = settings(server, provider=provider_name, base_url=url)
    provider = opened(chosen)
    secret = {"error": {"message": "you said: our secret plan", **said}}
    server.turns = [Turn(status=status, error=secret, headers={"Retry-After": "3"})]
    with pytest.raises(kind) as caught:
        await provider.complete(PROMPT, purpose=PURPOSE)
    assert type(caught.value) is kind
    assert "plan" not in str(caught.value)


async def test_nobody_there(server: ChatServer) -> None:
    chosen = settings(server, provider="openai", base_url="http://127.0.0.1:9/v1")
    provider = opened(chosen)
    with pytest.raises(DependencyDownError, match=r"llm\.base_url"):
        await provider.complete(PROMPT, purpose=PURPOSE)


@pytest.mark.parametrize(
    "wrong",
    [{"api_key": None}, {"provider": "azure"}, {"provider": "openai", "model": None}],
)
def test_settings_that_cannot_be_are_refused(server: ChatServer, wrong: dict[str, object]) -> None:
    chosen = settings(server, **wrong)
    with pytest.raises((SettingsError, MissingExtraError)):
        create_provider(chosen, chosen, section="llm")

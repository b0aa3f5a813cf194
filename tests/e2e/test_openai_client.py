"""The official `openai` client against the real service over real HTTP: documents, the ONNX model, and a model server that is scripted."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import openai
import pytest

from core.config import (
    GuardrailSettings,
    RedactionSettings,
    Settings,
)
from core.graph_settings import GraphSettings
from core.llm_settings import LlmSettings
from core.stream_settings import StreamSettings
from tests.e2e.transcripts import Transcript
from tests.fakes.api_server import served
from tests.fakes.chat_server import ChatServer, Turn, serving

LEAVE = b"# Leave policy\n\nEverybody has thirty days of annual leave. Leave has to be asked for in April.\n"
TRAVEL = b"# Travel policy\n\nA hotel in Oslo may cost at most 180 EUR a night.\n"
QUESTION = "How many days of annual leave does everybody have?"
HOTEL = "How much may a hotel in Oslo cost?"
HEAD = """
import openai

client = openai.OpenAI(base_url="http://127.0.0.1:8700/v1", api_key="...")
"""


@dataclass(frozen=True)
class World:
    """The service, and the model server that it asks."""

    url: str
    model: ChatServer

    def client(self, **more: object) -> openai.OpenAI:
        return openai.OpenAI(base_url=f"{self.url}/v1", api_key="unused", max_retries=0, **more)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home: Path = tmp_path_factory.mktemp("openai")
    with serving(ChatServer()) as model:
        settings = Settings(
            home=home,
            redaction=RedactionSettings(policy="off"),
            graph=GraphSettings(enabled=False),
            guardrails=GuardrailSettings(enabled=False),
            llm=LlmSettings(model="m", base_url=model.url, attempt_count=1),
            streams=StreamSettings(heartbeat_s=0.1, drain_s=0),
        )
        with served(settings) as url:
            for name, data in (("leave.md", LEAVE), ("travel.md", TRAVEL)):
                response = httpx.post(f"{url}/v1/documents?wait=60", files={"file": (name, data)}, timeout=90)
                assert response.status_code == 201, response.text
            yield World(url, model)


@pytest.fixture(autouse=True)
def script(world: World) -> None:
    world.model.turns, world.model.requests, world.model.disconnected_count = [], [], 0
    world.model.asked.clear()


def written(*sentences: tuple[str, str], **more: object) -> Turn:
    rows = [{"text": text, "quotes": [{"source": 1, "quote": quote}]} for text, quote in sentences]
    return Turn(json.dumps({"sentences": rows}), **more)


def test_the_transcript_of_the_documentation(world: World) -> None:
    client, page = world.client(), Transcript("The official OpenAI client with Folio")
    listed = client.models.list()
    page.step(
        "Models", HEAD + "\n[model.id for model in client.models.list()]", [model.id for model in listed]
    )
    found = client.chat.completions.create(
        model="folio-extractive", messages=[{"role": "user", "content": HOTEL}]
    )
    message = found.choices[0].message
    page.step(
        "A question, answered in the documents' own words",
        'completion = client.chat.completions.create(\n    model="folio-extractive",\n'
        f'    messages=[{{"role": "user", "content": "{HOTEL}"}}],\n)\ncompletion.to_dict()',
        found.to_dict(),
    )
    assert message.annotations
    place = message.annotations[0].url_citation
    assert message.content
    assert message.content[place.start_index : place.end_index] == "[1]"
    assert "180 EUR" in message.content
    stream = client.chat.completions.create(
        model="folio-extractive",
        messages=[{"role": "user", "content": HOTEL}],
        stream=True,
        stream_options={"include_usage": True},
    )
    lines = [_line(chunk.to_dict()) for chunk in stream]
    page.step(
        "The same as it is written",
        'stream = client.chat.completions.create(\n    model="folio-extractive",\n'
        f'    messages=[{{"role": "user", "content": "{HOTEL}"}}],\n    stream=True,\n'
        '    stream_options={"include_usage": True},\n)\n'
        "for chunk in stream:\n    print(chunk.choices and chunk.choices[0].delta, chunk.usage)",
        "\n".join(lines),
    )
    refused = client.chat.completions.create(
        model="folio-extractive", messages=[{"role": "user", "content": "Who won the cup in 1954?"}]
    )
    page.step(
        "A question that the documents do not answer",
        'completion = client.chat.completions.create(\n    model="folio-extractive",\n'
        '    messages=[{"role": "user", "content": "Who won the cup in 1954?"}],\n)\n'
        "completion.choices[0].message.to_dict()",
        refused.choices[0].message.to_dict(),
    )
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": "hello"}])
    page.step(
        "A model that is not there",
        'try:\n    client.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": "hello"}])\n'
        "except openai.NotFoundError as error:\n    print(error.code, error.body)",
        f"{caught.value.code} {json.dumps(caught.value.body)}",
    )
    vectors = client.embeddings.create(model="folio-embedding", input=["annual leave", "a hotel"])
    page.step(
        "Embeddings",
        'vectors = client.embeddings.create(model="folio-embedding", input=["annual leave", "a hotel"])\n'
        "[len(row.embedding) for row in vectors.data], vectors.usage.to_dict()",
        f"{[len(row.embedding) for row in vectors.data]} {vectors.usage.to_dict()}",
    )
    page.check("openai.md")


def _line(chunk: dict[str, object]) -> str:
    folio = chunk.pop("folio", None)
    choices = chunk["choices"]
    shown = {"choices": choices, "usage": chunk.get("usage")}
    return json.dumps(shown) + (" + folio: the whole answer" if folio else "")


def test_tokens_of_the_model_are_told(world: World) -> None:
    world.model.turns = [
        written(("Everybody has thirty days.", "Everybody has thirty days of annual leave."))
    ]
    found = world.client().chat.completions.create(
        model="folio", messages=[{"role": "user", "content": QUESTION}], temperature=0, user="somebody"
    )
    assert found.choices[0].message.content == "Everybody has thirty days. [1]"
    assert found.usage is not None
    assert (found.usage.prompt_tokens, found.usage.completion_tokens) == (11, 7)
    assert found.usage.prompt_tokens_details is not None
    assert found.usage.prompt_tokens_details.cached_tokens == 5


async def test_the_asynchronous_client_streams(world: World) -> None:
    world.model.turns = [
        written(
            ("Thirty days a year.", "Everybody has thirty days of annual leave."),
            ("It is asked for in April.", "Leave has to be asked for in April."),
        )
    ]
    async with openai.AsyncOpenAI(base_url=f"{world.url}/v1", api_key="unused", max_retries=0) as client:
        stream = await client.chat.completions.create(
            model="folio-compact",
            messages=[{"role": "user", "content": "When, and how many days of leave?"}],
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = [chunk async for chunk in stream]
    said = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
    assert [one for one in said if one] == ["Thirty days a year. [1]", " It is asked for in April. [2]"]
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert [one["url_citation"]["title"] for one in chunks[-2].choices[0].delta.annotations] == [  # type: ignore[attr-defined]
        "Leave policy"
    ] * 2
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens == 18


def test_the_conversation_completes_the_question(world: World) -> None:
    world.model.turns = [
        Turn(json.dumps({"question": "When does annual leave have to be asked for?"})),
        written(("It is asked for in April.", "Leave has to be asked for in April.")),
    ]
    found = world.client().chat.completions.create(
        model="folio",
        messages=[
            {"role": "system", "content": "Answer in rhymes."},
            {"role": "user", "content": QUESTION},
            {"role": "assistant", "content": "Everybody has thirty days. [1]"},
            {"role": "user", "content": "And when does it have to be asked for?"},
        ],
    )
    assert found.choices[0].message.content == "It is asked for in April. [1]"
    assert "rhymes" not in json.dumps(world.model.requests)
    sessions = httpx.get(f"{world.url}/v1/sessions").json()
    assert sessions["data"] == []


def test_an_answer_that_the_model_server_breaks_off_is_partial(world: World) -> None:
    world.model.turns = [
        written(
            ("Thirty days, everybody.", "Everybody has thirty days of annual leave."),
            ("In April.", "Leave has to be asked for in April."),
            cut=True,
            cut_after=24,
        )
    ]
    stream = world.client().chat.completions.create(
        model="folio", messages=[{"role": "user", "content": "How long is leave?"}], stream=True
    )
    chunks = list(stream)
    said = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    whole = chunks[-1].to_dict()["folio"]
    assert said == "Thirty days, everybody. [1]"
    assert isinstance(whole, dict)
    assert (whole["answer"], whole["status"]) == (said, "partial")
    assert whole["reason"]


def test_who_goes_away_stops_the_model(world: World) -> None:
    world.model.turns = [
        written(
            ("Thirty days for everybody.", "Everybody has thirty days of annual leave."),
            *[("In April.", "Leave has to be asked for in April.")] * 50,
            hang_between_s=0.05,
        )
    ]
    stream = world.client().chat.completions.create(
        model="folio",
        messages=[{"role": "user", "content": "How many days of leave, in words?"}],
        stream=True,
    )
    for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            break
    stream.close()
    for _ in range(200):
        if world.model.disconnected_count:
            break
        httpx.get(f"{world.url}/healthz")
    else:
        pytest.fail("the model was not stopped")


def test_vectors_come_as_numbers_whatever_form_was_sent(world: World) -> None:
    client = world.client()
    packed = client.embeddings.create(model="folio-embedding", input="annual leave")
    plain = client.embeddings.create(model="folio-embedding", input="annual leave", encoding_format="float")
    assert packed.data[0].embedding == pytest.approx(plain.data[0].embedding, abs=1e-6)
    assert sum(value * value for value in packed.data[0].embedding) == pytest.approx(1, abs=1e-3)


def test_what_cannot_be_done_has_a_reason(world: World) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        world.client().chat.completions.create(
            model="folio", messages=[{"role": "user", "content": QUESTION}], n=2
        )
    assert caught.value.type == "invalid_request_error"
    assert "`n` is 1" in str(caught.value)


def test_a_filter_narrows_the_answer(world: World) -> None:
    where = {"type": "eq", "key": "mime_type", "value": "application/pdf"}
    found = world.client().chat.completions.create(
        model="folio-extractive",
        messages=[{"role": "user", "content": HOTEL}],
        extra_body={"folio": {"where": where}},
    )
    assert found.choices[0].message.refusal

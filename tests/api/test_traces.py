"""Spans of real searches and answers: which there are, and that nothing that was said is in them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api.app import create_app
from core import tracing
from core.config import RedactionSettings, Settings
from core.llm_settings import LlmSettings
from tests.api.conftest import serving
from tests.fakes import chat_server
from tests.fakes.knowledge_base import FakeKnowledgeBase

PLANTED = "Margarete Oberhuber"
TEXT = f"# Travel policy\n\n{PLANTED} pays at most 180 EUR a night for a hotel in Oslo.\n".encode()
QUESTION = f"How much may {PLANTED} pay for a hotel in Oslo?"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
HEADERS = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.use_provider(provider)
    yield exporter
    tracing.use_provider(None)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", redaction=RedactionSettings(policy="off"))


@pytest.fixture
async def client(settings: Settings, spans: InMemorySpanExporter) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(settings) as client:
        await client.post("/v1/documents?wait=60", files={"file": (f"{PLANTED}.md", TEXT)})
        # The upload is answered as soon as the document can be found; its job ends a moment later.
        while "folio.job" not in {span.name for span in spans.get_finished_spans()}:  # noqa: ASYNC110 - spans tell nobody
            await asyncio.sleep(0.01)
        yield client


def of_trace(spans: InMemorySpanExporter) -> set[str]:
    return {
        span.name for span in spans.get_finished_spans() if format(span.context.trace_id, "032x") == TRACE
    }


def planted_in(spans: InMemorySpanExporter) -> list[str]:
    texts = [span.to_json() for span in spans.get_finished_spans()]
    words = (*PLANTED.split(), "180 EUR", "Oslo", "hotel")
    return [text for text in texts if any(word in text for word in words)]


async def test_a_search_and_an_answer_are_traced_stage_by_stage_without_a_word_of_them(
    client: httpx.AsyncClient, spans: InMemorySpanExporter
):
    uploading = {span.name for span in spans.get_finished_spans()}
    await client.post("/v1/search", json={"query": QUESTION}, headers=HEADERS)
    searched = of_trace(spans)
    answered = await client.post("/v1/answer", json={"question": QUESTION}, headers=HEADERS)
    await client.get(f"/v1/documents/{PLANTED}", headers=HEADERS)
    assert {"folio.ingest", "folio.ingest_prepare", "folio.ingest_write", "folio.job"} <= uploading
    assert {
        "POST /v1/search",
        "folio.embed_query",
        "folio.recall",
        "folio.fuse",
        "folio.read_hits",
    } <= searched
    assert {"POST /v1/answer", "folio.answer", "folio.gather", "folio.grade", "folio.write"} <= of_trace(
        spans
    )
    assert {"folio.guard_question", "folio.guard_passages", "folio.guard_answer"} <= of_trace(spans)
    assert answered.json()["status"] == "grounded"
    assert planted_in(spans) == []


@pytest.mark.slow
async def test_an_upload_leads_to_the_trace_of_its_job(
    client: httpx.AsyncClient, spans: InMemorySpanExporter
):
    uploads = [span for span in spans.get_finished_spans() if span.name == "POST /v1/documents"]
    jobs = {span.context.trace_id for span in spans.get_finished_spans() if span.name == "folio.job"}
    assert {link.context.trace_id for span in uploads for link in span.links} <= jobs
    assert uploads[0].links


@pytest.mark.slow
async def test_a_stage_s_duration_is_in_the_metrics(client: httpx.AsyncClient):
    await client.post("/v1/search", json={"query": QUESTION})
    await client.post("/v1/answer", json={"question": QUESTION})
    text = (await client.get("/metrics")).text
    assert 'folio_stage_seconds_count{stage="recall"}' in text
    assert 'folio_stage_seconds_count{stage="ingest_embeddings"}' in text
    assert 'folio_answers_total{mode="extractive",status="grounded"} 1.0' in text
    assert "folio_chunks 1.0" in text
    assert 'folio_documents{state="indexed"} 1.0' in text
    assert 'folio_sql_seconds_count{kind="SELECT"}' in text
    assert "folio_index_lag_seconds_count 1.0" in text
    assert PLANTED not in text


@pytest.mark.slow
async def test_a_call_of_a_model_says_what_it_took_and_nothing_that_was_said(
    settings: Settings, spans: InMemorySpanExporter
):
    server = chat_server.ChatServer([chat_server.Turn(text=PLANTED)] * 9)
    with chat_server.serving(server):
        llm = LlmSettings(model="tiny", base_url=server.url, context_tokens=4096, attempt_count=1)
        async with serving(settings.model_copy(update={"llm": llm})) as client:
            await client.post("/v1/documents?wait=60", files={"file": ("a.md", TEXT)})
            await client.post("/v1/answer", json={"question": QUESTION, "mode": "compact"}, headers=HEADERS)
            text = (await client.get("/metrics")).text
    (call, *_) = [span for span in spans.get_finished_spans() if span.name == "chat tiny"]
    assert call.attributes["gen_ai.operation.name"] == "chat"
    assert call.attributes["gen_ai.request.model"] == "tiny"
    assert call.attributes["gen_ai.usage.input_tokens"] == 11
    assert call.attributes["gen_ai.response.finish_reasons"] == ("stop",)
    assert planted_in(spans) == []
    # Whoever serves the model is not told of our traces.
    assert not [headers for headers in server.request_headers if "traceparent" in headers]
    assert re_total(text, "folio_llm_calls_total") >= 1


def re_total(text: str, name: str) -> float:
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(f"{name}{{"))


async def test_a_provider_of_the_whole_process_is_not_told_what_was_asked(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    # As an agent sets one that instruments a process from outside: it can be set once, and not taken back.
    monkeypatch.setattr("opentelemetry.trace._TRACER_PROVIDER", provider)
    tracing.use_provider(None)
    transport = httpx.ASGITransport(create_app(settings, knowledge_base=FakeKnowledgeBase()))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8700") as client:
        await client.get("/v1/search", params={"q": QUESTION})
        await client.get(f"/v1/documents/{PLANTED}")
    assert "GET /v1/search" in {span.name for span in exporter.get_finished_spans()}
    assert planted_in(exporter) == []
    tracing.use_provider(None)

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import format_trace_id

from core import tracing
from core.telemetry_settings import TelemetrySettings
from core.trace_export import WithoutContent, kept, kept_name, start_tracing, traces_address

SECRET = "Margarete Oberhuber owes 400 EUR"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.use_provider(provider)
    yield exporter
    tracing.use_provider(None)


async def test_a_stage_in_a_task_and_in_a_thread_is_below_the_one_that_began_it(spans: InMemorySpanExporter):
    def in_thread() -> None:
        with tracing.stage("thread"):
            pass

    async def in_task() -> None:
        with tracing.stage("task"):
            await asyncio.to_thread(in_thread)

    with tracing.stage("outer"):
        await asyncio.gather(in_task(), in_task())
    by_name = {span.name: span for span in spans.get_finished_spans()}
    outer, task, thread = (by_name[f"folio.{name}"] for name in ("outer", "task", "thread"))
    assert len({span.context.trace_id for span in spans.get_finished_spans()}) == 1
    assert task.parent.span_id == outer.context.span_id
    assert thread.parent.span_id in {
        span.context.span_id for span in spans.get_finished_spans() if span.name == "folio.task"
    }


def test_of_an_error_only_the_type_is_told(spans: InMemorySpanExporter):
    with pytest.raises(ValueError, match="Margarete"), tracing.stage("broken"):
        raise ValueError(SECRET)
    (span,) = spans.get_finished_spans()
    assert span.attributes == {"error.type": "ValueError"}
    assert not span.status.is_ok
    assert SECRET not in span.to_json()


def test_stages_of_a_request_are_added_up():
    timings, token = tracing.begin_timings("r1")
    with tracing.stage("recall"), tracing.stage("fuse"):
        tracing.count(dense=3)
    with tracing.stage("recall"):
        pass
    assert tracing.current_request_id() == "r1"
    tracing.end_timings(token)
    assert set(timings.stage_ms) == {"recall", "fuse"}
    assert timings.facts == {"dense": 3}
    assert tracing.current_request_id() == ""


def test_a_job_is_in_the_trace_that_its_id_names_and_its_request_links_there(spans: InMemorySpanExporter):
    with tracing.stage("request"):
        tracing.link_to("job", "j1")
    with tracing.work("job", "j1", "j2"), tracing.stage("embed"):
        pass
    by_name = {span.name: span for span in spans.get_finished_spans()}
    job = by_name["folio.job"]
    assert by_name["folio.request"].links[0].context.trace_id == job.context.trace_id
    assert by_name["folio.embed"].context.trace_id == job.context.trace_id
    assert job.links[0].context == tracing.trace_of("job", "j2")
    assert tracing.trace_of("job", "j1").trace_id != tracing.trace_of("run", "j1").trace_id


def test_a_caller_s_trace_goes_on_and_junk_is_none(spans: InMemorySpanExporter):
    name = "4bf92f3577b34da6a3ce929d0e0e4736"
    whole = tracing.received({"traceparent": f"00-{name}-00f067aa0ba902b7-01"})
    tracing.begin_span("GET", within=whole).end()
    tracing.begin_span("GET", within=tracing.received({"traceparent": SECRET})).end()
    theirs, ours = (format_trace_id(span.context.trace_id) for span in spans.get_finished_spans())
    assert theirs == name
    assert ours != name


@pytest.mark.parametrize("tells", [True, False])
def test_servers_of_models_are_told_of_traces_only_where_that_is_set(tells: bool):
    tracing.use_provider(TracerProvider(), tells_model_servers=tells)
    own: dict[str, str] = {}
    with tracing.stage("write"):
        tracing.carried(own)
        found = tracing.headers_for_model_server()
    tracing.use_provider(None)
    assert "traceparent" in own
    assert ("traceparent" in found) is tells


def test_what_leaves_the_process_is_named_in_a_list(spans: InMemorySpanExporter):
    with tracing.stage("recall", limit=5) as stage:
        stage.note(url__full=f"http://x/?q={SECRET}", odd=SECRET * 9)
    sent = InMemorySpanExporter()
    (span,) = spans.get_finished_spans()
    WithoutContent(sent).export([span])
    (left,) = sent.get_finished_spans()
    assert left.attributes == {"folio.limit": 5}
    assert (left.context, left.start_time, left.end_time) == (span.context, span.start_time, span.end_time)


@given(st.dictionaries(st.text(max_size=30), st.text(max_size=200) | st.integers()))
def test_no_unknown_attribute_is_kept(attributes: dict[str, str | int]):
    assert all(name.startswith("folio.") for name in kept(attributes))


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("folio.recall", "folio.recall"),
        ("chat gpt-5", "chat gpt-5"),
        ("POST /v1/documents/{doc_id}", "POST /v1/documents/{doc_id}"),
        ("SELECT folio", "SELECT"),
        (f"folio.{SECRET}?", "call"),
        (SECRET, "call"),
    ],
)
def test_names_of_spans_are_ours_or_a_verb(name: str, left: str):
    assert kept_name(name) == left


@pytest.mark.parametrize("given", ["http://c:4318", "http://c:4318/", "http://c:4318/v1/traces"])
def test_a_collector_is_named_with_or_without_its_path(given: str):
    assert traces_address(given) == "http://c:4318/v1/traces"


def test_without_a_collector_nothing_is_set_up():
    assert start_tracing(TelemetrySettings(), version="1") is None
    assert tracing.provider() is None

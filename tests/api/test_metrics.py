"""What Prometheus and the log are told of requests."""

import asyncio
import json
import logging
import re
import uuid

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from core.config import Settings
from core.errors import DependencyDownError, PermanentError
from core.service_settings import ApiSettings
from core.telemetry import JsonLines
from core.telemetry_settings import TelemetrySettings
from tests.api.conftest import serving
from tests.fakes.knowledge_base import FakeKnowledgeBase

SECRET = "Margarete Oberhuber"


async def scraped(client: httpx.AsyncClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    response = await client.get("/metrics")
    assert response.status_code == 200
    families = text_string_to_metric_families(response.text)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def key(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


async def test_requests_are_counted_by_the_template_of_their_address(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase
):
    kb.add("leave.txt", "thirty days of leave")
    await client.post("/v1/search", json={"query": "leave"})
    await client.get(f"/v1/documents/{SECRET}")
    await client.get("/healthz")
    found = await scraped(client)
    assert found[key("folio_requests_total", route="/v1/search", method="POST", status="2xx")] == 1
    assert found[key("folio_requests_total", route="/v1/documents/{doc_id}", method="GET", status="4xx")] == 1
    assert found[key("folio_request_seconds_count", route="/healthz", method="GET")] == 1
    assert found[key("folio_requests_in_flight")] == 1
    assert found[key("folio_documents", state="indexed")] == 1
    assert found[key("folio_up", dependency="vectors")] == 1


async def test_records_of_answers_are_counted_those_that_are_lost_too(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase
):
    kb.add("leave.txt", "thirty days of leave")
    answer = await kb.answer("leave")
    await kb.noted("leave", answer)
    kb.recorded.down = PermanentError("down")
    await kb.noted("leave", answer)
    found = await scraped(client)
    assert found[key("folio_answer_records_total", outcome="written")] == 1
    assert found[key("folio_answer_records_total", outcome="lost")] == 1
    assert found[key("folio_answer_records_waiting")] == 0


async def test_a_thousand_strange_requests_make_no_more_series(client: httpx.AsyncClient):
    for path in ("/v1/documents/x", "/nowhere"):
        await client.get(path)
    await client.request("BREW", "/nowhere")
    before = set(await scraped(client))
    before = set(await scraped(client))
    for number in range(334):
        strange = f"{uuid.uuid4()}-{SECRET}-{number}"
        await client.request(f"M{number}", f"/{strange}")
        await client.get(f"/v1/documents/{strange}?q={strange}", headers={"X-Request-ID": strange})
        await client.get(f"/v1/{strange}", headers={"User-Agent": strange, "traceparent": strange})
    after = await scraped(client)
    assert set(after) == before
    assert SECRET not in str(after)


async def test_a_store_that_is_down_is_said_and_fails_no_scrape(kb: FakeKnowledgeBase, settings: Settings):
    async with serving(settings, kb) as client:
        kb.down = DependencyDownError("the vector store does not answer")
        found = await scraped(client)
    assert found[key("folio_up", dependency="vectors")] == 0
    assert not [name for name, _ in found if name == "folio_chunks"]


async def test_a_store_that_hangs_holds_no_scrape_up(kb: FakeKnowledgeBase, settings: Settings):
    hanging = asyncio.Event()

    async def never() -> None:
        await hanging.wait()

    kb.census = never  # type: ignore[method-assign]
    telemetry = TelemetrySettings(census_timeout_s=0.05)
    async with serving(settings.model_copy(update={"telemetry": telemetry}), kb) as client:
        found = await scraped(client)
    assert found[key("folio_up", dependency="stores")] == 0


async def test_the_stores_are_asked_once_for_scrapes_that_come_together(
    kb: FakeKnowledgeBase, settings: Settings
):
    count = 0
    real = kb.census

    async def counted():
        nonlocal count
        count += 1
        return await real()

    kb.census = counted  # type: ignore[method-assign]
    async with serving(settings, kb) as client:
        await asyncio.gather(*(client.get("/metrics") for _ in range(5)))
        await client.get("/metrics")
    assert count == 1


async def test_metrics_are_for_those_with_the_scope(kb: FakeKnowledgeBase):
    async with serving(Settings(api=ApiSettings(token="t")), kb) as client:
        stranger = await client.get("/metrics")
        prometheus = await client.get("/metrics", headers={"Authorization": "Bearer t"})
    assert (stranger.status_code, prometheus.status_code) == (401, 200)
    assert "folio_" not in stranger.text


async def test_metrics_can_be_switched_off(kb: FakeKnowledgeBase, settings: Settings):
    off = settings.model_copy(update={"telemetry": TelemetrySettings(metrics=False)})
    async with serving(off, kb) as client:
        assert (await client.get("/metrics")).status_code == 404
        assert (await client.get("/healthz")).status_code == 200


async def test_a_request_has_one_line_with_metadata_only(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO, "folio.access")
    await client.post(f"/v1/search?x={SECRET}", json={"query": SECRET})
    await client.get("/healthz")
    (record,) = [one for one in caplog.records if one.name == "folio.access"]
    row = json.loads(JsonLines().format(record))
    assert (row["event"], row["route"], row["status"], row["method"]) == (
        "request",
        "/v1/search",
        200,
        "POST",
    )
    assert (row["tenant"], row["credential"]) == ("default", "local")
    assert SECRET not in caplog.text


async def test_a_slow_request_is_logged_with_its_stages_and_never_its_query(
    kb: FakeKnowledgeBase, settings: Settings, caplog: pytest.LogCaptureFixture
):
    slow = settings.model_copy(update={"telemetry": TelemetrySettings(slow_s=1e-9, access_log="off")})
    async with serving(slow, kb) as client:
        await client.post("/v1/search", json={"query": SECRET})
    lines = [one.getMessage() for one in caplog.records if one.name.startswith("folio.")]
    assert [
        line for line in lines if re.match(r"slow request: method=POST route=/v1/search status=200 ms=", line)
    ]
    assert SECRET not in caplog.text


@pytest.mark.parametrize("access_log", ["off", "errors"])
async def test_lines_of_requests_that_went_well_can_be_left_out(
    kb: FakeKnowledgeBase, settings: Settings, caplog: pytest.LogCaptureFixture, access_log: str
):
    caplog.set_level(logging.INFO, "folio.access")
    quiet = settings.model_copy(update={"telemetry": TelemetrySettings(access_log=access_log)})
    async with serving(quiet, kb) as client:
        await client.post("/v1/search", json={"query": "leave"})
        kb.bug = RuntimeError(SECRET)
        await client.post("/v1/search", json={"query": "leave"})
    lines = [one for one in caplog.records if one.name == "folio.access"]
    assert len(lines) == (0 if access_log == "off" else 1)
    assert SECRET not in caplog.text

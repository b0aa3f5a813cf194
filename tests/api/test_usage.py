"""`GET /v1/usage` over a real catalog."""

from pathlib import Path

from core.config import Settings
from core.language_models import CallPurpose, CallRecord, TokenUsage
from folio.assembly import open_catalog
from tests.api.conftest import serving
from tests.fakes.clock import FakeClock
from tests.fakes.knowledge_base import FakeKnowledgeBase

RANGE = {"since": "2026-01-01", "until": "2026-01-31"}


async def test_a_tenant_sees_what_its_calls_cost(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    mine = CallRecord(
        CallPurpose("default", "answer"), "openai/m", "m", "ok", TokenUsage(10, 4, 6), 50.0, cost=0.25
    )
    other = CallRecord(
        CallPurpose("other", "answer"), "openai/m", "m", "ok", TokenUsage(1, 1), 50.0, cost=9.0
    )
    async with open_catalog(settings, FakeClock()) as catalog:
        await catalog.calls.record([mine, mine, other])
    async with serving(settings, FakeKnowledgeBase()) as client:
        found = (await client.get("/v1/usage", params={"by": ["model", "user"], **RANGE})).json()
        empty = (await client.get("/v1/usage", params={"since": "2020-01-01", "until": "2020-01-02"})).json()
    [row] = found["data"]
    assert (found["by"], found["currency"], row["group"]) == (["model", "user"], "USD", ["m", "operator"])
    assert (row["call_count"], row["cost"], row["cached_tokens"]) == (2, 0.5, 12)
    assert empty["data"] == []


async def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    async with serving(Settings(home=tmp_path), FakeKnowledgeBase()) as client:
        assert (await client.get("/v1/usage", params={"by": "weekday"})).status_code == 422
        assert (await client.get("/v1/usage", params={"by": ["day", "day"]})).status_code == 400
        backwards = {"since": "2026-01-02", "until": "2026-01-01"}
        assert (await client.get("/v1/usage", params=backwards)).status_code == 400

"""What language models cost, over SQLite and Postgres."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.config import Settings
from core.language_models import CallPurpose, CallRecord, TokenUsage
from core.usage import UsageBy
from store.catalog.catalog import SqlCatalog, open_catalog
from tests.contract.migrated import cleared, copied
from tests.fakes.clock import FakeClock

START = datetime(2026, 1, 1, tzinfo=UTC)
END = START + timedelta(days=400)


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), tmp_path)
    return cleared(request.getfixturevalue("postgres_url"), "llm_calls")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START + timedelta(hours=1))


@pytest.fixture
async def catalog(settings: Settings, clock: FakeClock) -> AsyncIterator[SqlCatalog]:
    async with open_catalog(settings, clock) as opened:
        yield opened


def call(
    took_ms: float = 100.0,
    *,
    tenant: str = "acme",
    subject: str = "ann",
    model: str = "m",
    cost: float | None = 0.5,
    outcome: str = "ok",
    first_token_ms: float | None = None,
) -> CallRecord:
    return CallRecord(
        CallPurpose(tenant, "answer", subject=subject, prompt_version="v1"),
        "openai/m",
        model,
        outcome,
        TokenUsage(10, 4, 6),
        took_ms,
        first_token_ms=first_token_ms,
        cost=cost,
    )


async def test_calls_are_summed_by_what_is_asked_for(catalog: SqlCatalog, clock: FakeClock) -> None:
    await catalog.calls.record(
        [call(), call(model="n", cost=2.0), call(subject="bob", outcome="SettingsError", cost=None)]
    )
    clock.advance(86_400)
    await catalog.calls.record([call(tenant="other")])
    rows = await catalog.calls.usage(by=(UsageBy.MODEL,), since=START, until=END)
    assert [(row.group, row.call_count, row.cost) for row in rows] == [(("n",), 1, 2.0), (("m",), 3, 1.0)]
    [whole] = await catalog.calls.usage(by=(), since=START, until=END, tenant="acme")
    assert (whole.group, whole.call_count, whole.failed_count, whole.unpriced_count) == ((), 3, 1, 1)
    assert (whole.input_tokens, whole.output_tokens, whole.cached_tokens) == (30, 12, 18)
    days = await catalog.calls.usage(by=(UsageBy.DAY, UsageBy.TENANT), since=START, until=END)
    assert [row.group for row in days] == [("2026-01-01", "acme"), ("2026-01-02", "other")]
    users = await catalog.calls.usage(
        by=(UsageBy.USER, UsageBy.FEATURE, UsageBy.PROMPT), since=START, until=END
    )
    assert {row.group for row in users} == {("ann", "answer", "v1"), ("bob", "answer", "v1")}


async def test_percentiles_are_of_answered_calls(catalog: SqlCatalog) -> None:
    await catalog.calls.record([call(float(ms), first_token_ms=ms / 10) for ms in range(1, 101)])
    await catalog.calls.record([call(10_000.0, outcome="DependencyDownError")])
    [row] = await catalog.calls.usage(by=(UsageBy.MODEL,), since=START, until=END)
    assert (row.p95_ms, row.p95_first_token_ms) == (95.0, 9.5)
    await catalog.calls.record([call(7.0, model="one")])
    [_, row] = await catalog.calls.usage(by=(UsageBy.MODEL,), since=START, until=END)
    assert (row.p95_ms, row.p95_first_token_ms) == (7.0, None)


async def test_what_was_spent_since_an_instant(catalog: SqlCatalog, clock: FakeClock) -> None:
    await catalog.calls.record([call(cost=1.0), call(cost=None), call(subject="bob", cost=2.0)])
    clock.advance(3600)
    await catalog.calls.record([call(cost=4.0), call(tenant="other", cost=8.0)])
    later = START + timedelta(hours=2)
    assert await catalog.calls.spent(tenant="acme", subject=None, since=START) == 7.0
    assert await catalog.calls.spent(tenant="acme", subject="ann", since=START) == 5.0
    assert await catalog.calls.spent(tenant="acme", subject=None, since=later) == 4.0
    assert await catalog.calls.spent(tenant="nobody", subject=None, since=START) == 0.0


async def test_no_calls_no_rows_and_old_ones_can_be_forgotten(catalog: SqlCatalog, clock: FakeClock) -> None:
    assert await catalog.calls.usage(by=(), since=START, until=END) == []
    await catalog.calls.record([])
    await catalog.calls.record([call(subject="odd\0name")])
    assert await catalog.calls.purge(clock.now()) == 0
    assert await catalog.calls.purge(clock.now() + timedelta(seconds=1)) == 1

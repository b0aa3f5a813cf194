"""Answers summed up by user and version of a prompt, over SQLite and Postgres."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.answer_records import AnswerRecord, Feedback
from core.config import Settings
from store.catalog.catalog import SqlCatalog, open_catalog
from tests.contract.migrated import cleared, copied
from tests.contract.test_answer_records import record
from tests.fakes.clock import FakeClock

START = datetime(2026, 1, 1, tzinfo=UTC)
LATER = START + timedelta(days=1)
TABLES = ("audit_log", "audit_head", "audit_checkpoints", "answer_records", "answer_feedback")
BOTH = ("answer/1", "answer/2")


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), tmp_path)
    return cleared(request.getfixturevalue("postgres_url"), *TABLES)


@pytest.fixture
async def catalog(settings: Settings) -> AsyncIterator[SqlCatalog]:
    async with open_catalog(settings, FakeClock()) as opened:
        yield opened


def answer(name: str, subject: str, version: int, **fields: object) -> AnswerRecord:
    usual: dict[str, object] = {"status": "grounded", "removed_count": 0, "took_ms": 100.0, "cost": 0.5}
    named = {"subject": subject, "prompt_version": f"answer/{version}"}
    return replace(record(name, FakeClock(START)), **(usual | named | fields))


async def test_answers_are_summed_up_by_user_and_version(catalog: SqlCatalog) -> None:
    await catalog.answer_records.record(
        [
            answer("1", "ann", 1, at=START + timedelta(hours=2), took_ms=300.0, status="refused"),
            answer("2", "ann", 1, at=START + timedelta(hours=1), cost=None, confidence=None, removed_count=3),
            answer("3", "ann", 2, status="partial"),
            answer("4", "bob", 1),
            answer("5", "ann", 1, tenant="other"),
        ]
    )
    for name, rating in (("1", 2), ("2", 5), ("4", 1)):
        await catalog.answer_records.keep_feedback(Feedback(name, "acme", "x", rating))
    found = await catalog.trial_answers.by_user(BOTH, since=START, until=LATER)
    rows = {(one.tenant, one.subject, one.version): one for one in found}
    assert set(rows) == {
        ("acme", "ann", "answer/1"),
        ("acme", "ann", "answer/2"),
        ("acme", "bob", "answer/1"),
        ("other", "ann", "answer/1"),
    }
    ann = rows["acme", "ann", "answer/1"]
    assert ann.first_at == START + timedelta(hours=1)
    assert (ann.answer_count, ann.refused_count, ann.partial_count, ann.rated_count) == (2, 1, 0, 2)
    assert (ann.removed, ann.took_ms, ann.rating, ann.cost) == (1.5, 200.0, 3.5, 0.5)
    assert ann.confidence == pytest.approx(0.3)
    assert (rows["acme", "ann", "answer/2"].partial_count, rows["acme", "ann", "answer/2"].rating) == (
        1,
        None,
    )


async def test_only_the_time_the_versions_and_the_users_asked_for_count(catalog: SqlCatalog) -> None:
    await catalog.answer_records.record(
        [
            answer("before", "ann", 1, at=START - timedelta(seconds=1)),
            answer("first", "bob", 1, at=START),
            answer("last", "cy", 1, at=LATER),
            answer("another", "dee", 3),
            answer("kept", "eve", 1, cached="exact"),
            answer("nobody", "", 1),
        ]
    )
    found = await catalog.trial_answers.by_user(BOTH, since=START, until=LATER)
    assert [one.subject for one in found] == ["bob"]


async def test_the_feedback_of_another_tenant_is_none_about_this_answer(catalog: SqlCatalog) -> None:
    await catalog.answer_records.record([answer("1", "ann", 1)])
    await catalog.answer_records.keep_feedback(Feedback("1", "other", "x", 1))
    (found,) = await catalog.trial_answers.by_user(BOTH, since=START, until=LATER)
    assert (found.rating, found.rated_count) == (None, 0)


async def test_rows_come_in_the_order_of_first_answers(catalog: SqlCatalog) -> None:
    hours = {"ann": 3, "bob": 1, "cy": 2}
    await catalog.answer_records.record(
        [answer(name, name, 1, at=START + timedelta(hours=at)) for name, at in hours.items()]
    )
    found = await catalog.trial_answers.by_user(BOTH, since=START, until=LATER)
    assert [one.subject for one in found] == ["bob", "cy", "ann"]

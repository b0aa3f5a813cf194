"""Sources with a schedule of their own: when they are due, and the run that is requested then."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from core.config import load_settings
from core.documents import Source, SourceKind, SourceOptions
from folio.syncing import register_folders
from pipelines.partitions import CORPUS_PARTITIONS
from pipelines.resources import KnowledgeBaseResource
from pipelines.schedules import decide, scheduled_sources_sensor
from pipelines.timetable import due_sources, next_time

NOON = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)


def source(schedule: str | None, *, name: str = "wiki") -> Source:
    return Source(
        "5" * 16, SourceKind.FOLDER, f"/{name}", name=name, options=SourceOptions(schedule=schedule)
    )


@pytest.mark.parametrize(
    ("schedule", "since", "due"),
    [
        ("0 12 * * *", timedelta(seconds=30), True),
        ("0 12 * * *", timedelta(seconds=5), False),
        ("0 12 * * *", timedelta(days=3), True),
        ("1 12 * * *", timedelta(seconds=30), False),
        ("0 12 * * 1", timedelta(hours=1), False),
        (None, timedelta(days=3), False),
        ("every day", timedelta(days=3), False),
        ("0 0 31 2 *", timedelta(days=3), False),
    ],
    ids=[
        "due",
        "done at the last tick",
        "missed for days",
        "in a minute",
        "on Mondays",
        "none",
        "no cron",
        "never",
    ],
)
def test_a_source_is_due_once_its_time_has_come(schedule: str | None, since: timedelta, due: bool) -> None:
    found = due_sources([source(schedule)], since=NOON - since, now=NOON)

    assert bool(found) is due


def test_times_are_in_utc() -> None:
    assert next_time(source("30 4 * * *"), after=NOON) == datetime(2026, 3, 2, 4, 30, tzinfo=UTC)


def test_a_due_source_is_synced_alone_and_once_per_time() -> None:
    cursor = (NOON - timedelta(minutes=1)).isoformat()
    found = decide([source("0 12 * * *"), source(None, name="handbook")], cursor=cursor, now=NOON)

    assert found.run_requests is not None
    (request,) = found.run_requests
    assert request.run_key == "5555555555555555@2026-03-01T12:00:00+00:00"
    assert request.run_config == {"ops": {"sync_corpus": {"config": {"sources": ["5" * 16]}}}}
    assert request.tags["folio/source"] == "wiki"
    again = decide([source("0 12 * * *")], cursor=found.cursor, now=NOON + timedelta(seconds=30))
    assert not again.run_requests


@pytest.mark.parametrize(
    ("schedules", "reason"),
    [
        ([None], "no source has a schedule of its own"),
        (["0 12 * * *"], "no source is due; the next one is wiki, at 2026-03-02 12:00 UTC"),
        (["0 0 31 2 *"], "the schedule of wiki is no cron expression that ever comes"),
    ],
)
def test_a_tick_without_runs_says_why(schedules: list[str | None], reason: str) -> None:
    found = decide([source(schedule) for schedule in schedules], cursor=NOON.isoformat(), now=NOON)

    assert found.skip_reason is not None
    assert found.skip_reason.skip_message == reason


def test_the_first_tick_requests_nothing_and_begins_to_count() -> None:
    found = decide([source("* * * * *")], cursor=None, now=NOON)

    assert not found.run_requests
    assert found.cursor == NOON.isoformat()


def test_a_tick_makes_the_partitions_of_new_sources(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLIO_HOME", str(home))
    (tmp_path / "wiki").mkdir()
    asyncio.run(register_folders(load_settings(), [tmp_path / "wiki"]))
    with dg.instance_for_test() as instance:
        context = dg.build_sensor_context(
            instance=instance, resources={"knowledge_base": KnowledgeBaseResource()}
        )
        scheduled_sources_sensor(context)
        assert list(instance.get_dynamic_partitions(CORPUS_PARTITIONS.name)) == ["wiki"]

"""What becomes of a run that failed."""

import asyncio
from datetime import UTC, datetime

import dagster as dg
import pytest

from core.clock import SystemClock
from core.config import Settings, load_settings
from core.runs import RunRecord
from pipelines.failures import failed_runs_sensor
from pipelines.resources import KnowledgeBaseResource
from store.catalog.catalog import open_catalog

BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


@dg.op
def fail() -> None:
    raise dg.Failure("the store\nis down")


@dg.op
def stumble() -> None:
    raise ValueError("what a document says")


@dg.job
def failing() -> None:
    fail()


@dg.job
def stumbling() -> None:
    stumble()


@pytest.fixture
def settings(home, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("FOLIO_HOME", str(home))
    return load_settings()


def told_of(
    job: dg.JobDefinition, settings: Settings, *, finished_at: datetime | None = None
) -> tuple[str, RunRecord]:
    """What the sensor says of a failed run, and the run's record after it."""
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False)
        save(settings, RunRecord("r1", (), BEGUN, finished_at=finished_at, orchestrator_run_id=result.run_id))
        save(settings, RunRecord("r2", (), BEGUN, orchestrator_run_id="another"))
        context = dg.build_run_status_sensor_context(
            sensor_name="failed_runs",
            dagster_instance=instance,
            dagster_run=result.dagster_run,
            dagster_event=result.get_run_failure_event(),
            resources={"knowledge_base": KnowledgeBaseResource()},
        ).for_run_failure()
        skipped = failed_runs_sensor(context)
    assert isinstance(skipped, dg.SkipReason)
    records = {record.run_id: record for record in runs(settings)}
    assert records["r2"].finished_at is None
    return str(skipped.skip_message), records["r1"]


def save(settings: Settings, record: RunRecord) -> None:
    async def saved() -> None:
        async with open_catalog(settings, SystemClock()) as catalog:
            await catalog.save_run(record)

    asyncio.run(saved())


def runs(settings: Settings) -> list[RunRecord]:
    async def read() -> list[RunRecord]:
        async with open_catalog(settings, SystemClock()) as catalog:
            return await catalog.runs()

    return asyncio.run(read())


def test_a_record_that_was_left_open_is_closed_with_the_reason(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    said, record = told_of(failing, settings)

    assert "the store is down" in said
    assert record.error == "the store is down"
    assert record.finished_at is not None
    (line,) = [row.getMessage() for row in caplog.records if row.name == "folio.runs"]
    assert line.startswith("run failed: job=failing run_id=")
    assert line.endswith("step=fail")


def test_a_record_that_the_sync_has_closed_is_left_as_it_is(settings: Settings) -> None:
    _, record = told_of(failing, settings, finished_at=BEGUN)

    assert (record.finished_at, record.error) == (BEGUN, None)


def test_what_an_exception_says_is_not_written_anywhere(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """It may quote a document. Dagster has it, behind its own access control."""
    said, record = told_of(stumbling, settings)

    lines = [row.getMessage() for row in caplog.records if row.name == "folio.runs"]
    assert "what a document says" not in "".join([said, str(record.error), *lines])

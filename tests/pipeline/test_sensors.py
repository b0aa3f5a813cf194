"""From a change on disk to a requested run."""

import asyncio
import os
from pathlib import Path

import dagster as dg
import pytest

from core.config import Settings, load_settings
from folio.syncing import register_folders
from pipelines.history import History
from pipelines.jobs import sync_corpus_job
from pipelines.resources import KnowledgeBaseResource
from pipelines.sensors import Cursor, decide, watched_folders_sensor
from pipelines.watching import SEEN_TAG, Watched, look

LONG_AGO_NS = 1_000_000_000
NOW_S = 1_000_000.0
NO_CURSOR = Cursor()
NO_HISTORY = History()
STATE = Watched("aaaa", newest_ns=LONG_AGO_NS, file_count=2)


def decided(watched: Watched = STATE, *, cursor: Cursor = NO_CURSOR, history: History = NO_HISTORY) -> object:
    """What the sensor decides: the key of the run, or why there is none."""
    found = decide(watched, cursor=cursor, history=history, now_s=NOW_S)
    if isinstance(found, dg.SkipReason):
        return found.skip_message
    assert found.run_requests is not None
    return found.run_requests[0].run_key


def test_a_new_state_requests_a_run() -> None:
    assert decided() == "aaaa-1"


def test_a_state_that_a_good_sync_has_seen_requests_none() -> None:
    assert decided(history=History(seen_digest="aaaa")) == "nothing has changed"


def test_the_same_state_again_after_another_one_is_a_new_request() -> None:
    """Dagster ignores a run key that it has seen, so it must differ."""
    cursor = Cursor("bbbb", request_count=2)

    assert decided(cursor=cursor, history=History(seen_digest="bbbb")) == "aaaa-3"


def test_a_failed_sync_is_tried_again_after_a_while() -> None:
    cursor = Cursor("aaaa", request_count=1)

    assert "did not succeed" in str(decided(cursor=cursor, history=History(ended_s=NOW_S - 299)))
    assert decided(cursor=cursor, history=History(ended_s=NOW_S - 301)) == "aaaa-2"


@pytest.mark.parametrize(("age_s", "settled"), [(0.5, False), (1.5, True), (-3600.0, True)])
def test_a_file_that_is_being_written_is_waited_for(age_s: float, settled: bool) -> None:
    """A time in the future is somebody's wrong clock, and no reason to wait for it."""
    watched = Watched("aaaa", newest_ns=int((NOW_S - age_s) * 1e9), file_count=1)

    assert (decided(watched) == "aaaa-1") is settled


def test_without_any_source_there_is_nothing_to_do() -> None:
    assert "registers a source" in str(decided(Watched("empty")))


def test_the_last_file_that_goes_is_a_change() -> None:
    assert (
        decided(Watched("empty"), cursor=Cursor("aaaa", 1), history=History(seen_digest="aaaa")) == "empty-2"
    )


def test_the_digest_follows_files_and_labels(settings: Settings, docs: Path) -> None:
    source = [target.source for target in asyncio.run(register_folders(settings, [docs]))]
    seen = [look(source, settings=settings).digest]

    def changed() -> bool:
        seen.append(look(source, settings=settings).digest)
        return seen[-1] not in seen[:-1]

    assert not changed()
    (docs / "b.md").write_text("new")
    assert changed()
    (docs / "b.md").write_text("longer than before")
    assert changed()
    (docs / ".folio.yaml").write_text('rules: [{match: "b.md", tier: restricted}]')
    assert changed()
    (docs / "b.md").rename(docs / "c.md")
    assert changed()
    (docs / ".notes.swp").write_text("left out by a sync too")
    assert not changed()


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    file = folder / "a.md"
    file.write_text("# A")
    os.utime(file, ns=(LONG_AGO_NS, LONG_AGO_NS))
    return folder


@pytest.fixture
def watching(home: Path, docs: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The environment of a Dagster process, with one registered folder."""
    monkeypatch.setenv("FOLIO_HOME", str(home))
    settings = load_settings()
    asyncio.run(register_folders(settings, [docs]))
    return settings


def tick(settings: Settings, instance: dg.DagsterInstance, cursor: str | None = None) -> object:
    context = dg.build_sensor_context(
        instance=instance, cursor=cursor, resources={"knowledge_base": KnowledgeBaseResource()}
    )
    return watched_folders_sensor(settings)(context)


def add_run(instance: dg.DagsterInstance, status: dg.DagsterRunStatus, **tags: str) -> None:
    instance.add_run(
        dg.DagsterRun(
            job_name=sync_corpus_job.name, run_id=f"{len(instance.get_runs()):032d}", status=status, tags=tags
        )
    )


def test_a_tick_requests_a_run_and_the_next_one_waits_for_it(watching: Settings) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        first = tick(watching, instance)
        assert isinstance(first, dg.SensorResult)
        assert first.run_requests is not None
        assert len(first.run_requests) == 1
        add_run(instance, dg.DagsterRunStatus.STARTED)
        second = tick(watching, instance, first.cursor)

    assert isinstance(second, dg.SkipReason)
    assert "in progress" in str(second.skip_message)


def test_a_run_that_somebody_else_launched_counts(watching: Settings, docs: Path) -> None:
    sources = asyncio.run(KnowledgeBaseResource().sources())
    digest = look(sources, settings=watching).digest
    with dg.DagsterInstance.ephemeral() as instance:
        add_run(instance, dg.DagsterRunStatus.SUCCESS, **{SEEN_TAG: digest})
        assert isinstance(tick(watching, instance), dg.SkipReason)
        (docs / "a.md").unlink()
        assert isinstance(tick(watching, instance), dg.SensorResult)


def test_a_failed_run_does_not_count_as_seen(watching: Settings) -> None:
    digest = look(asyncio.run(KnowledgeBaseResource().sources()), settings=watching).digest
    with dg.DagsterInstance.ephemeral() as instance:
        add_run(instance, dg.DagsterRunStatus.FAILURE, **{SEEN_TAG: digest})

        assert isinstance(tick(watching, instance), dg.SensorResult)

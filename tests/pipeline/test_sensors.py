"""A change on disk becomes a run that covers it, and no more runs than that."""

import asyncio
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import pytest

from core.config import Settings, load_settings
from core.documents import Source, SourceKind
from folio.orchestrator import PART_TAGS
from folio.syncing import register_folders
from pipelines.defs.corpus.specs import SOURCE_TAG
from pipelines.jobs import sync_corpus_job
from pipelines.ledger import EVERYTHING, RETRY_S, Changes, Request
from pipelines.resources import KnowledgeBaseResource
from pipelines.sensors import Pace, Watch, run_request, watched_folders_sensor
from pipelines.watching import CHANGES_TAG, SEEN_TAG, look
from tests.fakes.clock import FakeClock

LONG_AGO_NS = 1_000_000_000
AT_ONCE = Pace(listen_s=0.0, grace_s=0.0)
SUCCESS, FAILURE, STARTED = (
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.STARTED,
)


@dataclass
class Ticking:
    """A sensor's memory, its cursor, and the Dagster that launches what it asks for.

    Every tick looks at everything: to the fake clock no look takes any time.
    """

    settings: Settings
    sources: list[Source]
    instance: dg.DagsterInstance
    clock: FakeClock = field(default_factory=FakeClock)
    cursor: str | None = None
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self, pace: Pace = AT_ONCE) -> None:
        """A new process: only the cursor is left."""
        if hasattr(self, "watch"):
            self.watch.stop()
        self.watch = Watch(pace, clock=self.clock)

    def tick(self) -> dg.RunRequest | str:
        """The run that is asked for, or why there is none."""
        self.clock.advance(1)
        found = self.watch.tick(self.instance, self.sources, settings=self.settings, cursor=self.cursor)
        assert isinstance(found, dg.SensorResult)
        self.cursor = found.cursor
        if found.run_requests:
            return found.run_requests[0]
        assert found.skip_reason is not None
        return str(found.skip_reason.skip_message)

    def request(self) -> dg.RunRequest:
        found = self.tick()
        assert isinstance(found, dg.RunRequest), found
        return found

    def run(self, request: dg.RunRequest | None, status: dg.DagsterRunStatus, **tags: str) -> None:
        """A run, as Dagster keeps it; without a request, one that somebody else launched."""
        asked = {**request.tags, "dagster/run_key": str(request.run_key)} if request else {}
        run_id = f"{len(self.instance.get_runs()):032d}"
        self.instance.add_run(
            dg.DagsterRun(job_name=sync_corpus_job.name, run_id=run_id, status=status, tags={**asked, **tags})
        )

    def synced(self) -> None:
        """Everything is as the latest sync left it."""
        self.run(None, SUCCESS, **{SEEN_TAG: look(self.sources, settings=self.settings).digest})
        assert self.tick() == "nothing has changed since the latest sync"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    file = folder / "a.md"
    file.write_text("# A")
    os.utime(file, ns=(LONG_AGO_NS, LONG_AGO_NS))
    return folder


@pytest.fixture
def ticking(settings: Settings, docs: Path) -> Iterator[Ticking]:
    sources = [target.source for target in asyncio.run(register_folders(settings, [docs]))]
    every_second = settings.dagster.model_copy(update={"scan_interval_s": 1.0})
    with dg.DagsterInstance.ephemeral() as instance:
        made = Ticking(settings.model_copy(update={"dagster": every_second}), sources, instance)
        yield made
        made.watch.stop()


def paths(request: dg.RunRequest) -> list[str]:
    found: list[str] = request.run_config["ops"]["sync_corpus"]["config"]["paths"]
    return found


def test_the_first_tick_asks_for_everything(ticking: Ticking) -> None:
    assert not ticking.request().run_config


def test_what_the_latest_sync_has_seen_is_not_synced_again(ticking: Ticking) -> None:
    """Whoever launched it: `folio up`, or somebody in the UI."""
    ticking.synced()

    assert ticking.tick() == "nothing has changed"


def test_a_changed_file_is_synced_alone(ticking: Ticking, docs: Path) -> None:
    ticking.synced()
    (docs / "b.md").write_text("new")
    request = ticking.request()

    assert paths(request) == [str(docs / "b.md")]
    assert request.tags[CHANGES_TAG] == "1"


def test_a_file_that_is_gone_is_synced_too(ticking: Ticking, docs: Path) -> None:
    ticking.synced()
    (docs / "a.md").unlink()

    assert paths(ticking.request()) == [str(docs / "a.md")]


def test_what_changes_during_a_run_is_synced_after_it(ticking: Ticking, docs: Path) -> None:
    ticking.synced()
    (docs / "b.md").write_text("new")
    first = ticking.request()
    (docs / "c.md").write_text("newer")
    assert "in progress" in str(ticking.tick())

    ticking.run(first, SUCCESS)
    assert paths(ticking.request()) == [str(docs / "c.md")]


def test_a_sync_that_failed_is_tried_again_with_what_it_owes(ticking: Ticking, docs: Path) -> None:
    ticking.synced()
    (docs / "b.md").write_text("new")
    ticking.run(ticking.request(), FAILURE)

    assert "tried again" in str(ticking.tick())
    ticking.clock.advance(RETRY_S)
    assert paths(ticking.request()) == [str(docs / "b.md")]


def test_a_new_change_is_synced_with_what_failed(ticking: Ticking, docs: Path) -> None:
    ticking.synced()
    (docs / "b.md").write_text("new")
    ticking.run(ticking.request(), FAILURE)
    ticking.tick()
    (docs / "c.md").write_text("newer")

    assert paths(ticking.request()) == [str(docs / "b.md"), str(docs / "c.md")]


def test_after_a_sync_of_a_part_a_restart_looks_at_everything(ticking: Ticking, docs: Path) -> None:
    """The index holds what that sync put into it, though the files may be as an earlier sync of all saw them."""
    ticking.synced()
    before = (docs / "a.md").read_text()
    (docs / "a.md").write_text("changed")
    ticking.run(ticking.request(), SUCCESS)
    (docs / "a.md").write_text(before)
    os.utime(docs / "a.md", ns=(LONG_AGO_NS, LONG_AGO_NS))
    ticking.restart()

    assert not ticking.request().run_config


def test_after_a_restart_nothing_is_synced_that_was(ticking: Ticking) -> None:
    ticking.synced()
    ticking.restart()

    assert "nothing has changed" in str(ticking.tick())


def test_a_tick_whose_answer_was_lost_loses_no_change(ticking: Ticking, docs: Path) -> None:
    ticking.synced()
    kept = ticking.cursor
    (docs / "b.md").write_text("new")
    ticking.request()
    ticking.cursor = kept

    assert not ticking.request().run_config


def test_the_first_sync_is_left_to_whoever_started_dagster(ticking: Ticking) -> None:
    ticking.restart(Pace(listen_s=0.0, grace_s=15.0))
    assert "just started" in str(ticking.tick())
    ticking.run(None, STARTED)
    assert "in progress" in str(ticking.tick())
    ticking.clock.advance(15)
    assert "in progress" in str(ticking.tick())


def test_nobody_started_a_first_sync(ticking: Ticking) -> None:
    ticking.restart(Pace(listen_s=0.0, grace_s=15.0))
    ticking.tick()
    ticking.clock.advance(15)

    assert not ticking.request().run_config


@pytest.mark.parametrize("tag", sorted(PART_TAGS))
def test_a_run_of_a_part_is_not_waited_for(ticking: Ticking, tag: str) -> None:
    """A backfill of hours does not keep a saved file waiting."""
    ticking.run(None, STARTED, **{tag: "x"})

    assert not ticking.request().run_config


def test_without_any_source_there_is_nothing_to_do(ticking: Ticking) -> None:
    ticking.sources = []

    assert "registers a source" in str(ticking.tick())


def test_the_last_file_that_goes_is_a_change(ticking: Ticking, docs: Path) -> None:
    ticking.synced()
    (docs / "a.md").unlink()
    ticking.restart()

    assert ticking.request()


def test_the_tags_of_parts_are_those_that_folio_up_knows() -> None:
    assert {CHANGES_TAG, SOURCE_TAG} < PART_TAGS


def test_remote_sources_are_asked_for_by_id() -> None:
    """Their files have no path on this machine."""
    sources = [
        Source("bucket", SourceKind.REMOTE, "s3://bucket", "default"),
        Source("handbook", SourceKind.FOLDER, "/srv/handbook", "default"),
    ]

    def scope(changes: Changes) -> object:
        config = run_request(Request(1, changes, 1.0), sources).run_config
        return config and config["ops"]["sync_corpus"]["config"]

    assert scope(Changes.of([("bucket", "a.md"), ("bucket", "b.md")])) == {"sources": ["bucket"]}
    assert scope(Changes.of([("handbook", "a.md"), ("handbook", "")])) == {
        "paths": ["/srv/handbook", "/srv/handbook/a.md"]
    }
    assert scope(Changes.of([("handbook", "a.md"), ("bucket", "a.md")])) == {
        "sources": ["bucket", "handbook"]
    }
    assert not scope(EVERYTHING)
    assert not scope(Changes.of([("unregistered", "a.md")]))


def test_the_sensor_ticks_with_the_knowledge_base_of_the_settings(
    home: Path, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Dagster's daemon calls it."""
    monkeypatch.setenv("FOLIO_HOME", str(home))
    settings = load_settings()
    asyncio.run(register_folders(settings, [docs]))
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(
            instance=instance, resources={"knowledge_base": KnowledgeBaseResource()}
        )
        evaluate: Callable[[dg.SensorEvaluationContext], object] = watched_folders_sensor(
            settings, pace=AT_ONCE
        )
        result = evaluate(context)

    assert isinstance(result, dg.SensorResult)
    assert result.run_requests is not None
    assert len(result.run_requests) == 1


@pytest.mark.parametrize(("interval_s", "listens"), [(1, True), (5, True), (6, False)])
def test_who_wants_to_look_less_often_gets_short_ticks(
    settings: Settings, interval_s: int, listens: bool
) -> None:
    dagster = settings.dagster.model_copy(update={"sensor_interval_s": interval_s})

    assert (Pace.of(settings.model_copy(update={"dagster": dagster})).listen_s > 0) is listens

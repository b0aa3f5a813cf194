"""The watched folders: a change on disk becomes a run. The area that uploads are kept in is one of them."""

import asyncio
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from core.clock import SystemClock
from core.config import Settings
from core.documents import Source, SourceKind
from core.ports import Clock
from pipelines.history import History, outcome_of, sync_history
from pipelines.jobs import sync_corpus_job
from pipelines.ledger import RETRY_S, Ledger, Request
from pipelines.partitions import follow_sources
from pipelines.resources import KnowledgeBaseResource
from pipelines.safe_failures import told_to_dagster
from pipelines.watching import CHANGES_TAG, Lookout

# Dagster's daemon turns to its sensors every 5 s. A tick that listens for as long leaves nothing unheard in between.
_DAEMON_PERIOD_S = 5.0
_LISTEN_S = 5.0
_STEP_S = 0.1
# While a run is waited for, a step asks the run storage.
_SLOW_STEP_S = 0.5
# `folio up` asks for the first sync itself, as soon as Dagster answers.
_GRACE_S = 15.0

_NO_SOURCE = "no file in any source yet: `folio up PATH` or `folio ingest PATH` registers a source"


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a tick listens for changes, and how long the first sync is left to others, in seconds."""

    listen_s: float
    grace_s: float = _GRACE_S

    @classmethod
    def of(cls, settings: Settings) -> "Pace":
        """Who wants to look less often than the daemon does, wants no ticks that listen."""
        listens = settings.dagster.sensor_interval_s <= _DAEMON_PERIOD_S
        return cls(_LISTEN_S if listens else 0.0)


class Watch:
    """What the sensor remembers from tick to tick in one process. The truth is the ledger in the cursor."""

    def __init__(self, pace: Pace, *, clock: Clock | None = None) -> None:
        self._pace = pace
        self._clock = clock or SystemClock()
        self._lookout = Lookout(self._clock)
        self._handed_out: str | None = None
        self._begun_s = self._clock.monotonic_s()
        self._one_at_a_time = threading.Lock()

    def tick(
        self,
        instance: dg.DagsterInstance,
        sources: Sequence[Source],
        *,
        settings: Settings,
        cursor: str | None,
    ) -> dg.SensorResult | dg.SkipReason:
        """Listen until there is something to sync, or for as long as a tick lasts."""
        with self._one_at_a_time:
            if cursor is None or cursor != self._handed_out:
                # A tick whose answer was lost, a restart, a test tick of the UI: what was told then counts for nothing.
                self._lookout.forget()
            known = {source.source_id: source for source in sources}
            before = Ledger.parse(cursor).renamed(
                lambda source_id, path: (
                    self._lookout.shown(known[source_id], path, settings=settings)
                    if source_id in known
                    else path
                )
            )
            after, why = self._listen(before, instance, sources, settings=settings)
            self._handed_out = after.dump()
            return _answer(after, before, sources, why=why)

    def stop(self) -> None:
        """End the thread that listens to file events."""
        self._lookout.stop()

    def _listen(
        self, before: Ledger, instance: dg.DagsterInstance, sources: Sequence[Source], *, settings: Settings
    ) -> tuple[Ledger, str]:
        """The ledger after the tick, and why no more came of it."""
        until_s = self._clock.monotonic_s() + self._pace.listen_s
        ledger = before
        while True:
            ledger = ledger.noted(self._lookout.changes(sources, settings=settings))
            ledger, why = self._advanced(ledger, instance)
            if ledger.request_count > before.request_count or self._clock.monotonic_s() >= until_s:
                return ledger, why
            time.sleep(_SLOW_STEP_S if ledger.owed or ledger.in_flight else _STEP_S)

    def _advanced(self, ledger: Ledger, instance: dg.DagsterInstance) -> tuple[Ledger, str]:
        """What became of the request before, and the next one if it is time."""
        now_s = self._clock.now().timestamp()
        if ledger.in_flight is not None:
            ledger = ledger.settled(outcome_of(ledger.in_flight, instance), now_s=now_s)
        if ledger.in_flight is not None:
            return ledger, "a sync is in progress; what changes meanwhile is synced after it"
        if not ledger.owed:
            return ledger, "nothing has changed"
        return self._requested(ledger, sync_history(instance), now_s=now_s)

    def _requested(self, ledger: Ledger, history: History, *, now_s: float) -> tuple[Ledger, str]:
        if history.is_empty and not self._lookout.file_count:
            return ledger, _NO_SOURCE
        if history.in_progress:
            return ledger, "a sync of all sources is in progress"
        if history.seen_digest == self._lookout.digest:
            return ledger.covered(), "nothing has changed since the latest sync"
        if ledger.owed.everything and self._clock.monotonic_s() - self._begun_s < self._pace.grace_s:
            return ledger, "Dagster has just started: the first sync is left to whoever started it"
        if ledger.waits(now_s=now_s):
            return (
                ledger,
                f"the latest sync failed: it is tried again after {RETRY_S:.0f} s, or when a file changes",
            )
        return ledger.requested(now_s=now_s), "requested"


def _answer(
    after: Ledger, before: Ledger, sources: Sequence[Source], *, why: str
) -> dg.SensorResult | dg.SkipReason:
    request = after.in_flight
    if request is not None and after.request_count > before.request_count:
        return dg.SensorResult([run_request(request, sources)], cursor=after.dump())
    return dg.SensorResult(skip_reason=why, cursor=after.dump())


def run_request(request: Request, sources: Sequence[Source]) -> dg.RunRequest:
    """The run that covers what the request covers, and no more than that if it can be told by paths."""
    known = {source.source_id: source for source in sources}
    paths = [(known[source_id], path) for source_id, path in request.covers.paths if source_id in known]
    if request.covers.everything or not paths:
        return dg.RunRequest(run_key=request.run_key)
    return dg.RunRequest(
        run_key=request.run_key,
        run_config={"ops": {"sync_corpus": {"config": _scope(paths)}}},
        tags={CHANGES_TAG: str(len(paths))},
    )


def _scope(paths: Sequence[tuple[Source, str]]) -> dict[str, list[str]]:
    """Files of this machine by path; where there are others, the whole sources."""
    if any(source.kind is SourceKind.REMOTE for source, _ in paths):
        return {"sources": sorted({source.source_id for source, _ in paths})}
    return {"paths": sorted(str(Path(source.root) / path) for source, path in paths)}


def watched_folders_sensor(settings: Settings, *, pace: Pace | None = None) -> dg.SensorDefinition:
    """The sensor, ticking as often as the settings say."""
    watch = Watch(pace or Pace.of(settings))

    @dg.sensor(
        name="watched_folders",
        job=sync_corpus_job,
        minimum_interval_seconds=settings.dagster.sensor_interval_s,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Syncs the files of registered sources that are new, changed or gone, as soon as they are.",
    )
    def watched_folders(
        context: dg.SensorEvaluationContext, knowledge_base: KnowledgeBaseResource
    ) -> dg.SensorResult | dg.SkipReason:
        with told_to_dagster():
            sources = asyncio.run(knowledge_base.sources())
            current = knowledge_base.settings()
            follow_sources(context.instance, sources, settings=current)
            return watch.tick(context.instance, sources, settings=current, cursor=context.cursor)

    return watched_folders

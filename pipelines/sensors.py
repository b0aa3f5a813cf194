"""The watched folders: a change on disk becomes a run."""

import asyncio
import json
from dataclasses import asdict, dataclass

import dagster as dg

from core.clock import SystemClock
from core.config import Settings
from pipelines.history import History, sync_history
from pipelines.jobs import sync_corpus_job
from pipelines.resources import KnowledgeBaseResource
from pipelines.watching import Watched, look

_SETTLE_S = 1.0
_RETRY_S = 300


@dataclass(frozen=True, slots=True)
class Cursor:
    """The state that the last run was requested for, and how many runs were requested before.

    The number is part of the run key: files may come back to a state that they had before, and that is a change too.
    """

    digest: str = ""
    request_count: int = 0

    @classmethod
    def parse(cls, text: str | None) -> "Cursor":
        """The cursor that Dagster kept; a new one if there is none."""
        return cls(**json.loads(text)) if text else cls()

    def next(self, digest: str) -> "Cursor":
        """The cursor after a run was requested."""
        return Cursor(digest, self.request_count + 1)

    @property
    def run_key(self) -> str:
        """Unique for the request: a tick that is repeated after a crash does not launch a second run."""
        return f"{self.digest[:16]}-{self.request_count}"

    def dump(self) -> str:
        """As Dagster keeps it."""
        return json.dumps(asdict(self))


def watched_folders_sensor(settings: Settings) -> dg.SensorDefinition:
    """The sensor, ticking as often as the settings say."""

    @dg.sensor(
        name="watched_folders",
        job=sync_corpus_job,
        minimum_interval_seconds=settings.dagster.sensor_interval_s,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Syncs when a file of a registered source is new, changed or gone.",
    )
    def watched_folders(
        context: dg.SensorEvaluationContext, knowledge_base: KnowledgeBaseResource
    ) -> dg.SensorResult | dg.SkipReason:
        history = sync_history(context.instance)
        if history.in_progress:
            return dg.SkipReason("a sync is in progress; the next tick looks again")
        sources = asyncio.run(knowledge_base.sources())
        watched = look(sources, settings=knowledge_base.settings())
        now_s = SystemClock().now().timestamp()
        return decide(watched, cursor=Cursor.parse(context.cursor), history=history, now_s=now_s)

    return watched_folders


def decide(
    watched: Watched, *, cursor: Cursor, history: History, now_s: float
) -> dg.SensorResult | dg.SkipReason:
    """Request a run if the sources are not as the last good sync saw them, and have settled.

    Times of change in the future count as settled.
    """
    if not watched.file_count and not cursor.digest and history.seen_digest is None:
        return dg.SkipReason(
            "no file in any source yet: `folio up PATH` or `folio ingest PATH` registers a source"
        )
    if watched.digest == history.seen_digest:
        return dg.SkipReason("nothing has changed")
    if watched.digest == cursor.digest and now_s - history.ended_s < _RETRY_S:
        return dg.SkipReason(f"the sync of this state did not succeed; it is tried again after {_RETRY_S} s")
    if 0 <= now_s - watched.newest_ns / 1e9 < _SETTLE_S:
        return dg.SkipReason("files are still being written")
    following = cursor.next(watched.digest)
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=following.run_key)], cursor=following.dump())

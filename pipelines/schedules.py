"""What runs by the clock."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import dagster as dg

from core.clock import SystemClock
from core.documents import Source
from pipelines.defs.corpus.specs import SOURCE_TAG
from pipelines.jobs import compact_job, drift_job, evaluation_job, reconcile_job, sync_corpus_job, usage_job
from pipelines.partitions import follow_sources
from pipelines.resources import KnowledgeBaseResource
from pipelines.safe_failures import told_to_dagster
from pipelines.timetable import Due, due_sources, next_time

_TICK_S = 30

# Running from the start: residue that nobody looks for is never found. It changes nothing where everything agrees.
reconcile_schedule = dg.ScheduleDefinition(
    name="reconcile_daily",
    job=reconcile_job,
    cron_schedule="17 3 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Once a night: reconcile, repair, and run every check of the index.",
)

# Running from the start: what is kept too long is a promise broken to whoever asked for its deletion.
compact_schedule = dg.ScheduleDefinition(
    name="compact_daily",
    job=compact_job,
    cron_schedule="47 3 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Once a night: remove for good what was deleted and has been kept as long as `retention` says.",
)

# Running from the start: a loop that spends is to be seen on the day on which it begins.
usage_schedule = dg.ScheduleDefinition(
    name="usage_watch",
    job=usage_job,
    cron_schedule="5 */3 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every three hours: what language models were asked today, and whether that is as usual.",
)

# Running from the start: it costs seconds, and says quietly that there are too few questions.
drift_schedule = dg.ScheduleDefinition(
    name="drift_daily",
    job=drift_job,
    cron_schedule="27 4 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Once a night: whether people ask otherwise than in the weeks before.",
)


@dg.schedule(
    name="evaluate_daily",
    job=evaluation_job,
    cron_schedule="57 4 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Once a night, where there is a golden set: whether the knowledge base is as good as its baseline.",
)
def evaluation_schedule(knowledge_base: KnowledgeBaseResource) -> dg.RunRequest | dg.SkipReason:
    """A run, or why there is none. Looks for names of sets only."""
    from evals.running.sets import known_sets

    with told_to_dagster():
        names = known_sets(knowledge_base.settings())
    if names:
        return dg.RunRequest()
    return dg.SkipReason("this knowledge base has no golden set: `folio eval make` makes one")


@dg.sensor(
    name="scheduled_sources",
    job=sync_corpus_job,
    minimum_interval_seconds=_TICK_S,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Syncs the sources that have a schedule of their own (cron, UTC), and keeps the partitions in step with the sources.",
)
def scheduled_sources_sensor(
    context: dg.SensorEvaluationContext, knowledge_base: KnowledgeBaseResource
) -> dg.SensorResult:
    """One run per source whose time has come since the last tick; its cursor is the time of that tick."""
    with told_to_dagster():
        sources = asyncio.run(knowledge_base.sources())
        follow_sources(context.instance, sources, settings=knowledge_base.settings())
    return decide(sources, cursor=context.cursor, now=SystemClock().now())


def decide(sources: Sequence[Source], *, cursor: str | None, now: datetime) -> dg.SensorResult:
    """The runs to request. The first tick of all requests none: what was due before nobody knows."""
    since = datetime.fromisoformat(cursor) if cursor else now
    due = due_sources(sources, since=since, now=now)
    if due:
        return dg.SensorResult(run_requests=[_request(one) for one in due], cursor=now.isoformat())
    return dg.SensorResult(skip_reason=_reason(sources, now=now), cursor=now.isoformat())


def _request(due: Due) -> dg.RunRequest:
    source = due.source
    return dg.RunRequest(
        run_key=due.run_key,
        run_config={"ops": {"sync_corpus": {"config": {"sources": [source.source_id]}}}},
        tags={SOURCE_TAG: source.name or source.root},
    )


def _reason(sources: Sequence[Source], *, now: datetime) -> str:
    """When the next source is due, and which schedules cannot be read."""
    scheduled = [source for source in sources if source.options.schedule is not None]
    if not scheduled:
        return "no source has a schedule of its own"
    times = {source.name or source.root: next_time(source, after=now) for source in scheduled}
    never = [name for name, at in times.items() if at is None]
    if never:
        return f"the schedule of {', '.join(never)} is no cron expression that ever comes"
    name, at = min(times.items(), key=lambda item: item[1] or datetime.max.replace(tzinfo=UTC))
    return f"no source is due; the next one is {name}, at {at:%Y-%m-%d %H:%M} UTC"

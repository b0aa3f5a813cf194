"""Everything Dagster sees: `dagster dev -m pipelines.definitions`. Importing it opens nothing."""

import dagster as dg

from core.config import Settings, load_settings
from core.log_guard import guard_logs
from pipelines.defs.corpus.assets import sync_corpus
from pipelines.defs.corpus.checks import check_index
from pipelines.defs.corpus.reachability import sources_reachable
from pipelines.defs.corpus.rebuilding import rebuild_job
from pipelines.defs.evals.assets import evaluation, golden_sets, release
from pipelines.defs.evals.checks import release_gate
from pipelines.defs.evals.drift import query_drift
from pipelines.defs.graph.assets import graph_communities, graph_evidence, graph_merges
from pipelines.defs.graph.checks import check_graph
from pipelines.defs.usage.assets import language_model_usage
from pipelines.executors import executor_of
from pipelines.failures import failed_runs_sensor
from pipelines.graph_refresh import graph_schedule
from pipelines.jobs import (
    compact_job,
    drift_job,
    evaluation_job,
    graph_job,
    reconcile_job,
    sync_corpus_job,
    usage_job,
)
from pipelines.resources import KnowledgeBaseResource
from pipelines.schedules import (
    compact_schedule,
    drift_schedule,
    evaluation_schedule,
    reconcile_schedule,
    scheduled_sources_sensor,
    usage_schedule,
)
from pipelines.sensors import watched_folders_sensor

_AUTOMATION_S = 30
GRAPH_ASSETS = [graph_evidence, graph_merges, graph_communities]


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions for the settings of this process: a code server, a run's, or a step's."""
    guard_logs()
    return build(load_settings())


def build(settings: Settings) -> dg.Definitions:
    """Assets, checks, jobs, schedules, sensors and the knowledge base they work on."""
    return dg.Definitions(
        assets=[
            sync_corpus,
            *GRAPH_ASSETS,
            language_model_usage,
            query_drift,
            golden_sets,
            evaluation,
            release,
        ],
        asset_checks=[check_index, sources_reachable, check_graph, release_gate],
        jobs=[
            sync_corpus_job,
            reconcile_job,
            compact_job,
            rebuild_job,
            graph_job,
            usage_job,
            drift_job,
            evaluation_job,
        ],
        schedules=[
            reconcile_schedule,
            compact_schedule,
            graph_schedule(settings),
            usage_schedule,
            drift_schedule,
            evaluation_schedule,
        ],
        sensors=[
            watched_folders_sensor(settings),
            scheduled_sources_sensor,
            failed_runs_sensor,
            automation_sensor(settings),
        ],
        resources={"knowledge_base": KnowledgeBaseResource()},
        executor=executor_of(settings),
    )


def automation_sensor(settings: Settings) -> dg.AutomationConditionSensorDefinition:
    """Evaluates the automation conditions of the assets. Off unless the settings ask for it: the watching sensor does its work."""
    running = (
        dg.DefaultSensorStatus.RUNNING if settings.dagster.automation else dg.DefaultSensorStatus.STOPPED
    )
    return dg.AutomationConditionSensorDefinition(
        "corpus_automation",
        target=[sync_corpus, *GRAPH_ASSETS],
        default_status=running,
        minimum_interval_seconds=_AUTOMATION_S,
        description=(
            "Materialises partitions that have never been filled, those of new sources and of a new number of buckets, and the graph "
            "after the index."
        ),
    )

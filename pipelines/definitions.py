"""Everything Dagster sees: `dagster dev -m pipelines.definitions`. Importing it opens nothing."""

import dagster as dg

from core.config import Settings, load_settings
from pipelines.defs.corpus.assets import sync_corpus
from pipelines.defs.corpus.checks import check_index
from pipelines.jobs import reconcile_job, sync_corpus_job
from pipelines.resources import KnowledgeBaseResource
from pipelines.schedules import reconcile_schedule
from pipelines.sensors import watched_folders_sensor


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions for the settings of this process."""
    return build(load_settings())


def build(settings: Settings) -> dg.Definitions:
    """Assets, checks, jobs, schedule, sensor and the knowledge base they work on."""
    return dg.Definitions(
        assets=[sync_corpus],
        asset_checks=[check_index],
        jobs=[sync_corpus_job, reconcile_job],
        schedules=[reconcile_schedule],
        sensors=[watched_folders_sensor(settings)],
        resources={"knowledge_base": KnowledgeBaseResource()},
        executor=dg.in_process_executor,
    )

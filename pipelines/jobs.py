"""Jobs: what can be launched by hand, by a sensor, by a schedule, or by `folio up`."""

import dagster as dg

from pipelines.defs.corpus.checks import check_index, check_keys
from pipelines.defs.corpus.reachability import sources_reachable
from pipelines.defs.corpus.specs import GROUP, corpus_checks
from pipelines.defs.corpus.upkeep import compact_index
from pipelines.defs.evals.assets import EVALUATION, GOLDEN_SETS, RELEASE
from pipelines.defs.evals.drift import query_drift
from pipelines.defs.graph.checks import check_graph
from pipelines.defs.graph.checks import check_keys as graph_check_keys
from pipelines.defs.graph.specs import GROUP as GRAPH
from pipelines.defs.usage.assets import GROUP as USAGE

_SYNC_CHECKS = [
    *(spec.key for spec in corpus_checks()),
    *sources_reachable.check_keys,
    *check_keys(quick=True),
]

sync_corpus_job = dg.define_asset_job(
    "sync_corpus_job",
    selection=dg.AssetSelection.groups(GROUP).without_checks() | dg.AssetSelection.checks(*_SYNC_CHECKS),
    description=(
        "Bring the index up to date: add, modify, move, delete. Without a partition, all registered sources; with one, "
        "a source or a bucket of it. `dry_run: true` only says what it would do and take."
    ),
)

reconcile_job = dg.define_asset_job(
    "reconcile_job",
    selection=dg.AssetSelection.checks(check_index, check_graph),
    config={"ops": {"check_index": {"config": {"repair": True}}}},
    description="Compare files, catalog, vectors and stored texts, put right what does not agree, and check index and graph.",
)

graph_job = dg.define_asset_job(
    "graph_job",
    selection=dg.AssetSelection.groups(GRAPH).without_checks()
    | dg.AssetSelection.checks(*graph_check_keys(quick=True)),
    description=(
        "Bring the knowledge graph up to date: read documents that it lacks, find merges, group entities into communities and "
        "summarise them, as far as documents have changed."
    ),
)

usage_job = dg.define_asset_job(
    "usage_job",
    selection=dg.AssetSelection.groups(USAGE),
    description="Sum up what was asked of language models on a day, and compare it with the days before.",
)

drift_job = dg.define_asset_job(
    "drift_job",
    selection=dg.AssetSelection.assets(query_drift) | dg.AssetSelection.checks_for_assets(query_drift),
    description="Compare what people have asked in the latest days with the weeks before.",
)

evaluation_job = dg.define_asset_job(
    "evaluation_job",
    selection=dg.AssetSelection.assets(GOLDEN_SETS, EVALUATION, RELEASE),
    description=(
        "Ask the live knowledge base its golden sets, compare with their baselines, and judge whether what the settings ask for is "
        "released."
    ),
)


@dg.job(
    name="compact_job",
    description="Remove for good what was deleted and has been kept long enough: points, texts, records, old collections.",
)
def compact_job() -> None:
    """One op."""
    compact_index()

"""Jobs: what can be launched by hand, by a sensor, by a schedule, or by `folio up`."""

import dagster as dg

from pipelines.defs.corpus.checks import check_index, check_keys
from pipelines.defs.corpus.specs import GROUP, corpus_checks

_SYNC_CHECKS = [spec.key for spec in corpus_checks()] + check_keys(quick=True)

sync_corpus_job = dg.define_asset_job(
    "sync_corpus_job",
    selection=dg.AssetSelection.groups(GROUP).without_checks() | dg.AssetSelection.checks(*_SYNC_CHECKS),
    executor_def=dg.in_process_executor,
    description="Bring the index up to date with the registered sources: add, modify, delete.",
)

reconcile_job = dg.define_asset_job(
    "reconcile_job",
    selection=dg.AssetSelection.checks(check_index),
    executor_def=dg.in_process_executor,
    config={"ops": {"check_index": {"config": {"repair": True}}}},
    description="Compare files, catalog, vectors and stored texts, put right what does not agree, and check the index.",
)

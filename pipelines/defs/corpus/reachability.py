"""`sources_reachable`: were the sources there that the sync was to look at? Judged by what the sync has noted."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from core.runs import FileFailure
from pipelines.defs.corpus.metadata import UNREACHABLE
from pipelines.defs.corpus.specs import INDEX, NAMES
from pipelines.defs.corpus.tables import failure_table

_MANIFEST = dg.AssetKey(NAMES[0])
_LOOKED_AT = 50


# A step of its own: inside the sync's, a failure would keep the other checks from running.
@dg.asset_check(
    asset=INDEX,
    name="sources_reachable",
    blocking=True,
    description=(
        "No source that the latest sync covered was gone or suddenly empty. Its documents stay as they are until it is "
        "back, or until a sync with `allow_empty: true` removes them."
    ),
)
def sources_reachable(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    """Judge the sync of this run; without one, the latest."""
    unreachable = _noted(context.instance, context.run.run_id)
    metadata: dict[str, dg.MetadataValue[Any]] = {"unreachable": dg.MetadataValue.int(len(unreachable))}
    if unreachable:
        metadata[UNREACHABLE] = dg.MetadataValue.md(failure_table(unreachable))
    return dg.AssetCheckResult(
        passed=not unreachable, severity=dg.AssetCheckSeverity.ERROR, metadata=metadata
    )


def _noted(instance: dg.DagsterInstance, run_id: str) -> Sequence[FileFailure]:
    found = instance.fetch_materializations(_MANIFEST, limit=_LOOKED_AT).records
    syncs: list[tuple[str, Any]] = [
        (record.run_id, record.asset_materialization.metadata[UNREACHABLE].value)
        for record in found
        if record.asset_materialization and UNREACHABLE in record.asset_materialization.metadata
    ]
    rows = dict(reversed(syncs)).get(run_id, syncs[0][1] if syncs else [])
    return [FileFailure(path, reason) for path, reason in rows]

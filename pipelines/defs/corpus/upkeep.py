"""`compact_index`: what is deleted and has been kept long enough is removed for good."""

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import dagster as dg

from pipelines.defs.corpus.specs import INDEX
from pipelines.partitions import POOL
from pipelines.resources import KnowledgeBaseResource
from pipelines.safe_failures import told_to_dagster

if TYPE_CHECKING:
    from ingest.compaction import CompactionReport


@dg.op(pool=POOL, out=dg.Out(dg.Nothing))
def compact_index(context: dg.OpExecutionContext, knowledge_base: KnowledgeBaseResource) -> None:
    """Remove what retention no longer keeps, and note on the index what it was."""
    with told_to_dagster():
        report = asyncio.run(_compact(knowledge_base))
    context.log_event(dg.AssetObservation(INDEX, metadata=compaction_metadata(report)))


def compaction_metadata(report: "CompactionReport") -> dict[str, dg.MetadataValue[Any]]:
    """The counts of a compaction, by the names that the command line gives them."""
    return {name: _value(value) for name, value in asdict(report).items()}


async def _compact(resource: KnowledgeBaseResource) -> "CompactionReport":
    async with resource.create() as kb:
        return await kb.compact()


def _value(value: Any) -> dg.MetadataValue[Any]:
    if isinstance(value, float):
        return dg.MetadataValue.float(round(value, 3))
    return dg.MetadataValue.int(value) if isinstance(value, int) else dg.MetadataValue.json(value)

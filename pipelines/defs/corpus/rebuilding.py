"""`rebuild_job`: the index of another embedding model, built beside the one in use, which syncs and searches go on with."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import Field

from folio.rebuilding import RebuildOptions
from pipelines.defs.corpus.specs import INDEX
from pipelines.resources import KnowledgeBaseResource
from pipelines.safe_failures import told_to_dagster

if TYPE_CHECKING:
    from ingest.rebuild.progress import RebuildProgress, RebuildReport

_TOLD_COUNT = 20


class RebuildConfig(dg.Config):
    """How a rebuild is done."""

    rate: float | None = Field(None, gt=0, description="chunks per second at most; empty: as fast as it goes")
    force: bool = Field(False, description="switch although the new model finds less than the old one")


# In no pool: it takes turns with syncs by the leases on documents.
@dg.op(out=dg.Out(dg.Nothing))
def rebuild_index(
    context: dg.OpExecutionContext, config: RebuildConfig, knowledge_base: KnowledgeBaseResource
) -> None:
    """Build the collection of the model in the settings, and let it take over when it is complete."""
    options = RebuildOptions(rate=config.rate, force=config.force)
    with told_to_dagster():
        report = asyncio.run(_rebuild(knowledge_base, options, told(context.log.info)))
    context.log_event(dg.AssetObservation(INDEX, metadata=rebuild_metadata(report)))


@dg.job(
    name="rebuild_job",
    description=(
        "After a change of the embedding model: build its collection beside the one in use, compare what the two find, and "
        "switch. Broken off, it goes on where it was. `folio rollback` goes back."
    ),
)
def rebuild_job() -> None:
    """One op."""
    rebuild_index()


def rebuild_metadata(report: "RebuildReport") -> dict[str, dg.MetadataValue[Any]]:
    """What a rebuild came to."""
    shown: dict[str, dg.MetadataValue[Any]] = {
        "collection": dg.MetadataValue.text(report.collection),
        "switched": dg.MetadataValue.bool(report.switched),
        "chunks_embedded": dg.MetadataValue.int(report.embedded_count),
        "seconds": dg.MetadataValue.float(round(report.seconds, 3)),
    }
    if report.former:
        shown["former_collection"] = dg.MetadataValue.text(report.former)
    if report.recall:
        shown["questions"] = dg.MetadataValue.int(report.recall.question_count)
        shown["found_before"] = dg.MetadataValue.int(report.recall.old_count)
        shown["found_after"] = dg.MetadataValue.int(report.recall.new_count)
    return shown


def told(log: Callable[[str], None]) -> "Callable[[RebuildProgress], None]":
    """Writes some twenty lines of a rebuild's progress to a log, not one for each document."""
    last = -1

    def tell(progress: "RebuildProgress") -> None:
        nonlocal last
        step = progress.done_count * _TOLD_COUNT // max(progress.total_count, 1)
        if step != last:
            last = step
            rate = progress.chunk_count / max(progress.elapsed_s, 0.001)
            log(
                f"{progress.done_count} of {progress.total_count} documents, {progress.chunk_count} chunks, {rate:.0f} chunks/s"
            )

    return tell


async def _rebuild(
    resource: KnowledgeBaseResource,
    options: RebuildOptions,
    on_progress: "Callable[[RebuildProgress], None]",
) -> "RebuildReport":
    async with resource.create() as kb:
        return await kb.rebuild(options=options, on_progress=on_progress)

"""One sync, or its dry run, over the knowledge base. Gives what came of it; what Dagster is told of it is decided elsewhere."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.documents import DocumentState
from core.tracing import flush, work
from ingest.estimate import Estimate, cost_of
from ingest.plan import SyncPlan
from pipelines.defs.corpus.links import api_address
from pipelines.defs.corpus.metadata import Outcome
from pipelines.defs.corpus.progress import ProgressLog
from pipelines.defs.corpus.scope import Scope
from pipelines.partitions import Part

if TYPE_CHECKING:
    from folio.knowledge_base import KnowledgeBase

_PAGE_COUNT = 500


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a sync would do, and what it would take."""

    plan: SyncPlan
    expected: Estimate
    currency: str
    api: str | None


@dataclass(frozen=True, slots=True)
class Synced:
    """A sync that went through, the partitions there were, and its picture in Markdown."""

    outcome: Outcome
    partitions: Mapping[str, Part]
    picture: str | None


async def forecast(kb: "KnowledgeBase", scope: Scope) -> Forecast:
    """Plan and estimate. Indexes, deletes and registers nothing."""
    plan = await _plan(kb, scope)
    return Forecast(plan, await kb.estimate(plan), kb.settings.currency, api_address(kb.settings))


async def sync(kb: "KnowledgeBase", scope: Scope, *, log: Callable[[str], None], run_id: str) -> Outcome:
    """Bring the index up to date with what the scope covers; `run_id` is Dagster's."""
    with work("run", run_id):
        plan = await _plan(kb, scope)
        log(planned(plan))
        report = await kb.execute(plan, on_progress=ProgressLog(log), orchestrator_run_id=run_id)
    # A run's process may be ended right after it.
    await asyncio.to_thread(flush)
    status = await kb.status()
    price = kb.settings.embedding.price_per_million_tokens
    return Outcome(
        plan,
        report,
        status.embedding_model,
        status.chunk_count,
        state_counts={state.value: count for state, count in sorted(status.state_counts.items())},
        cost=cost_of(report.embedded_token_count, price_per_million_tokens=price),
        currency=kb.settings.currency,
        api=api_address(kb.settings),
    )


async def chunk_counts(kb: "KnowledgeBase", *, document_count: int) -> list[int]:
    """Chunks of that many indexed documents. A fair sample, for pages go by id and ids are hashes."""
    found: list[int] = []
    after = None
    while len(found) < document_count:
        page = await kb.documents(limit=_PAGE_COUNT, after=after, states=(DocumentState.INDEXED,))
        found += [record.chunk_count for record in page]
        if len(page) < _PAGE_COUNT:
            break
        after = page[-1].doc_id
    return found[:document_count]


def planned(plan: SyncPlan) -> str:
    """The plan in one line."""
    return (
        f"{plan.file_count} files in {len(plan.targets)} sources: {len(plan.added)} to add, "
        f"{len(plan.modified)} to modify, {len(plan.moved)} to move, {len(plan.deleted)} to delete, {plan.unchanged_count} unchanged"
    )


async def _plan(kb: "KnowledgeBase", scope: Scope) -> SyncPlan:
    return await kb.plan(
        scope.paths, sources=scope.sources, bucket=scope.bucket, allow_empty=scope.allow_empty
    )

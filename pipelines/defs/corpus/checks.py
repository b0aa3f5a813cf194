"""`check_index`: is what can be searched complete, clean and in step with the sources?

After a sync only the quick checks run; the job `reconcile` runs all of them, and repairs first. A backfill asks for all of
them after each of its partitions; it gets the quick ones, or the whole index would be read once per partition.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from core.clock import SystemClock
from pipelines.defs.corpus.specs import INDEX
from pipelines.defs.corpus.verdicts import CHECKS, Check, Evidence
from pipelines.partitions import POOL
from pipelines.resources import KnowledgeBaseResource
from pipelines.safe_failures import told_to_dagster

if TYPE_CHECKING:
    from folio.knowledge_base import KnowledgeBase

_PAGE_COUNT = 500


class CheckConfig(dg.Config):
    """What happens to what is found."""

    repair: bool = Field(default=False, description="put right what does not agree before it is judged")


# The pool of the syncs: what a sync is half way through would look broken.
@dg.multi_asset_check(name="check_index", specs=[check.spec for check in CHECKS], can_subset=True, pool=POOL)
def check_index(
    context: dg.AssetCheckExecutionContext, config: CheckConfig, knowledge_base: KnowledgeBaseResource
) -> Iterator[dg.AssetCheckResult]:
    """Judge the index."""
    selected = {key.name for key in context.selected_asset_check_keys}
    of_partition = context.op_execution_context.has_partition_key
    checks = [check for check in CHECKS if check.name in selected and (check.quick or not of_partition)]
    with told_to_dagster():
        evidence = asyncio.run(_evidence(knowledge_base, checks, repair=config.repair))
    for check in checks:
        verdict = check.judge(evidence)
        yield dg.AssetCheckResult(
            asset_key=INDEX,
            check_name=check.name,
            passed=verdict.passed,
            severity=check.severity,
            metadata=verdict.metadata,
        )


def check_keys(*, quick: bool) -> list[dg.AssetCheckKey]:
    """The keys of the checks that run after a sync, or of all."""
    return [check.spec.key for check in CHECKS if check.quick or not quick]


async def _evidence(resource: KnowledgeBaseResource, checks: list[Check], *, repair: bool) -> Evidence:
    thorough = repair or not all(check.quick for check in checks)
    async with resource.create() as kb:
        settings = kb.settings
        report = await kb.reconcile(repair=repair) if thorough else None
        quick = Evidence(
            settings=settings.reconcile,
            status=await kb.status(),
            expected_count=await _expected_count(kb),
            now_s=SystemClock().now().timestamp(),
            redaction_off=settings.redaction.policy == "off",
            report=report,
        )
        if thorough:
            return replace(quick, audit=await kb.audit())
        if quick.status.chunk_count == quick.expected_count:
            return quick
        return replace(quick, report=await kb.reconcile())


async def _expected_count(kb: "KnowledgeBase") -> int:
    count, after = 0, None
    while True:
        page = await kb.documents(limit=_PAGE_COUNT, after=after)
        count += sum(record.chunk_count for record in page)
        if len(page) < _PAGE_COUNT:
            return count
        after = page[-1].doc_id

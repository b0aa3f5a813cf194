"""Evaluations in memory."""

from collections.abc import Sequence
from datetime import datetime

from core.eval_runs import QUERY_DRIFT, EvalRun


class FakeEvalRuns:
    """Implements EvalRuns. `asked_count` says how often it was read."""

    def __init__(self, *runs: EvalRun) -> None:
        self.kept = list(runs)
        self.asked_count = 0

    async def add(self, run: EvalRun) -> None:
        self.kept.append(run)

    async def get(self, tenant: str, run_id: str) -> EvalRun | None:
        self.asked_count += 1
        return next((run for run in self.kept if (run.tenant, run.run_id) == (tenant, run_id)), None)

    async def latest(
        self, tenant: str, *, dataset: str = "", subject: str = "", limit: int = 50
    ) -> Sequence[EvalRun]:
        self.asked_count += 1
        found = [
            run for run in self.kept if run.tenant == tenant and _of(run, dataset) and subject in run.subject
        ]
        by_id = sorted(found, key=lambda run: run.run_id)
        return sorted(by_id, key=lambda run: run.at, reverse=True)[:limit]

    async def datasets(self, tenant: str, *, since: datetime) -> Sequence[str]:
        self.asked_count += 1
        found = [run for run in self.kept if run.tenant == tenant and run.at >= since and _of(run, "")]
        return sorted({run.dataset for run in found})

    async def purge(self, before: datetime, *, dataset: str = "") -> int:
        kept = [run for run in self.kept if run.at >= before or dataset not in {"", run.dataset}]
        gone_count = len(self.kept) - len(kept)
        self.kept = kept
        return gone_count


def _of(run: EvalRun, dataset: str) -> bool:
    return run.dataset == dataset if dataset else run.dataset != QUERY_DRIFT

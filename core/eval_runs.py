"""Evaluations that were run, as the gate asks for them: what was measured, on which questions, and whether it passed. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

QUERY_DRIFT = "query:drift"
"""The data set of outcomes of looking for drift, which lie beside the evaluations. No golden set can have this name."""

CANDIDATE_MARK = '"evaluated": "candidate"'
"""In the body of an evaluation of what was not live: a change, tried on a sample."""


class EvalVerdict(StrEnum):
    """What became of an evaluation."""

    PASSED = "passed"
    FAILED = "failed"
    MEASURED = "measured"
    """Nothing to compare it with."""


@dataclass(frozen=True, slots=True)
class EvalRun:
    """One evaluation of a knowledge base. `subject` is the fingerprint of what was measured (see `core.eval_subjects`).

    `body` is the result as `evals.runs` writes it (JSON): scores by case, no words of questions or answers.
    """

    run_id: str
    tenant: str
    at: datetime
    dataset: str
    dataset_version: str
    subject: str
    verdict: EvalVerdict
    baseline_id: str = ""
    body: str = field(default="", repr=False)


class EvalRuns(Protocol):
    """Keeps evaluations."""

    async def add(self, run: EvalRun) -> None:
        """Keep one.

        Raises:
            DependencyDownError: It cannot be kept now.
        """

    async def get(self, tenant: str, run_id: str) -> EvalRun | None:
        """One of a tenant, or None."""

    async def latest(
        self, tenant: str, *, dataset: str = "", subject: str = "", limit: int = 50
    ) -> Sequence[EvalRun]:
        """Those of a tenant, of a data set and of a subject where they are named, the newest first.

        `subject` is a fingerprint, or one of a part of it. Where no data set is named, those of golden sets.
        """

    async def datasets(self, tenant: str, *, since: datetime) -> Sequence[str]:
        """The golden sets that a tenant's evaluations since an instant were of, by name."""

    async def purge(self, before: datetime, *, dataset: str = "") -> int:
        """Forget those from before an instant, of a data set where one is named; how many there were."""

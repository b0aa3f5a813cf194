"""Results of evaluations for tests, a part and a metric at a time."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from evals.runs import CaseScores, EvalResult, Part, Stage

AT = datetime(2026, 1, 1, tzinfo=UTC)
COUNT = 40


def part(
    stage: Stage = Stage.SEARCH,
    values: Sequence[float] = (),
    *,
    metric: str = "ndcg_10",
    dataset: str = "set",
    version: str = "v1",
    figures: Mapping[str, float] | None = None,
) -> Part:
    """A part whose cases have one metric; every fourth case is a table, in German."""
    cases = tuple(
        CaseScores(f"c{at:03d}", {metric: value}, ("kind:table", "language:de") if at % 4 == 0 else ())
        for at, value in enumerate(values)
    )
    return Part(stage, dataset, version, cases, figures or {})


def result(*parts: Part, run_id: str = "run", **subject: str) -> EvalResult:
    return EvalResult(run_id, AT, subject, parts)


def lowered(by: float, *, every: int = 1, count: int = COUNT, start: float = 0.8) -> list[float]:
    """As many scores, every so many of them lower."""
    return [start - by if at % every == 0 else start for at in range(count)]

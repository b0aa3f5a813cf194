"""Has a judge score labelled statements, and says how far it agrees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from evals.judge.asking import Asking, JudgedMetric, judged
from evals.judge.calibration.agreement import Agreement, Cuts, agreement
from evals.judge.calibration.baselines import CHECKER
from evals.judge.calibration.labelled import Labelled, LabelledSet
from evals.judge.calibration.records import Calibration
from evals.judge.judgements import Judgement
from generation.checking.support import LEAST_SUPPORT

_CUTS: Cuts = (0.25, 0.75)
"""Nearest of 0, a half and 1."""
_CUTS_OF: dict[str, Cuts] = {CHECKER: (LEAST_SUPPORT, LEAST_SUPPORT)}
_LENGTHS = ((0, 15), (15, 25), (25, 10_000))


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration with what was said of each statement: for slices and plots, not kept."""

    calibration: Calibration
    rows: tuple[Labelled, ...]
    scores: tuple[float | None, ...]
    judgements: tuple[Judgement, ...]

    def by_length(self) -> list[tuple[str, Agreement]]:
        """The agreement on short, middling and long statements, by their words."""
        found: list[tuple[str, Agreement]] = []
        for low, high in _LENGTHS:
            chosen = [at for at, row in enumerate(self.rows) if low <= row.word_count < high]
            name = f"{low} words and more" if high == _LENGTHS[-1][1] else f"{low} to {high - 1} words"
            found.append((name, self._of(chosen)))
        return found

    def _of(self, places: Sequence[int]) -> Agreement:
        return agreement(
            [self.scores[at] for at in places],
            [self.rows[at].label for at in places],
            cuts=cuts_of(self.calibration.judge),
        )


async def calibrated(
    metric: JudgedMetric, labelled: LabelledSet, asking: Asking, *, at: datetime, seed: int
) -> Calibrated:
    """One judge on one set. A statement's score is the mean over its repeats that gave one.

    Raises:
        FolioError: The judge's settings cannot be, or its budget is spent.
    """
    rows = labelled.rows
    found = await judged([metric], [row.case for row in rows], asking)
    scores = tuple(_mean([one for one in found if one.case_id == row.case.case_id]) for row in rows)
    said = agreement(scores, [row.label for row in rows], cuts=cuts_of(metric.name), seed=seed)
    calibration = Calibration(
        metric.name,
        metric.model,
        metric.version,
        labelled.name,
        labelled.version,
        seed,
        asking.repeat_count if metric.model else 1,
        at.replace(microsecond=0),
        said,
    )
    return Calibrated(calibration, rows, scores, tuple(found))


def cuts_of(judge: str) -> Cuts:
    """From which scores on a judge says partly, and yes."""
    return _CUTS_OF.get(judge, _CUTS)


def _mean(judgements: Sequence[Judgement]) -> float | None:
    scores = [one.score for one in judgements if one.score is not None]
    return sum(scores) / len(scores) if 2 * len(scores) >= len(judgements) and scores else None

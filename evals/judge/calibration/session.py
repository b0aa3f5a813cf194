"""The judges that can be calibrated, each on every labelled set that is there."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from core.clock import SystemClock
from evals.judge.asking import Asking, JudgedMetric
from evals.judge.calibration.baselines import CHECKER, WORDS, CheckerMetric, WordsMetric
from evals.judge.calibration.labelled import SETS, labelled_set
from evals.judge.calibration.running import Calibrated, calibrated
from evals.judge.wiring import criterion_metrics, judge_name, kept_in, open_judge

if TYPE_CHECKING:
    from core.config import Settings

CRITERION = "judge_supported"
"""The one criterion that the labelled sets have labels for. The others stay uncalibrated, and decide nothing."""


async def calibrate_judges(
    settings: "Settings",
    data: Path,
    named: str | None,
    *,
    count: int,
    seed: int,
    names: Sequence[str] = SETS,
) -> list[Calibrated]:
    """One judge, or all that need no name: the two without a model, and `evals.judge.model` where it is set.

    Raises:
        SettingsError: A labelled set is not in the folder, or no configured model has the judge's name.
    """
    sets = [labelled_set(data, name, count=count, seed=seed) for name in names]
    asking, clock = Asking(settings.evals.judge.repeat_count, kept_in(settings)), SystemClock()
    async with _metrics(settings, named) as metrics:
        return [
            await calibrated(metric, one, asking, at=clock.now(), seed=seed)
            for metric in metrics
            for one in sets
        ]


@asynccontextmanager
async def _metrics(settings: "Settings", named: str | None) -> AsyncIterator[list[JudgedMetric]]:
    plain: dict[str, JudgedMetric] = {CHECKER: CheckerMetric(), WORDS: WordsMetric()}
    if named in plain:
        yield [plain[named]]
        return
    without = list(plain.values()) if named is None else []
    if named is None and not settings.evals.judge.model:
        yield without
        return
    from folio.knowledge_base import KnowledgeBase

    async with KnowledgeBase(settings) as kb:
        judge = await open_judge(kb, judge_name(settings, named))
        yield [*without, *await criterion_metrics(settings, judge, [CRITERION])]

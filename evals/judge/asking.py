"""Puts every case to every metric as often as it is to be asked, and keeps what was said."""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol

from core.answer_notes import AnswerNotes, take_notes
from core.errors import FolioError
from evals.judge.cases import JudgedCase
from evals.judge.judgements import Judgement, Unjudged, why_of
from evals.judge.keeping import Kept, judgement_key

_AT_A_TIME = 8
_ROUNDING = 1e-6


class JudgedMetric(Protocol):
    """One question that is asked of cases. Scores are from 0 to 1."""

    @property
    def name(self) -> str:
        """Of the metric."""

    @property
    def model(self) -> str:
        """Provider and model that is asked; empty: none is, and asking twice says the same twice."""

    @property
    def version(self) -> str:
        """Changes whenever the prompts, or what is made of the answers, do."""

    def inputs(self, case: JudgedCase) -> Mapping[str, object] | None:
        """All of the case that the score depends on; None where the case lacks something."""

    async def score(self, case: JudgedCase, *, repeat: int) -> float:
        """The score.

        Raises:
            NoScoreError: The case cannot be judged.
            FolioError: The judge does not answer, or not in the form asked for.
        """


@dataclass(frozen=True, slots=True)
class Asking:
    """How cases are judged: how often each, and where judgements are kept (None: nowhere)."""

    repeat_count: int = 3
    kept: Kept | None = None
    on_judged: Callable[[Judgement], None] | None = None


async def judged(
    metrics: Sequence[JudgedMetric], cases: Sequence[JudgedCase], asking: Asking
) -> list[Judgement]:
    """A judgement for each metric, case and repeat, in this order. Metrics without a model are asked once.

    Raises:
        BudgetError: The budget for language models is spent; what was judged until then is kept.
        SettingsError: The judge's settings cannot be.
    """
    rooms = asyncio.Semaphore(_AT_A_TIME)

    async def one(metric: JudgedMetric, case: JudgedCase, repeat: int) -> Judgement:
        async with rooms:
            # A task of its own: the calls that it makes are counted into notes of its own.
            return await _judgement(metric, case, repeat, asking)

    wanted = [
        (metric, case, repeat)
        for metric, case in product(metrics, cases)
        for repeat in range(asking.repeat_count if metric.model else 1)
    ]
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(*row)) for row in wanted]
    except* FolioError as errors:
        raise _first(errors) from None
    return [task.result() for task in tasks]


async def _judgement(metric: JudgedMetric, case: JudgedCase, repeat: int, asking: Asking) -> Judgement:
    inputs = metric.inputs(case)
    if inputs is None:
        return Judgement(case.case_id, metric.name, repeat, None, Unjudged.NOTHING)
    key = judgement_key(metric.name, model=metric.model, version=metric.version, inputs=inputs, repeat=repeat)
    kept = asking.kept if metric.model else None
    found = kept.get(key, case_id=case.case_id, metric=metric.name, repeat=repeat) if kept else None
    if found is None:
        found = await _asked(metric, case, repeat)
        if kept is not None:
            kept.put(key, found)
    if asking.on_judged is not None:
        asking.on_judged(found)
    return found


async def _asked(metric: JudgedMetric, case: JudgedCase, repeat: int) -> Judgement:
    notes = AnswerNotes()
    take_notes(notes)
    score: float | None = None
    why: Unjudged | None = None
    try:
        score = await metric.score(case, repeat=repeat)
    except FolioError as error:
        why = why_of(error)
    if score is not None and not _is_a_score(score):
        why = Unjudged.EMPTY if math.isnan(score) else Unjudged.MALFORMED
        score = None
    return Judgement(
        case.case_id,
        metric.name,
        repeat,
        None if score is None else min(max(score, 0.0), 1.0),
        why,
        call_count=notes.call_count,
        token_count=notes.input_count + notes.output_count,
        cost=notes.cost,
    )


def _is_a_score(value: float) -> bool:
    return -_ROUNDING <= value <= 1 + _ROUNDING


def _first(errors: BaseExceptionGroup[FolioError]) -> BaseException:
    first = errors.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first

"""One set answered and judged: from the questions to a run with its table."""

import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias
from uuid import uuid4

from evals.datasets.model import CorpusKind, EvalSet
from evals.judge.asking import Asking, JudgedMetric, judged
from evals.judge.cases import JudgedCase
from evals.judge.collecting import collected
from evals.judge.families import same_family
from evals.judge.judgements import Judgement
from evals.judge.summary import MetricSummary, Spent, part_of, spent, summaries
from evals.judge.wiring import kept_in, provider_of
from evals.runs import EvalResult

if TYPE_CHECKING:
    from evals.running.opened import EvaluatedKnowledgeBase

MakeMetrics: TypeAlias = Callable[["EvaluatedKnowledgeBase"], Awaitable[Sequence[JudgedMetric]]]
WhyNot: TypeAlias = Callable[[JudgedMetric], str | None]
"""Why a metric must not decide a gate; None where it may."""

UNCALIBRATED = "uncalibrated_"
_SEED = 7


@dataclass(frozen=True, slots=True)
class JudgedRun:
    """What came of it. `is_judged`: the judge judged at least one case. `notes` say what figures must not be taken for."""

    result: EvalResult
    summaries: tuple[MetricSummary, ...]
    spent: Spent
    is_judged: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What is judged by whom. `why_not` is asked of every metric; who must not decide has `uncalibrated_` before its name."""

    judge: str
    metrics: MakeMetrics
    subject: Mapping[str, str]
    why_not: WhyNot = lambda _: None


async def judge_set(kb: "EvaluatedKnowledgeBase", eval_set: EvalSet, plan: Plan) -> JudgedRun:
    """Every case answered, then judged; judgements of before are taken as they are.

    Raises:
        FolioError: A store does not answer, the judge's settings cannot be, or its budget is spent.
    """
    started_s = time.perf_counter()
    metrics = await plan.metrics(kb)
    cases = await _cases(kb, eval_set)
    asking = Asking(kb.settings.evals.judge.repeat_count, kept_in(kb.settings))
    found = await judged(metrics, cases, asking)
    asked = {one.name for one in metrics if one.model}
    is_judged = any(one.score is not None for one in found if one.metric in asked)
    families = _family_notes(plan.judge, cases)
    barred = {one.name: why for one in metrics if (why := _why_not(plan, one, families)) is not None}
    found = [_named(one, barred) for one in found]
    part = part_of(found, cases, dataset=eval_set.name, version=eval_set.version)
    subject = {
        **plan.subject,
        "judge": plan.judge,
        "judge.repeats": str(asking.repeat_count),
        **{f"judge.{one.name}": one.version for one in metrics if one.model},
    }
    seconds = round(time.perf_counter() - started_s, 3)
    result = EvalResult(uuid4().hex, kb.live.clock.now(), subject, (part,), seconds=seconds)
    notes = (*families, *dict.fromkeys(barred.values()))
    return JudgedRun(result, tuple(summaries(found)), spent(found), is_judged, tuple(dict.fromkeys(notes)))


def sampled(eval_set: EvalSet, count: int | None) -> EvalSet:
    """At most so many of the cases, drawn at random, always the same."""
    if count is None or count >= len(eval_set.cases):
        return eval_set
    places = sorted(random.Random(_SEED).sample(range(len(eval_set.cases)), count))  # noqa: S311
    return replace(eval_set, cases=tuple(eval_set.cases[at] for at in places))


async def _cases(kb: "EvaluatedKnowledgeBase", eval_set: EvalSet) -> list[JudgedCase]:
    from evals.running.own_corpus import indexed_apart

    def provider(model: str) -> str:
        return provider_of(kb.settings.llm, model)

    if eval_set.corpus is CorpusKind.KNOWLEDGE_BASE:
        return await collected(await kb.place(), eval_set, provider_of=provider)
    async with indexed_apart(kb.settings, eval_set) as place:
        return await collected(place, eval_set, provider_of=provider)


def _family_notes(judge: str, cases: Sequence[JudgedCase]) -> tuple[str, ...]:
    writers = sorted({case.answered_by for case in cases})
    return tuple(why for one in writers if (why := same_family(judge, one)) is not None)


def _why_not(plan: Plan, metric: JudgedMetric, families: Sequence[str]) -> str | None:
    return families[0] if families and metric.model else plan.why_not(metric)


def _named(one: Judgement, barred: Mapping[str, str]) -> Judgement:
    if one.metric not in barred or one.metric.startswith("ragas_"):
        return one
    return replace(one, metric=f"{UNCALIBRATED}{one.metric}")

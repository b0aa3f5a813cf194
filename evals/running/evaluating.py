"""`folio eval run`: asks, scores, compares, keeps. What is decided is decided elsewhere; here it is put together."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from core.errors import InvalidInputError
from core.eval_runs import EvalRun, EvalVerdict
from core.eval_subjects import Subject, SubjectPart
from evals.datasets.model import CorpusKind, EvalSet
from evals.gates.comparing import compare
from evals.gates.comparison import Comparison
from evals.gates.policy import GatePolicy
from evals.running.asking import Place, ask_all, chunks_of
from evals.running.baselines import find_baseline, result_of
from evals.running.opened import EvaluatedKnowledgeBase
from evals.running.own_corpus import indexed_apart
from evals.running.rehearsal import rehearse
from evals.running.scoring import parts_of
from evals.runs import EvalResult, Part, to_json

# Few enough to be typed; a knowledge base is not measured a million times.
_ID_DIGITS = 12

ABOUT, LIVE, CANDIDATE = "evaluated", "live", "candidate"
"""Among the names of a result's subject: whether the live base was measured, or a change on a sample of it."""

OnCase = Callable[[int, int], None]
"""Hears how many questions of how many were asked."""


@dataclass(frozen=True, slots=True)
class Options:
    """How an evaluation is done.

    `candidate`: the settings of now against what is live, on a sample. `versions` of prompts are tried then. `baseline`: a name, a
    file or the id of a run in place of the set's own.
    """

    search_only: bool = False
    candidate: bool = False
    versions: Mapping[str, int] = field(default_factory=dict)
    baseline: str | None = None
    policy: GatePolicy | None = None


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An evaluation and what it was compared with. `notes` are sentences for people."""

    result: EvalResult
    comparison: Comparison
    verdict: EvalVerdict
    subject: Subject
    before: EvalResult | None = None
    notes: tuple[str, ...] = ()


async def evaluate(
    kb: EvaluatedKnowledgeBase, eval_set: EvalSet, options: Options, *, on_case: OnCase | None = None
) -> Evaluated:
    """Measure the open knowledge base, or a change of it, and keep the evaluation in the catalog.

    Raises:
        InvalidInputError: The set has no question, or the options do not go with it.
    """
    if not eval_set.cases:
        raise InvalidInputError(f"the set '{eval_set.name}' has no question")
    if options.versions and not options.candidate:
        raise InvalidInputError("--prompt tries a version, which is what --candidate is for: name both")
    measured = await _measured(kb, eval_set, options, on_case)
    await (await kb.kept_runs()).add(kept_run(measured, eval_set, tenant=kb.settings.access.tenant))
    return measured


def kept_run(measured: Evaluated, eval_set: EvalSet, *, tenant: str) -> EvalRun:
    """An evaluation as the catalog keeps it. Pure."""
    result = measured.result
    return EvalRun(
        run_id=result.run_id,
        tenant=tenant,
        at=result.at,
        dataset=eval_set.name,
        dataset_version=eval_set.version,
        subject=measured.subject.fingerprint,
        verdict=measured.verdict,
        baseline_id=measured.before.run_id if measured.before else "",
        body=to_json(result).decode(),
    )


def verdict_of(comparison: Comparison) -> EvalVerdict:
    """What became of it: what has nothing to be compared with can fail, but not pass. Pure."""
    if not comparison.passed:
        return EvalVerdict.FAILED
    return EvalVerdict.PASSED if comparison.before_id else EvalVerdict.MEASURED


async def _measured(
    kb: EvaluatedKnowledgeBase, eval_set: EvalSet, options: Options, on_case: OnCase | None
) -> Evaluated:
    if options.candidate:
        return await _candidate(kb, eval_set, options, on_case)
    telling = _Telling(on_case, len(eval_set.cases))
    started_s = time.perf_counter()
    if eval_set.corpus is CorpusKind.KNOWLEDGE_BASE:
        subject = await kb.live_subject()
        parts = await telling.ask(await kb.place(), eval_set, options)
    else:
        subject = await kb.wanted_subject()
        async with indexed_apart(kb.settings, eval_set) as place:
            parts = await telling.ask(place, eval_set, options)
    subject = _of(subject, options)
    after = _result(kb, parts, subject, LIVE, seconds=time.perf_counter() - started_s)
    before = await find_baseline(kb.settings, await kb.kept_runs(), eval_set.name, options.baseline)
    comparison = compare(before, after, options.policy)
    return Evaluated(after, comparison, verdict_of(comparison), subject, before)


async def _candidate(
    kb: EvaluatedKnowledgeBase, eval_set: EvalSet, options: Options, on_case: OnCase | None
) -> Evaluated:
    if eval_set.corpus is not CorpusKind.KNOWLEDGE_BASE:
        raise InvalidInputError(
            f"the set '{eval_set.name}' has documents of its own, which are always indexed with the settings of now: run it "
            "without --candidate, against the baseline of what is live"
        )
    if options.baseline is not None:
        raise InvalidInputError("--candidate compares with what is live: leave --baseline out")
    telling = _Telling(on_case, 2 * len(eval_set.cases))
    started_s = time.perf_counter()
    recorded = await _recorded_search(kb)
    async with rehearse(kb, eval_set, versions=options.versions, recorded=recorded) as stage:
        parts_before = await telling.ask(stage.before, eval_set, options)
        parts_after = await telling.ask(stage.after, eval_set, options)
        before_subject, subject = _of(stage.subject_before, options), _of(stage.subject_after, options)
        notes = _notes(stage.document_count, stage.missing_count)
    seconds = time.perf_counter() - started_s
    before = _result(kb, parts_before, before_subject, CANDIDATE, seconds=seconds)
    after = _result(kb, parts_after, subject, CANDIDATE, seconds=seconds)
    comparison = compare(before, after, options.policy)
    return Evaluated(after, comparison, verdict_of(comparison), subject, before, notes)


class _Telling:
    """Counts questions over several rounds of asking."""

    def __init__(self, on_case: OnCase | None, total_count: int) -> None:
        self._on_case = on_case
        self._total_count = total_count
        self._done_count = 0

    async def ask(self, place: Place, eval_set: EvalSet, options: Options) -> tuple[Part, ...]:
        heard = await ask_all(place, eval_set, search_only=options.search_only, on_case=self._tell)
        self._done_count += len(heard)
        return parts_of(eval_set, heard, chunks=await chunks_of(place, eval_set))

    def _tell(self, count: int) -> None:
        if self._on_case is not None:
            self._on_case(self._done_count + count, self._total_count)


def _of(subject: Subject, options: Options) -> Subject:
    """What an evaluation without answers says nothing about is not in its subject: it releases no prompt."""
    return subject.without(SubjectPart.PROMPTS) if options.search_only else subject


def _result(
    kb: EvaluatedKnowledgeBase, parts: tuple[Part, ...], subject: Subject, about: str, *, seconds: float
) -> EvalResult:
    return EvalResult(
        uuid4().hex[:_ID_DIGITS],
        kb.live.clock.now(),
        {**subject.values, ABOUT: about},
        parts,
        seconds=round(seconds, 3),
    )


async def _recorded_search(kb: EvaluatedKnowledgeBase) -> Mapping[str, str]:
    """How the live base was searched when it was measured last; nothing where it never was.

    Settings of a search are in force as soon as they are written: only what was recorded says what they were before.
    """
    runs = await kb.kept_runs()
    released = (EvalVerdict.PASSED, EvalVerdict.MEASURED)
    index = (await kb.live_subject()).of(SubjectPart.INDEX)
    for run in await runs.latest(kb.settings.access.tenant, subject=index, limit=20):
        if run.verdict in released:
            return result_of(run).subject
    return {}


def _notes(document_count: int, missing_count: int) -> tuple[str, ...]:
    found = [f"tried on {document_count} documents"]
    if missing_count:
        found.append(f"{missing_count} documents that the set names are not in the index any more")
    return tuple(found)

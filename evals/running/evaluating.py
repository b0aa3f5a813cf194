"""`folio eval run`: asks, scores, compares, keeps. What is decided is decided elsewhere; here it is put together."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from core.errors import InvalidInputError, MissingExtraError
from core.eval_runs import EvalRun, EvalVerdict
from core.eval_subjects import NEVER_PUT_BACK, Subject, SubjectPart
from evals.datasets.model import CorpusKind, EvalSet
from evals.gates.comparing import compare
from evals.gates.comparison import Comparison, PartState
from evals.gates.policy import GatePolicy
from evals.metrics.ranking import ranking_library
from evals.running.asking import Place, ask_all, chunks_of
from evals.running.baselines import find_baseline, known_result
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
        MissingExtraError: What scores and compares is not installed.
    """
    check_extras()
    if not eval_set.cases:
        raise InvalidInputError(f"the set '{eval_set.name}' has no question")
    if options.versions and not options.candidate:
        raise InvalidInputError("--prompt tries a version, which is what --candidate is for: name both")
    measured = await _measured(kb, eval_set, options, on_case)
    await (await kb.kept_runs()).add(kept_run(measured, eval_set, tenant=kb.settings.access.tenant))
    return measured


def check_extras() -> None:
    """See that what scores and compares is there, before minutes of questions were asked for nothing.

    Raises:
        MissingExtraError: ir-measures or scipy is not installed.
    """
    ranking_library()
    try:
        import scipy  # noqa: F401
    except ModuleNotFoundError:
        raise MissingExtraError("comparing evaluations", extra="evals") from None


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


def verdict_of(comparison: Comparison, usual: Comparison | None = None) -> EvalVerdict:
    """What became of it: what has nothing to be compared with can fail, but not pass. Pure.

    A part that only one of both has, or of another version of the set, was compared with nothing. `usual` is the comparison with
    the packaged policy and the set's own baseline, where another one was asked for: what fails there has not passed.
    """
    if not comparison.passed:
        return EvalVerdict.FAILED
    released = _is_compared(comparison) and (usual is None or usual.passed)
    return EvalVerdict.PASSED if released else EvalVerdict.MEASURED


def _is_compared(comparison: Comparison) -> bool:
    return bool(comparison.parts) and all(
        part.state is PartState.COMPARED
        and any(one.metric.gates and one.before is not None for one in part.metrics)
        for part in comparison.parts
    )


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
    usual = await _usual(kb, eval_set, options, after, before)
    verdict = verdict_of(comparison, usual)
    return Evaluated(after, comparison, verdict, subject, before, _why(comparison, verdict))


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
        tried, same = without_untried(subject, recorded)
        notes = (*_notes(stage.document_count, stage.missing_count), *same)
    seconds = time.perf_counter() - started_s
    before = _result(kb, parts_before, before_subject, CANDIDATE, seconds=seconds)
    after = _result(kb, parts_after, subject, CANDIDATE, seconds=seconds)
    comparison = compare(before, after, options.policy)
    verdict = verdict_of(comparison, compare(before, after) if options.policy else None)
    return Evaluated(after, comparison, verdict, tried, before, (*notes, *_why(comparison, verdict)))


def without_untried(subject: Subject, recorded: Mapping[str, str]) -> tuple[Subject, tuple[str, ...]]:
    """The subject without the parts that were the same on both sides though they are not what was recorded, and why. Pure."""
    notes: list[str] = []
    for part in (SubjectPart.SEARCH, SubjectPart.PROMPTS):
        names = sorted(
            name
            for name in NEVER_PUT_BACK
            if name.startswith(part.value)
            and name in recorded
            and name in subject.values
            and recorded[name] != subject.values[name]
        )
        if names:
            subject = subject.without(part)
            notes.append(
                f"{', '.join(names)}: in force at once, so the same before and after: measure it with `folio eval run SET`"
            )
    return subject, tuple(notes)


async def _usual(
    kb: EvaluatedKnowledgeBase,
    eval_set: EvalSet,
    options: Options,
    after: EvalResult,
    before: EvalResult | None,
) -> Comparison | None:
    """What the packaged policy says against the set's own baseline; None where nothing else was asked for."""
    if options.policy is None and options.baseline is None:
        return None
    own = await find_baseline(kb.settings, await kb.kept_runs(), eval_set.name, None)
    return compare(own or before, after)


def _why(comparison: Comparison, verdict: EvalVerdict) -> tuple[str, ...]:
    """Why what was compared and is not worse has not passed all the same."""
    if verdict is not EvalVerdict.MEASURED or not comparison.before_id:
        return ()
    if _is_compared(comparison):
        return ("it releases nothing: with the packaged policy and the set's own baseline it fails",)
    return (
        "it releases nothing: parts of it were compared with nothing (see above); `folio eval baseline SET` makes this evaluation the "
        "baseline",
    )


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
    """How the live base was searched and answered from when that was released last; nothing where it was never measured.

    Settings of a search are in force as soon as they are written: only what was recorded says what they were before.
    """
    runs = await kb.kept_runs()
    index = (await kb.live_subject()).of(SubjectPart.INDEX)
    return recorded_values(await runs.latest(kb.settings.access.tenant, subject=index, limit=20))


def recorded_values(runs: Sequence[EvalRun]) -> dict[str, str]:
    """The values of search and prompts by the newest evaluation that has passed, given newest first. Pure.

    Where none has, the newest that was measured of what was live. A part that an evaluation says nothing about is not taken from
    it: what it happened to be was compared with nothing.
    """
    found: dict[str, str] = {}
    for verdict in (EvalVerdict.MEASURED, EvalVerdict.PASSED):
        # Later ones take the place of earlier ones: what has passed of what was measured, the newest of the older.
        for run in reversed([one for one in runs if one.verdict is verdict]):
            known = known_result(run)
            if known is None or (verdict is EvalVerdict.MEASURED and known.subject.get(ABOUT) == CANDIDATE):
                continue
            for part, fingerprint in zip(SubjectPart, run.subject.split("-"), strict=False):
                if part is not SubjectPart.INDEX and fingerprint != "none":
                    found = {**_not_of(found, part), **_values_of(known.subject, part)}
    return found


def _values_of(values: Mapping[str, str], part: SubjectPart) -> dict[str, str]:
    return {name: value for name, value in values.items() if name.startswith(f"{part.value}.")}


def _not_of(values: Mapping[str, str], part: SubjectPart) -> dict[str, str]:
    return {name: value for name, value in values.items() if not name.startswith(f"{part.value}.")}


def _notes(document_count: int, missing_count: int) -> tuple[str, ...]:
    found = [f"tried on {document_count} documents"]
    if missing_count:
        found.append(f"{missing_count} documents that the set names are not in the index any more")
    return tuple(found)

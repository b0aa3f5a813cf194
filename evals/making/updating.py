"""Brings a set up to date: adds what is new, keeps what people have said, takes out what is true no more. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from evals.datasets.duplicates import question_key
from evals.datasets.model import EvalCase

MADE = frozenset({"heading", "entity", "table", "unanswerable", "access", "model"})
"""Origins of cases that are made from documents. Cases of other origins are somebody's own: they are never taken out."""
IMPORTED = frozenset({"review", "feedback"})
CHECKED = "checked:yes"

GONE, CHANGED, ANSWERED = "document gone", "words changed", "answered now"


@dataclass(frozen=True, slots=True)
class Updated:
    """The cases of the new version; what came, what went and why, and own cases of which the document is gone."""

    cases: tuple[EvalCase, ...]
    added: tuple[EvalCase, ...] = ()
    dropped: tuple[tuple[EvalCase, str], ...] = ()
    stale: tuple[str, ...] = ()

    @property
    def reasons(self) -> Counter[str]:
        """How many were dropped for what."""
        return Counter(reason for _, reason in self.dropped)


def updated(
    existing: Sequence[EvalCase],
    made: Iterable[EvalCase],
    *,
    texts: Mapping[str, str],
    rejected: Collection[str] = (),
    answered: Collection[str] = (),
) -> Updated:
    """The set's cases with the made ones.

    Args:
        existing: The cases of the set, in order; they keep their ids, words and verdicts.
        made: What was made now; what the set has, by id or by its question, or somebody has rejected, or does not hold, is left out.
        texts: The stored texts of all documents that are named and still there.
        rejected: Ids that somebody has rejected.
        answered: Ids of unanswerable cases that something answers by now.
    """
    kept: list[EvalCase] = []
    dropped: list[tuple[EvalCase, str]] = []
    stale: list[str] = []
    for case in existing:
        reason = ANSWERED if case.case_id in answered else why_not(case, texts)
        if reason and case.origin in MADE | IMPORTED:
            dropped.append((case, reason))
            continue
        stale += [case.case_id] if reason else []
        current = without_gone(case, texts) if case.origin in MADE | IMPORTED else case
        kept.append(current if reason else moved(current, texts))
    added = _new((one for one in made if not why_not(one, texts)), kept, rejected)
    return Updated((*kept, *added), tuple(added), tuple(dropped), tuple(stale))


def why_not(case: EvalCase, texts: Mapping[str, str]) -> str:
    """Why a case holds no more; empty where it does. Its documents must be there and still have its words."""
    if case.grades and not any(doc_id in texts for doc_id in case.grades):
        return GONE
    for span in case.spans:
        if span.doc_id not in texts:
            return GONE
        if span.quote not in texts[span.doc_id]:
            return CHANGED
    return ""


def without_gone(case: EvalCase, texts: Mapping[str, str]) -> EvalCase:
    """The case without documents that are gone."""
    return replace(
        case,
        grades={doc_id: grade for doc_id, grade in case.grades.items() if doc_id in texts},
        wrong=tuple(doc_id for doc_id in case.wrong if doc_id in texts),
    )


def moved(case: EvalCase, texts: Mapping[str, str]) -> EvalCase:
    """The case with its spans where their words stand now."""
    spans = tuple(
        span
        if span.start < 0 or texts[span.doc_id].startswith(span.quote, span.start)
        else replace(span, start=texts[span.doc_id].find(span.quote))
        for span in case.spans
    )
    return replace(case, spans=spans)


def is_checked(case: EvalCase) -> bool:
    """Whether somebody has looked at the case and accepted it."""
    return CHECKED in case.tags


def _new(made: Iterable[EvalCase], kept: Sequence[EvalCase], rejected: Collection[str]) -> list[EvalCase]:
    ids = {case.case_id for case in kept} | set(rejected)
    questions = {_asked(case) for case in kept}
    found = []
    for case in made:
        if case.case_id in ids or _asked(case) in questions:
            continue
        ids.add(case.case_id)
        questions.add(_asked(case))
        found.append(case)
    return found


def _asked(case: EvalCase) -> tuple[str, object]:
    return question_key(case.question), case.reader

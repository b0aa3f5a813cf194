"""Cases that ask the same as another. Pure.

Asking twice counts twice: a set in which one question stands ten times measures that question.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from evals.datasets.model import EvalCase, Reader

_SAME_RATIO = 95.0


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """What is kept, in order, and by the id of what is not, the id of the case that asks the same."""

    cases: tuple[EvalCase, ...]
    dropped: dict[str, str]


def dedup(cases: Iterable[EvalCase]) -> Deduplicated:
    """Each question once for each reader; of equal ones the first is kept.

    Equal are questions that differ in case, blanks and punctuation only, whatever their gold. Nearly equal ones
    (`token_set_ratio` of rapidfuzz at least 95) are the same only if their gold is, documents and spans, and if no word with a
    digit tells them apart: E14 and E21 are two questions.
    """
    kept: list[EvalCase] = []
    dropped: dict[str, str] = {}
    known = _Known()
    for case in cases:
        same = known.same_as(case)
        if same is None:
            kept.append(case)
            known.add(case)
        else:
            dropped[case.case_id] = same.case_id
    return Deduplicated(tuple(kept), dropped)


def question_key(question: str) -> str:
    """Equal for questions that differ in case, blanks and punctuation only."""
    return " ".join(_words(question))


class _Known:
    """Cases by what they ask, and by reader and gold, so that only those that may be the same are compared."""

    def __init__(self) -> None:
        self._exact: dict[tuple[str, Reader | None], EvalCase] = {}
        self._near: dict[tuple[object, ...], list[EvalCase]] = {}

    def add(self, case: EvalCase) -> None:
        self._exact[question_key(case.question), case.reader] = case
        self._near.setdefault(_group(case), []).append(case)

    def same_as(self, case: EvalCase) -> EvalCase | None:
        exact = self._exact.get((question_key(case.question), case.reader))
        return exact or next(
            (one for one in self._near.get(_group(case), ()) if _are_near(case.question, one.question)), None
        )


def _group(case: EvalCase) -> tuple[object, ...]:
    gold = (frozenset(case.grades), frozenset(span.quote for span in case.spans))
    return (case.reader, case.answerable, gold, _figures(_words(case.question)))


def _are_near(first: str, second: str) -> bool:
    return fuzz.token_set_ratio(question_key(first), question_key(second)) >= _SAME_RATIO


def _figures(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(word for word in words if any(sign.isdigit() for sign in word)))


def _words(text: str) -> list[str]:
    plain = (sign if unicodedata.category(sign)[0] in "LNSM" else " " for sign in text.casefold())
    return "".join(plain).split()

"""What somebody who looks at cases has said so far, as states: each verdict gives the next one, undo the one before. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from evals.datasets.model import EvalCase
from evals.making.updating import CHECKED, is_checked


class Verdict(StrEnum):
    """What can be said of a case."""

    ACCEPT = "accept"
    REJECT = "reject"
    QUESTION = "question"
    ANSWER = "answer"
    UNANSWERABLE = "unanswerable"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Checking:
    """The cases of a set, those that were rejected, and which are still to be looked at, the next one first."""

    cases: tuple[EvalCase, ...]
    rejected: tuple[EvalCase, ...] = ()
    waiting: tuple[str, ...] = ()
    before: "Checking | None" = None

    @property
    def current(self) -> EvalCase | None:
        """The case that is looked at now; None where all are done."""
        return next((one for one in self.cases if self.waiting[:1] == (one.case_id,)), None)

    @property
    def checked_count(self) -> int:
        """How many cases somebody has accepted."""
        return sum(is_checked(one) for one in self.cases)


def begun(cases: Sequence[EvalCase], rejected: Sequence[EvalCase] = (), *, again: bool = False) -> Checking:
    """Before the first verdict: cases that nobody has looked at wait, with `again` all."""
    waiting = tuple(one.case_id for one in cases if again or not is_checked(one))
    return Checking(tuple(cases), tuple(rejected), waiting)


def decided(state: Checking, verdict: Verdict, words: str = "") -> Checking:
    """After a verdict on the current case. An edited case stays in front: it is accepted or edited further then."""
    case = state.current
    if case is None:
        return state
    rest = state.waiting[1:]
    if verdict is Verdict.SKIP:
        return replace(state, waiting=rest, before=state)
    if verdict is Verdict.REJECT:
        kept = tuple(one for one in state.cases if one.case_id != case.case_id)
        return Checking(kept, (*state.rejected, case), rest, state)
    changed = _changed(case, verdict, words.strip())
    cases = tuple(changed if one.case_id == case.case_id else one for one in state.cases)
    is_edit = verdict in {Verdict.QUESTION, Verdict.ANSWER}
    return Checking(cases, state.rejected, state.waiting if is_edit else rest, state)


def undone(state: Checking) -> Checking:
    """Before the last verdict."""
    return state.before or state


def _changed(case: EvalCase, verdict: Verdict, words: str) -> EvalCase:
    if verdict is Verdict.QUESTION:
        return replace(case, question=words) if words else case
    if verdict is Verdict.ANSWER:
        answers = dict.fromkeys((words, *case.answers[1:])) if words else case.answers
        return replace(case, answers=tuple(answers))
    tags = tuple(dict.fromkeys((*case.tags, CHECKED)))
    if verdict is Verdict.UNANSWERABLE:
        return replace(case, grades={}, answers=(), spans=(), answerable=False, tags=tags)
    return replace(case, tags=tags)

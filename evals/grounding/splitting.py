"""Which questions a table of calibrations may be fitted on, and which it may be measured on. Pure."""

import hashlib
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process

from evals.grounding.sets import GroundedQuestion, GroundedSet

_FITTING_SHARE = 4
_SAME_QUESTION = 85


def for_fitting(data: GroundedSet, *, apart_from: Iterable[GroundedSet] = ()) -> list[GroundedQuestion]:
    """One in four of the questions, by their document; none whose document or wording another set has, too."""
    others = list(apart_from)
    titles = {passage.title.casefold() for other in others for passage in other.passages}
    asked = [question.text for other in others for question in other.questions]
    own = {passage.doc_id: passage.title.casefold() for passage in data.passages}
    return [
        question
        for question in data.questions
        if _is_drawn(question)
        and not any(own.get(doc_id) in titles for doc_id in question.gold)
        and not _is_known(question.text, asked)
    ]


def for_measuring(data: GroundedSet) -> list[GroundedQuestion]:
    """The questions that are never fitted on: no document of theirs is in the other part."""
    return [question for question in data.questions if not _is_drawn(question)]


def _is_drawn(question: GroundedQuestion) -> bool:
    key = question.gold[0] if question.gold else question.query_id
    return hashlib.sha256(key.encode()).digest()[0] % _FITTING_SHARE == 0


def _is_known(text: str, asked: Sequence[str]) -> bool:
    return (
        process.extractOne(text, asked, scorer=fuzz.token_set_ratio, score_cutoff=_SAME_QUESTION) is not None
    )

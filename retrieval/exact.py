"""What a query asks for to the letter: phrases in quotation marks, and identifiers, which go first. Pure.

The BM25 arm brings such chunks up already (pairs of words and whole identifiers are terms of their own); this decides among
what was found.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.search import Hit
from retrieval.query.wanted import Wanted, is_phrase_search, wanted_exactly, words_of
from retrieval.stages import Question, StageOutcome

_CANDIDATE_COUNT = 30


def has_phrases(text: str, wanted: Wanted) -> bool:
    """Whether the words of every phrase stand in the text one after the other, in any case, with accents or without."""
    if not wanted.phrases:
        return True
    words = " ".join(("", *words_of(text), ""))
    return all(" ".join(("", *phrase, "")) in words for phrase in wanted.phrases)


def has_identifiers(text: str, wanted: Wanted) -> bool:
    """Whether every identifier stands in the text, and is no part of a longer word."""
    lowered = text.lower()
    return all(
        re.search(rf"(?<!\w){re.escape(identifier)}(?!\w)", lowered) for identifier in wanted.identifiers
    )


@dataclass(frozen=True, slots=True)
class ExactStage:
    """Implements Stage: a query of phrases alone keeps only hits that have them; hits with all identifiers go first."""

    name: str = "exact"
    candidate_count: int = _CANDIDATE_COUNT

    async def apply(self, question: Question, hits: Sequence[Hit]) -> StageOutcome:
        """The hits; as they are if the query asks for nothing to the letter, or if no hit has the phrases."""
        wanted = wanted_exactly(question.text)
        if not wanted.phrases and not wanted.identifiers:
            return StageOutcome(hits)
        with_phrases = [hit for hit in hits if has_phrases(_shown(hit), wanted)]
        kept = with_phrases if with_phrases and is_phrase_search(question.text) else list(hits)
        first = [hit for hit in kept if wanted.identifiers and has_identifiers(_shown(hit), wanted)]
        ids = {id(hit) for hit in first}
        return StageOutcome(
            [*first, *(hit for hit in kept if id(hit) not in ids)],
            _note(wanted, len(with_phrases), dropped_count=len(hits) - len(kept)),
        )


def _note(wanted: Wanted, found_count: int, *, dropped_count: int) -> str:
    if wanted.phrases and not found_count:
        return "no passage found has the words in quotation marks"
    return f"{dropped_count} without the words in quotation marks" if wanted.phrases else ""


def _shown(hit: Hit) -> str:
    return f"{hit.title}\n{hit.heading}\n{hit.text}"

"""What a query asks for to the letter: phrases in quotation marks, and identifiers, which go first. Pure.

The BM25 arm brings such chunks up already (pairs of words and whole identifiers are terms of their own); this decides among
what was found.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from core.search import Hit
from retrieval.stages import Question, StageOutcome

_CANDIDATE_COUNT = 30
_MAX_PHRASES = 8
_MAX_IDENTIFIER_CHARS = 100
_QUOTED = re.compile(
    r'"([^"]{2,200})"|\u201c([^\u201d]{2,200})\u201d|\u201e([^\u201c\u201d]{2,200})[\u201c\u201d]|\u00ab([^\u00bb]{2,200})\u00bb'
)
_WORD = re.compile(r"\w+")
_SPACED = re.compile(r"\S+")
# Three digits beside letters and a separator, a version of three numbers, an address, a name in code. Not `IL-6`: measured on
# scientific claims, putting such names first costs 0.007 nDCG@10.
_IDENTIFIER = re.compile(
    r"(?=\S*[A-Za-z])(?=\S*\d{3})\w[^\s]*[-_/.:#][^\s]*\w|v?\d+(?:\.\d+){2,}|\S+@\S+\.\w+|\w+_\w[\w.]*(?:\(\))?|[\w.]+\(\)"
)
_EDGES = ".,;:!?()[]{}<>\"'\u201c\u201d\u201e\u00ab\u00bb"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a query asks for to the letter; `phrases` as words, `identifiers` in lower case."""

    phrases: tuple[tuple[str, ...], ...] = ()
    identifiers: tuple[str, ...] = ()


def wanted_exactly(query: str) -> Wanted:
    """The quoted phrases and the identifiers of a query."""
    phrases = [_words("".join(match.groups(""))) for match in _QUOTED.finditer(query)]
    pieces = (_bare(piece) for piece in _SPACED.findall(query) if len(piece) <= _MAX_IDENTIFIER_CHARS)
    found = (piece.lower() for piece in pieces if _IDENTIFIER.fullmatch(piece))
    kept = tuple(phrase for phrase in phrases if phrase)[:_MAX_PHRASES]
    return Wanted(kept, tuple(dict.fromkeys(found)))


def is_phrase_search(query: str) -> bool:
    """Whether the query is nothing but phrases in quotation marks.

    In a question they are as often the name of a thing that one of several passages spells out: requiring them there cost
    0.02 nDCG@10 on HotpotQA.
    """
    return not _WORD.search(_QUOTED.sub(" ", query))


def has_phrases(text: str, wanted: Wanted) -> bool:
    """Whether the words of every phrase stand in the text one after the other, in any case, with accents or without."""
    if not wanted.phrases:
        return True
    words = " ".join(("", *_words(text), ""))
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


def _bare(piece: str) -> str:
    """Without punctuation around it, but with the parentheses of a call."""
    bare = piece.strip(_EDGES)
    return f"{bare}()" if f"{bare}()" in piece else bare


def _note(wanted: Wanted, found_count: int, *, dropped_count: int) -> str:
    if wanted.phrases and not found_count:
        return "no passage found has the words in quotation marks"
    return f"{dropped_count} without the words in quotation marks" if wanted.phrases else ""


def _shown(hit: Hit) -> str:
    return f"{hit.title}\n{hit.heading}\n{hit.text}"


def _words(text: str) -> tuple[str, ...]:
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text)
    kept = "".join(character for character in plain if not unicodedata.combining(character))
    return tuple(_WORD.findall(kept.casefold()))

"""What kind of question is asked, by its shape alone: no model, no index, about 20 microseconds. Pure.

The rules read English. They may be generous: a question that is sent to the graph and names nothing that the graph knows is
searched as any other, and passages that are not about what it names lead nowhere.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from retrieval.query.wanted import is_phrase_search, wanted_exactly


class Route(StrEnum):
    """What a question asks for."""

    EXACT = "exact"
    """A phrase or an identifier, to the letter."""
    FACT = "fact"
    """Something that one passage says."""
    MULTI_HOP = "multi_hop"
    """Something that takes two passages or more: one leads to the next, or two things are compared."""
    GLOBAL = "global"
    """What the documents say as a whole."""


# A question of so many words that names something is rarely about one thing alone.
_LONG_WORDS = 12
_NESTED = 2
_RELATIVE_WEIGHT = 2
_MAX_CHARS = 600

_ASKS = re.compile(
    r"^\W*(?:who|whom|whose|what|which|where|when|why|how|in|on|at|to|for|from|by|with|of|is|are|was|were|do|does|did|has|"
    r"have|had|can|could|will|would|name|list|tell|find|compare|give|show|explain|describe)\b",
    re.IGNORECASE,
)
# Inside the question: what it begins with has a capital anyway.
_NAME = re.compile(r"(?<=[\w,\"'(\u201c\u201e] )[\"'(\u201c\u201e]?[^\W\d_a-z]\w|[\"\u201c\u201e]|\d{3}")
_RELATIVE = re.compile(r"(?<=\w)[ ,]+(?:that|which|who|whose|whom|where|when)\b(?!\s*\?)", re.IGNORECASE)
_PARTICIPLE = re.compile(
    r"\b(?:[a-z]{3,30}ed|born|written|made|known|won|held|built|led|sung|given|set|found|shown|begun|drawn)\s+"
    r"(?:by|in|of|for|from|as|after|at|on|with|to|near)\b",
    re.IGNORECASE,
)
_DESCRIPTION = re.compile(
    r"\b(?:the|this|an?|his|her|its|their)\s+(?:[\w'-]{1,40}\s+){1,3}?(?:of|in|from|by|for|to|with|at|on)\b",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"\w['\u2019]s?\s+[a-z]")
# "the film Ed Wood": what it is, beside what it is called.
_APPOSITION = re.compile(r"\b(?:the|an?)\s+[a-z-]{2,40}\s+[\"'\u201c\u201e]?[^\W\d_a-z]")
_COMPARISON = re.compile(
    r"\b(?:which of the|in common|the same|older|younger|larger|bigger|smaller|longer|earlier|later|more|most|fewer|first|"
    r"higher|closer|related|connected|relationship|shared?)\b",
    re.IGNORECASE,
)
_TWO_NAMES = re.compile(r"[^\W\d_a-z][\w.'-]*,?\s+(?:or|and)\s+(?:the\s+|an?\s+)?[\"']?[^\W\d_a-z]")
_BOTH = re.compile(r"\bboth\b|\bbetween\b.{1,200}\band\b", re.IGNORECASE)
_WHOLE = re.compile(
    r"\b(?:main|key|central|common|recurring|overall|major)\s+(?:themes?|topics?|subjects?|ideas?)\b|"
    r"\b(?:themes|topics)\b.{0,60}\b(?:documents?|corpus|collection|knowledge base|files)\b|"
    r"\b(?:summar(?:y|ise|ize)|overview)\b.{0,40}\b(?:all|every|whole|entire|documents|corpus|collection|knowledge base|"
    r"handbook|wiki|archive)\b|^\W*(?:please )?(?:give|provide|write)\b.{0,20}\boverview\b|"
    r"\bacross (?:all|the) (?:documents|corpus|collection|files)\b|\bwhat (?:are|is) (?:these|the) (?:documents|files) about\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a question says how many passages it takes."""

    word_count: int
    link_count: int
    """Relative clauses (each counts twice), participles, descriptions, appositions, possessives: how deep it is nested."""
    names_something: bool
    compares: bool


def route(query: str) -> Route:
    """What a checked query asks for; of a very long one the beginning says it."""
    text = query[:_MAX_CHARS]
    wanted = wanted_exactly(text)
    if (wanted.phrases and is_phrase_search(text)) or (
        wanted.identifiers and len(text.split()) == len(wanted.identifiers)
    ):
        return Route.EXACT
    if _WHOLE.search(text):
        return Route.GLOBAL
    if "?" not in text and not _ASKS.match(text):
        return Route.FACT
    shape = shape_of(text)
    takes_several = (
        shape.compares or shape.link_count >= _NESTED or shape.word_count >= _LONG_WORDS
    ) and shape.names_something
    return Route.MULTI_HOP if takes_several else Route.FACT


def shape_of(text: str) -> Shape:
    """The shape of a question."""
    compares = bool(_BOTH.search(text) or (_COMPARISON.search(text) and _TWO_NAMES.search(text)))
    links = sum(
        len(pattern.findall(text)) for pattern in (_PARTICIPLE, _DESCRIPTION, _APPOSITION, _POSSESSIVE)
    )
    return Shape(
        word_count=len(text.split()),
        link_count=links + _RELATIVE_WEIGHT * len(_RELATIVE.findall(text)),
        names_something=bool(_NAME.search(text)),
        compares=compares,
    )

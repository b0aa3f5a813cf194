"""The words of a query and the runs of words that could be one name. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.normal_forms import PARTICLES

LONGEST_RUN = 4
"""Words of the longest name that is looked for."""

_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_POSSESSIVE = re.compile(r"['\u2019][sS]$")
_JOINT = re.compile(r"[ \t\u00a0]{1,3}|\. ?|, ?|\n")
# A dot ends a sentence after a longer word: "Dr. Jane", but not "the contract. Jane".
_LONGEST_ABBREVIATION = 4
_FUNCTION_WORDS = frozenset((
    "a", "about", "after", "all", "am", "an", "any", "are", "as", "at", "be", "been", "before",
    "between", "but", "by", "can", "could", "did", "do", "does", "during", "each", "for", "from", "had",
    "has", "have", "he", "her", "his", "how", "i", "if", "in", "into", "is", "it", "its", "many", "me",
    "much", "my", "no", "not", "of", "on", "or", "our", "over", "she", "should", "since", "so", "some",
    "than", "that", "the", "their", "them", "there", "these", "they", "this", "those", "to", "under",
    "until", "us", "was", "we", "were", "what", "when", "where", "which", "while", "who", "whom",
    "whose", "why", "with", "without", "would", "you", "your", "and",
))  # fmt: skip
# "Jane and Smith" are two people.
_INNER = PARTICLES - {"and", "und"}


@dataclass(frozen=True, slots=True)
class Word:
    """`query[start:end]`, without a possessive ending."""

    text: str
    start: int
    end: int

    @property
    def is_capitalised(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()

    @property
    def has_digit(self) -> bool:
        """Whether a digit is in it."""
        return any(map(str.isdigit, self.text))

    @property
    def may_name(self) -> bool:
        """Whether it could be a part of a name."""
        return self.text.casefold() not in _FUNCTION_WORDS and not self.has_digit


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring words that could be one name; `is_inverted` where a comma stands between them."""

    words: tuple[Word, ...]
    is_inverted: bool = False

    @property
    def start(self) -> int:
        """Where it begins in the query."""
        return self.words[0].start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.words[-1].end


def words(query: str) -> list[Word]:
    """The words of a query in order."""
    found = []
    for match in _WORD.finditer(query):
        text = _POSSESSIVE.sub("", match[0])
        found.append(Word(text, match.start(), match.start() + len(text)))
    return found


def name_runs(query: str, found: Sequence[Word]) -> Iterator[Run]:
    """Up to four words that could be a name, or what else is taken out; single ones only with a capital letter."""
    for run in runs(query, found, longest=LONGEST_RUN):
        first, *inner = run.words[:-1] or run.words
        ends = (first, run.words[-1])
        if len(run.words) == 1 and not first.is_capitalised:
            continue
        if all(word.may_name for word in ends) and all(_may_stand_within(word) for word in inner):
            yield run


def runs(query: str, found: Sequence[Word], *, longest: int) -> Iterator[Run]:
    """All runs of neighbouring words, shortest first from each word on."""
    for first in range(len(found)):
        commas = 0
        for last in range(first, min(first + longest, len(found))):
            if last > first:
                before, word = found[last - 1], found[last]
                gap = query[before.end : word.start]
                if not _joins(before, gap):
                    break
                commas += "," in gap
            if commas > 1:
                break
            yield Run(tuple(found[first : last + 1]), is_inverted=commas == 1)


def _may_stand_within(word: Word) -> bool:
    is_initial = len(word.text) == 1 and word.is_capitalised
    return is_initial or word.may_name or word.text.casefold() in _INNER


def _joins(before: Word, gap: str) -> bool:
    if not _JOINT.fullmatch(gap):
        return False
    return "." not in gap or len(before.text) <= _LONGEST_ABBREVIATION

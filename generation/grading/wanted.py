"""The words of a question that passages are to have, by the terms that the index knows them by. Pure, given an encoder."""

import re
from collections.abc import Set
from dataclasses import dataclass

from core.ordinary_words import ordinary_words
from core.ports import SparseEncoder

_WORD = re.compile(r"[^\W]+(?:['\u2019-][^\W]+)*")
_ORDINARY_WEIGHT = 0.5
# Who asks with more words is not asking with all of them.
_MAX_WORDS = 64
_MAX_CHARS = 4096
# They say how to answer, not what about. Stop words have no term anyway.
_ASKING = frozenset(
    [
        "who",
        "whom",
        "whose",
        "when",
        "where",
        "why",
        "how",
        "what",
        "which",
        "many",
        "much",
        "name",
        "list",
        "explain",
        "describe",
        "tell",
        "does",
        "wer",
        "wen",
        "wem",
        "wann",
        "wo",
        "warum",
        "wie",
        "was",
        "welche",
        "welcher",
        "welches",
        "viel",
        "viele",
        "nenne",
        "erkläre",
        "beschreibe",
    ]
)
_LEAST_WEIGHT = 0.9


@dataclass(frozen=True, slots=True)
class WantedWord:
    """A word by its terms (`B5` has two), or by what it would be in other languages; names and rare words weigh 1, others less."""

    terms: frozenset[int]
    weight: float
    variants: frozenset[int] = frozenset()

    def is_in(self, terms: Set[int]) -> bool:
        """Whether the word stands among the terms of a passage."""
        return self.terms <= terms or not self.variants.isdisjoint(terms)


@dataclass(frozen=True, slots=True)
class Wanted:
    """All words of a question that say what it is about, each once, in order."""

    words: tuple[WantedWord, ...]

    def coverage(self, terms: Set[int]) -> float:
        """Weight of the words that are among the terms, as a share of all; 0 without words."""
        return _share(self.words, terms)

    def rest(self, terms: Set[int]) -> "Wanted":
        """The words that are not among the terms."""
        return Wanted(tuple(word for word in self.words if not word.is_in(terms)))

    def heaviest(self) -> float:
        """Weight of the heaviest word; 0 without words."""
        return max((word.weight for word in self.words), default=0.0)


def wanted_words(question: str, sparse: SparseEncoder) -> Wanted:
    """The words of a question."""
    found: dict[frozenset[int], WantedWord] = {}
    for word in _WORD.findall(question[:_MAX_CHARS])[:_MAX_WORDS]:
        if word.casefold() in _ASKING:
            continue
        query = sparse.encode_query(word)
        weights = list(zip(query.indices, query.values, strict=True))
        terms = frozenset(term for term, weight in weights if weight >= 1)
        variants = frozenset(term for term, weight in weights if _LEAST_WEIGHT <= weight < 1)
        if terms:
            weight = _ORDINARY_WEIGHT if word.casefold() in ordinary_words() else 1.0
            found.setdefault(terms, WantedWord(terms, weight, variants))
    return Wanted(tuple(found.values()))


def _share(words: tuple[WantedWord, ...], terms: Set[int]) -> float:
    total = sum(word.weight for word in words)
    return sum(word.weight for word in words if word.is_in(terms)) / total if total else 0.0

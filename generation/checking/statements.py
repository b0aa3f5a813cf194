"""A sentence as what it states: its words of content by their stems, its names, its negations with what they deny. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import zip_longest

from generation.checking.words import Word, is_negation, is_stop_word, words_of
from inference.lexical.languages import Language, detected, folded, stop_words

_SAMPLE_WORDS = 120
_MIN_STOP_WORDS = 2
_CLAUSE_END = re.compile(
    r"[,.;:!?()\u2013\u2014\n]|\s-\s|\b(?:but|which|who|that|however|although|aber|jedoch|sondern)\b",
    re.IGNORECASE,
)
NOT_ONLY = frozenset({"only", "just", "merely", "nur"})
"""Words that take a negation back: "not only" denies nothing."""

# Grammar that says something.
_TELLING = frozenset({"same", "own"})
_BOUNDING = frozenset({"more", "less", "fewer", "later", "earlier", "mehr", "weniger"})
_OF_SEVERAL = frozenset({"neither", "nor", "weder", "noch"})
# A negation denies the next words of content: the verb and its object.
_DENIED_WORDS = 3


@dataclass(frozen=True, slots=True)
class Denial:
    """A negation, and the stems of what it denies, in order. `at` is the place among the words of content where these begin."""

    word: str = field(repr=False)
    stems: tuple[str, ...] = field(repr=False)
    at: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What a text states. `content` are the words that are neither grammar nor figures, `stems` theirs, equally many."""

    words: tuple[Word, ...] = field(repr=False)
    content: tuple[Word, ...] = field(repr=False)
    stems: tuple[str, ...] = field(repr=False)
    denials: tuple[Denial, ...] = field(repr=False)

    @property
    def folded(self) -> frozenset[str]:
        """All words as they are compared."""
        return frozenset(word.folded for word in self.words)


def language_of(text: str) -> str:
    """The language in which to stem a text and what is compared with it; English where a single stop word speaks for another."""
    words = re.findall(r"[^\W\d_]+", text.lower())[:_SAMPLE_WORDS]
    found = detected(words, _languages())
    known = sum(word in stop_words()[found] for word in words)
    return found if known >= _MIN_STOP_WORDS else _languages()[0]


def statement(text: str, *, language: str) -> Statement:
    """What a text states, its words stemmed in this language."""
    words = words_of(text)
    content = [word for word in words if _is_content(word)]
    stems = [stem(word.folded, language) for word in content]
    denials = [
        _denial(text, word, content, stems)
        for word, following in zip_longest(words, words[1:])
        if is_negation(word.folded) and (following is None or not _is_undone(word, following, text))
    ]
    return Statement(tuple(words), tuple(content), tuple(stems), tuple(denials))


def stem(word: str, language: str) -> str:
    """The stem of a word in lower case; a stop word is its own, as is one with other signs than letters."""
    bare = word.removesuffix("'s").removesuffix("'")
    return _language(language).stem(bare) or folded(bare)


def _denial(text: str, negation: Word, content: Sequence[Word], stems: Sequence[str]) -> Denial:
    end = _CLAUSE_END.search(text, negation.end)
    last = end.start() if end else len(text)
    after = [at for at, word in enumerate(content) if negation.end <= word.start < last]
    at = sum(word.start < negation.end for word in content)
    count = _DENIED_WORDS * 2 if negation.folded in _OF_SEVERAL else _DENIED_WORDS
    return Denial(negation.folded, tuple(stems[one] for one in after[:count]), at)


def _is_undone(negation: Word, following: Word, text: str) -> bool:
    """Of "not only", "no more than" and "No. 16" nothing is denied."""
    if following.folded in NOT_ONLY:
        return True
    is_number = following.folded[0].isdigit() and text[negation.end : following.start].strip() in {"", "."}
    return negation.folded == "no" and (following.folded in _BOUNDING or is_number)


def _is_content(word: Word) -> bool:
    folded_word = word.folded
    return (
        folded_word[0].isalpha()
        and not any(sign.isdigit() for sign in folded_word)
        and (
            not is_stop_word(folded_word)
            or folded_word in _TELLING
            or (word.is_name and len(folded_word) > 1)
        )
        and not is_negation(folded_word)
    )


@cache
def _languages() -> tuple[str, ...]:
    return ("english", *sorted(set(stop_words()) - {"english"}))


@cache
def _language(name: str) -> Language:
    return Language(name)

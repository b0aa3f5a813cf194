"""Whether a sentence says of one thing what its source says of another: the same words with two of them exchanged. Pure.

A word is known by what stands before it: "Anna manages Bob" and "Bob manages Anna" differ in nothing else. Words that "and" joins
may be exchanged, and so may phrases with their prepositions.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

from generation.checking.statements import Statement
from generation.checking.words import Word, is_stop_word

_ARTICLES_WORDS = (
    "the a an this that these those its their his her der die das den dem des ein eine einen einem einer"
)
_ARTICLES = frozenset(_ARTICLES_WORDS.split())
_JOINING = frozenset(["and", "or", "as", "well", "both", "und", "oder", "sowie", "&", "/", "+"])
# A longer sentence has too many pairs, and is hardly a copy.
_MAX_WORDS = 120


def is_exchanged(said: Statement, known: Statement) -> bool:
    """Whether two words, or two figures, of the evidence stand in each other's place in the sentence."""
    return _is_crossed(_before_words(said), _before_words(known)) or _is_crossed(
        _before_figures(said.words), _before_figures(known.words)
    )


def _is_crossed(said: Mapping[str, str], known: Mapping[str, str]) -> bool:
    moved = [
        word for word, before in said.items() if known.get(word, before) != before and before not in _JOINING
    ]
    return any(
        said[one] == known[other] and said[other] == known[one]
        for one, other in combinations(moved[:_MAX_WORDS], 2)
        if known[one] not in _JOINING and known[other] not in _JOINING
    )


def _before_words(statement: Statement) -> dict[str, str]:
    """To each stem that occurs once the word before it, articles left out; empty at the beginning."""
    stems = {word.start: stem for word, stem in zip(statement.content, statement.stems, strict=True)}
    found, before = [], ""
    for word in statement.words:
        if word.folded in _ARTICLES:
            continue
        named = stems.get(word.start, word.folded)
        if word.start in stems:
            found.append((named, before))
        before = named
    return _single(found)


def _before_figures(words: Sequence[Word]) -> dict[str, str]:
    """To each figure that occurs once the word of content or the figure before it."""
    found, before = [], ""
    for word in words:
        if word.folded[0].isdigit():
            found.append((word.folded, before))
        if word.folded[0].isdigit() or not is_stop_word(word.folded):
            before = word.folded
    return _single(found)


def _single(found: Sequence[tuple[str, str]]) -> dict[str, str]:
    counts = Counter(named for named, _ in found)
    return {named: before for named, before in found if counts[named] == 1}

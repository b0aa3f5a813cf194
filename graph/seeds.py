"""Where a walk begins: the entities that a question names. No model: every run of its words is looked up."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.pseudonyms import TOKEN
from graph.keys import entity_key
from graph.visible import VisibleGraph
from inference.lexical.languages import stop_words

_LONGEST_NAME = 8
"""Words of the longest name that is looked for."""
_MAX_WORDS = 200
_MAX_SEEDS = 16
_SHORTEST_KEY = 3
_WORD = re.compile(r"\S+")
_EDGES = " \t?!,.;:\"'()[]{}<>\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb"
_ENGLISH = "english"


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    is_first: bool

    @property
    def is_capitalised(self) -> bool:
        return any(map(str.isupper, self.text))


def question_keys(query: str, visible: VisibleGraph) -> tuple[str, ...]:
    """Leading keys of the entities that a question names, of those that may be seen; the longest names first. Blocks.

    A name is a run of words that is a key and lies in no longer one. Where the question writes some words with capitals, a name
    has one; else it has two words or more.
    """
    words = [
        _Word(match[0].strip(_EDGES), number == 0)
        for number, match in enumerate(_WORD.finditer(query))
        if number < _MAX_WORDS
    ]
    has_capitals = any(word.is_capitalised for word in words if not word.is_first)
    taken = [False] * len(words)
    found: dict[str, None] = {}
    for first, last in _runs(len(words)):
        if any(taken[first:last]) or not _may_name(words[first:last], has_capitals=has_capitals):
            continue
        cluster = visible.cluster(_key(words[first:last]))
        if cluster:
            found[cluster[0]] = None
            taken[first:last] = [True] * (last - first)
    return tuple(found)[:_MAX_SEEDS]


def _runs(count: int) -> Iterator[tuple[int, int]]:
    for length in range(min(_LONGEST_NAME, count), 0, -1):
        for first in range(count - length + 1):
            yield first, first + length


def _may_name(run: list[_Word], *, has_capitals: bool) -> bool:
    if has_capitals:
        if not any(word.is_capitalised for word in run):
            return False
    elif len(run) == 1:
        return False
    if len(run) > 1:
        return True
    text = run[0].text
    return len(text) >= _SHORTEST_KEY and text.lower() not in stop_words()[_ENGLISH] and not text.isdigit()


def _key(run: list[_Word]) -> str:
    text = " ".join(word.text for word in run)
    token = TOKEN.match(text) if len(run) == 1 else None
    # A pseudonym is its own key, whatever ending it has here: "PERSON_7f3a9c2b41d0's".
    return token[0] if token else entity_key(text)

"""Looking for phrases by their words. Pure; the time grows with the length of the text alone, whatever the phrases are.

Words are compared without case, accents of compatibility forms and invisible characters. `*` in a word of a phrase stands for any
letters and digits, none too; alone it stands for any one word.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

# Zero-width signs and soft hyphens do not end a word: who puts them into one means to hide it.
_HIDDEN = "\u00ad\u200b-\u200f\u2060-\u2064\ufeff"
_WORD = re.compile(rf"[\w{_HIDDEN}]+")
_HIDDEN_SIGNS = re.compile(f"[{_HIDDEN}]")
_PATTERN_WORD = re.compile(r"[\w*]+")
# No word is compared beyond this.
_MOST_CHARS = 64
_ANY = "*"


class _Word(NamedTuple):
    normal: str
    start: int
    end: int


@dataclass(slots=True)
class _Step:
    """What may follow the words of phrases up to here. `is_end`: a phrase ends here."""

    plain: dict[str, "_Step"] = field(default_factory=dict)
    wild: dict[str, "_Step"] = field(default_factory=dict)
    is_end: bool = False

    def after(self, word: str) -> "list[_Step]":
        """The steps that a word leads to."""
        plain = self.plain.get(word)
        found = [step for pattern, step in self.wild.items() if _fits(pattern, word)] if self.wild else []
        return found if plain is None else [plain, *found]


class PhraseTable:
    """Phrases, ready to be looked for: as a tree of their words, so that many that begin alike cost no more than one."""

    def __init__(self, phrases: Sequence[str]) -> None:
        """Phrases without a word are none."""
        self._root = _Step()
        for phrase in phrases:
            self._add(_PATTERN_WORD.findall(_normal(phrase)))

    def places(self, text: str) -> tuple[tuple[int, int], ...]:
        """Where the phrases stand: from the first letter of one to behind its last."""
        if not self._root.plain and not self._root.wild:
            return ()
        words = _words(text)
        return tuple(
            (first.start, words[last].end) for at, first in enumerate(words) for last in self._ends(words, at)
        )

    def _add(self, words: Sequence[str]) -> None:
        step = self._root
        for word in words:
            step = (step.wild if _ANY in word else step.plain).setdefault(word, _Step())
        step.is_end = bool(words)

    def _ends(self, words: Sequence[_Word], at: int) -> list[int]:
        """The last words of the phrases that begin at this one."""
        ends = []
        steps = [self._root]
        while steps and at < len(words):
            steps = [after for step in steps for after in step.after(words[at].normal)]
            if any(step.is_end for step in steps):
                ends.append(at)
            at += 1
        return ends


@lru_cache(maxsize=1024)
def table_of(phrases: tuple[str, ...]) -> PhraseTable:
    """The table of these phrases, made once."""
    return PhraseTable(phrases)


def _fits(pattern: str, word: str) -> bool:
    """Whether a word is one of the pattern: its parts between stars, in order, the first leftmost place is enough."""
    if _ANY not in pattern:
        return pattern == word
    first, *middle, last = pattern.split(_ANY)
    if not word.startswith(first) or not word.endswith(last) or len(word) < len(first) + len(last):
        return False
    at, end = len(first), len(word) - len(last)
    for part in middle:
        at = word.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


def _words(text: str) -> list[_Word]:
    found = []
    for match in _WORD.finditer(text):
        normal = _normal(match[0][: _MOST_CHARS * 2])[:_MOST_CHARS]
        if normal:
            found.append(_Word(normal, match.start(), match.end()))
    return found


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", _HIDDEN_SIGNS.sub("", text)).casefold()

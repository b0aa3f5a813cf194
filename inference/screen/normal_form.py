"""The form in which phrases are looked for: plain lower-case letters, without disguises; and the way back. Pure.

Taken away: accents, compatibility forms (full width, ligatures), characters without width, letters of another script that look
like Latin ones beside Latin ones, digits that stand for letters inside words. Unicode's tag characters become what they spell.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from core.offsets import Edit, OffsetMap

_TAGS = range(0xE0000, 0xE0080)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
# Cyrillic and Greek letters that a reader takes for Latin ones (Unicode's confusables, lower case).
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u051b\u0475\u04bb\u04cf\u043a\u043c\u0442\u043d\u0432"
    "\u03b1\u03bf\u03c1\u03c5\u03bd\u03b9\u03ba\u03c4\u03b5\u03c7",
    "aeopcyxijsdqvhlkmthb" + "aopuviktex",
)
_QUOTES = {
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
    "\u00ab": '"',
    "\u00bb": '"',
    "\u2018": "'",
    "\u2019": "'",
}
# Not what stands before the domain of a mail address.
_LEET_WORD = re.compile(
    r"\b(?![a-z0-9$]*@[a-z0-9-]+\.[a-z])(?=[a-z0-9@$]*[a-z][013457@$]+[a-z]|[013457@$]+[a-z]{2})[a-z0-9@$]{3,}\b"
)
_LEET = str.maketrans("013457@$", "oieastas")


@dataclass(frozen=True, slots=True)
class NormalText:
    """A text in normal form; `places` leads from positions in it to those in the original, None where both are the same."""

    text: str
    places: OffsetMap | None = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where a range of the normal form stands in the original."""
        return self.places.span(start, end) if self.places else (start, end)


def normal_form(text: str) -> NormalText:
    """The normal form of a text."""
    if text.isascii():
        return NormalText(_unleet(text.lower()))
    folded, edits = _folded(text)
    return NormalText(_unleet(folded), OffsetMap(edits) if edits else None)


def _folded(text: str) -> tuple[str, list[Edit]]:
    parts: list[str] = []
    edits: list[Edit] = []
    at, length = 0, 0
    for match in _NOT_ASCII.finditer(text):
        plain = text[at : match.start()].lower()
        parts.append(plain)
        length += len(plain)
        for index in range(match.start(), match.end()):
            written = _beside_latin(text, index) or _fold(text[index])
            if len(written) != 1:
                edits.append(Edit(length, length + len(written), index, index + 1))
            parts.append(written)
            length += len(written)
        at = match.end()
    parts.append(text[at:].lower())
    return "".join(parts), edits


@lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    if character in _QUOTES:
        return _QUOTES[character]
    if ord(character) in _TAGS:
        spelled = chr(ord(character) - _TAGS.start)
        return spelled.lower() if spelled.isprintable() else ""
    if unicodedata.category(character) in {"Cf", "Mn", "Me"}:
        return ""
    parts = unicodedata.normalize("NFKD", character)
    return "".join(part for part in parts if not unicodedata.combining(part)).lower()


def _beside_latin(text: str, index: int) -> str:
    """The Latin letter that this one passes for, if the word is written in Latin letters."""
    seen = text[index].lower().translate(_LOOKALIKES)
    if not seen.isascii() or not seen.isalpha():
        return ""
    around = text[max(index - 1, 0) : index] + text[index + 1 : index + 2]
    return seen if any(other.isascii() and other.isalpha() for other in around) else ""


def _unleet(text: str) -> str:
    return _LEET_WORD.sub(lambda match: match.group().translate(_LEET), text)

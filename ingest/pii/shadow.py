"""A plain reading of a text for the recognisers, with the way back to the original. Pure.

Zero-width characters, full-width digits, look-alike letters, typographic dashes and spaces hide a value from a pattern
and from nobody's eyes. The shadow has none of them; every character of it knows the range it came from.
"""

import re
import unicodedata
from array import array
from dataclasses import dataclass

_MARKS = r"[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff]"
_CLUSTER = re.compile(rf".{_MARKS}+|[^\x00-\x7f]", re.DOTALL)
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
_QUOTES = {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"'}
_PLAIN = {**_DASHES, **_QUOTES}
# Cyrillic and Greek letters that are drawn like Latin ones (a subset of the confusables of Unicode UTS 39).
_CONFUSABLE = str.maketrans(
    "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425"
    "\u0430\u0435\u0455\u0456\u0458\u043e\u0440\u0441\u0443\u0445\u0501\u051b\u051d"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u03b1\u03c1\u03bd",
    "ABESIJKMHOPCTYXaesijopcyxdqwABEZHIKMNOPTYXoapv",
)
_CONFUSABLE_WORD = re.compile(r"[\w.@+-]*[\u0370-\u03ff\u0400-\u052f][\w.@+-]*")
_PLAIN_LETTER = re.compile(r"[A-Za-z0-9@]")
_FOREIGN_LETTER = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")


@dataclass(frozen=True, slots=True)
class Shadow:
    """What the recognisers read; `starts` and `ends` are each character's range in the original, empty if both agree."""

    text: str
    starts: "array[int]"
    ends: "array[int]"

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original that a range of the shadow came from, hidden characters inside included."""
        if not self.starts or start >= end:
            return start, end
        return self.starts[start], self.ends[end - 1]


def shadow_of(text: str) -> Shadow:
    """The plain reading: NFKC by cluster, nothing invisible, ASCII digits, dashes, quotes and spaces.

    Look-alike letters become Latin only in words that also have Latin letters or digits: a Russian word stays Russian.
    """
    if text.isascii():
        return Shadow(text, array("L"), array("L"))
    parts: list[str] = []
    starts, ends = array("L"), array("L")
    end = 0
    for cluster in _CLUSTER.finditer(text):
        _copy(text, end, cluster.start(), parts, starts, ends)
        plain = _plain(cluster[0])
        parts.append(plain)
        starts.extend([cluster.start()] * len(plain))
        ends.extend([cluster.end()] * len(plain))
        end = cluster.end()
    _copy(text, end, len(text), parts, starts, ends)
    return Shadow(_CONFUSABLE_WORD.sub(_unmixed, "".join(parts)), starts, ends)


def _copy(
    text: str, start: int, end: int, parts: list[str], starts: "array[int]", ends: "array[int]"
) -> None:
    if start < end:
        parts.append(text[start:end])
        starts.extend(range(start, end))
        ends.extend(range(start + 1, end + 1))


def _plain(cluster: str) -> str:
    if cluster in _PLAIN:
        return _PLAIN[cluster]
    # Letters with an accent, most of what is not ASCII, are their own NFKC form.
    normal = unicodedata.normalize("NFKC", cluster)
    return "".join(_plain_character(character) for character in normal)


def _plain_character(character: str) -> str:
    if character.isalpha() or character.isascii():
        return character
    category = unicodedata.category(character)
    if category == "Cf" or "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
        return ""
    if category == "Zs":
        return " "
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return _PLAIN.get(character, character)


def _unmixed(word: re.Match[str]) -> str:
    """Latin letters for look-alikes, one for one, where a word mixes scripts."""
    letters = word[0]
    if not _PLAIN_LETTER.search(letters):
        return letters
    latin = letters.translate(_CONFUSABLE)
    # A letter without a twin says that the script is meant: a Cyrillic word beside a digit.
    return letters if _FOREIGN_LETTER.search(latin) else latin

"""The plain reading of characters: what a reader sees, whatever they are encoded as. Pure.

Zero-width characters, full-width digits, look-alike letters, typographic dashes and spaces hide a value from a pattern
and from nobody's eyes. Detection and the normal forms of values read texts by the same rules.
"""

import re
import unicodedata

_MARKS = r"[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff]"
CLUSTER = re.compile(rf".{_MARKS}+|[^\x00-\x7f]", re.DOTALL)
"""A character with its combining marks, or one that is not ASCII: what is read anew, one by one."""

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


def plain_reading(text: str) -> str:
    """The text as it reads: NFKC by cluster, nothing invisible, ASCII digits, dashes, quotes and spaces.

    Look-alike letters become Latin only in words that also have Latin letters or digits: a Russian word stays Russian.
    """
    if text.isascii():
        return text
    return without_look_alikes(CLUSTER.sub(lambda cluster: plain_cluster(cluster[0]), text))


def plain_cluster(cluster: str) -> str:
    """How one `CLUSTER` reads; empty if it is invisible."""
    if cluster in _PLAIN:
        return _PLAIN[cluster]
    # Letters with an accent, most of what is not ASCII, are their own NFKC form.
    normal = unicodedata.normalize("NFKC", cluster)
    return "".join(_plain_character(character) for character in normal)


def without_look_alikes(text: str) -> str:
    """Latin letters for look-alikes, one for one, in words that mix scripts."""
    return _CONFUSABLE_WORD.sub(_unmixed, text)


def _plain_character(character: str) -> str:
    if character.isalpha() or character.isascii():
        return character
    category = unicodedata.category(character)
    if category == "Cf" or "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
        return ""
    if category == "Cs":
        # Half a character: language models refuse to read it.
        return "\ufffd"
    if category == "Zs":
        return " "
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return _PLAIN.get(character, character)


def _unmixed(word: re.Match[str]) -> str:
    letters = word[0]
    if not _PLAIN_LETTER.search(letters):
        return letters
    latin = letters.translate(_CONFUSABLE)
    # A letter without a twin says that the script is meant: a Cyrillic word beside a digit.
    return letters if _FOREIGN_LETTER.search(latin) else latin

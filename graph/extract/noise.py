"""Where a name begins and ends, and what is none. Pure."""

import re

from core.graph import EntityKind
from graph.extract.words import SHORT_NAMES, function_words, generic_words

MAX_NAME_CHARS = 100
"""What is longer is a list or a sentence."""
_MAX_WORDS = 12
_START = re.compile(r"[\s*_#|>~`\"'\u201c\u201d\u2018\u2019(\[{,;:.!?/\\=+\u2022\u2013\u2014-]+")
_END = re.compile(r"(?:['\u2019]s)?[\s*_#|<~`\"'\u201c\u201d\u2018\u2019)\]},;:!?/\\=\u2022\u2013\u2014-]*\Z")
_FIRST_WORD = re.compile(r"([^\W\d_]+)(?:['\u2019]s)?\s+")
_LINKS = frozenset({"de", "van", "von", "al", "bin", "el", "la", "le", "di", "da", "du", "der"})
_DETERMINERS = frozenset({"the", "a", "an", "this", "that", "its", "his", "her", "their", "our"})
_LINE = re.compile(r"[^\n\r\t|\u2029]+")
_ALNUM = re.compile(r"[^\W_]")
_WORD = re.compile(r"[^\W_]+")
_LETTER = re.compile(r"[^\W\d_]")
_VALUE_JUNK = re.compile(r"[|\n\r<>{}\[\]#*`\\]")


def trimmed(text: str, start: int, end: int, *, is_value: bool = False) -> tuple[int, int]:
    """A span without the marks, articles, small words and possessive around the name, on one line; empty if nothing is left.

    A value keeps its small words ("two years").
    """
    line = next((one for one in _LINE.finditer(text, start, end) if _ALNUM.search(one[0])), None)
    if line is None:
        return start, start
    start, end = _after_marks(text, line.start(), line.end()), line.end()
    while (word := _FIRST_WORD.match(text, start, end)) and _is_before_name(word[1], is_value=is_value):
        start = _after_marks(text, word.end(), end)
    return start, start + len(_END.sub("", _before_bracket(text[start:end])))


def _before_bracket(name: str) -> str:
    """Without what begins in brackets and ends elsewhere: "World Health Organization (WHO"."""
    opened = name.find("(")
    return name[:opened] if opened > 0 and ")" not in name[opened:] else name


def _is_before_name(word: str, *, is_value: bool) -> bool:
    is_small = not is_value and word.islower() and word not in _LINKS
    return is_small or word.lower() in _DETERMINERS


def _after_marks(text: str, start: int, end: int) -> int:
    mark = _START.match(text, start, end)
    return mark.end() if mark else start


def is_noise(name: str, kind: EntityKind) -> bool:
    """Whether this is no name: too long or short, no word in it that is a name's."""
    if kind is EntityKind.VALUE:
        return not name or len(name) > MAX_NAME_CHARS or bool(_VALUE_JUNK.search(name))
    if not 2 <= len(name) <= MAX_NAME_CHARS or not _LETTER.search(name):
        return True
    words = _WORD.findall(name)
    if len(words) > _MAX_WORDS or not any(map(_is_naming, words)):
        return True
    return len(words) == 1 and (words[0].islower() or _is_adverb(words[0]))


def _is_naming(word: str) -> bool:
    if word in SHORT_NAMES:
        return True
    lowered = word.lower()
    is_generic = lowered in generic_words() or lowered.removesuffix("s") in function_words()
    return not word.isdecimal() and not word.islower() and not is_generic


def _is_adverb(word: str) -> bool:
    """A first word of a sentence that the model took for a name: "Instrumentally"."""
    return len(word) > 6 and word.endswith("ly") and not word.isupper()


def is_ordinary(word: str) -> bool:
    """Whether no name begins with the word."""
    return word.lower() in function_words()

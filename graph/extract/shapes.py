"""Names by the way in which they are written: codes, runs of capitalised words, titles in quotes. Pure; linear in the text."""

import re
from collections.abc import Collection, Iterator

from graph.extract.noise import is_ordinary
from graph.extract.words import SHORT_NAMES, always_outside, generic_words, opening_words

UPPER = f"[{''.join(char for char in map(chr, range(0x530)) if char.isupper())}]"
"""A capital letter, as a pattern: of Latin, Greek, Cyrillic."""
_TITLES = r"(?:St|Mt|Ft|Dr|Mr|Mrs|Ms|Prof|Jr|Sr|Lt|Col|Gen|Gov|Sen|Rev|Capt|Hon)\."
# A word of a name: "McDonald", "Triple-A", "O'Brien", "AT&T", "J."; a possessive ends it.
_WORD = rf"(?:{_TITLES}|{UPPER}\.(?=\s?{UPPER}|\s[^\W\d_])|{UPPER}(?:\w|['\u2019&.+-](?!s\b)(?=\w)){{0,60}}\+{{0,2}})"
_LINK = r"(?:of|of the|for|for the|de|de la|de los|la|le|du|des|del|della|di|da|dos|das|van|van der|van den|von|von der|der|den|zu|bin|ibn|al|&|y|e)"
_NUMBER = r"(?:\d{1,4}(?![\d.,:%/-]\d|\w|%)|[IVX]{1,4}\b)"
_RUN = re.compile(rf"(?<![\w@#$/.-]){_WORD}(?:(?: {_LINK})? ?(?<= ){_WORD}|(?<=\.){_WORD}| {_NUMBER}){{0,9}}")
_LINK_WORDS = frozenset(re.findall(r"[a-z]+", _LINK))
_LEGAL_FORM = re.compile(r",? (?:Inc|Ltd|LLC|Corp|Co|GmbH|AG|S\.A|PLC|plc|LLP)\b\.?")

_CODES = re.compile(
    r"(?<![\w/.@-])(?:"
    r"CVE-\d{4}-\d{4,7}"
    r"|(?:ISO(?:/IEC|/TS)?|IEC|RFC|DIN|IEEE|NIST(?: SP)?|ANSI|ASTM|ECMA|BS EN|EN|UL) ?-?\d{2,5}(?:[-:.]\d{1,6}){0,3}"
    r"|[A-Z]{2,8}(?:[-_/][A-Z0-9]{1,12}){0,3}[-_/]\d[A-Z0-9]{0,15}(?:-[A-Z0-9]{1,12}){0,2}"  # PO-2024-0017, HR-1042
    r"|#\d{4,12}"
    r"|(?=[A-Z]*\d)(?=[A-Z0-9]*[A-Z][A-Z0-9]*\d)[A-Z][A-Z0-9]{4,19}"  # WH1000XM4
    r"|[A-Za-z0-9]{1,40}(?:_[A-Za-z0-9]{1,40}){1,8}"  # max_tokens
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}"
    r"|[a-z][a-z0-9]{1,30}(?:-[a-z0-9]{1,20}){0,4}-\d{4,8}"  # claude-3-opus-20240229
    r")(?![\w@/-]|\.\w)"
)
_QUOTED = re.compile(r"(?<!\w)(?:\"([^\"\n|]{2,80})\"|\u201c([^\u201c\u201d\n|]{2,80})\u201d)(?!\w)")
_LETTERED = re.compile(r"[^\W\d_][\w'\u2019-]*")
_SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "but",
        "nor",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "from",
        "by",
        "with",
        "as",
        "is",
        "it",
        "n",
        "vs",
        "into",
        "over",
        "de",
        "la",
        "le",
        "les",
        "et",
    ]
)


def codes(text: str) -> Iterator[tuple[int, int]]:
    """Identifiers: of orders, standards, flaws, parameters, models, addresses of mail. Versions and dates are none."""
    for match in _CODES.finditer(text):
        # A word of the language between underscores is emphasis.
        if not (match[0].startswith("_") or match[0].endswith("_") or match[0].replace("_", "").isdecimal()):
            yield match.span()


def quoted_titles(text: str) -> Iterator[tuple[int, int]]:
    """What stands in quotes and is capitalised like a title."""
    for match in _QUOTED.finditer(text):
        group = 1 if match[1] is not None else 2
        words = _LETTERED.findall(match[group])
        if words and words[0][0].isupper() and all(word[0].isupper() or word in _SMALL for word in words):
            start = match.start(group)
            yield start, start + len(match[group].rstrip(" .,;:!?"))


def runs(text: str, *, lower_words: Collection[str], starts: Collection[int]) -> Iterator[tuple[int, int]]:
    """Capitalised words that stand together.

    Args:
        text: Legible text.
        lower_words: Words that the document writes in lower case: alone, they are no names with a capital either.
        starts: Where sentences begin, and with them capitals that mean nothing.
    """
    for match in _RUN.finditer(text):
        start, end = _without_ordinary(text, match.start(), match.end(), starts)
        if start >= end:
            continue
        first = _LETTERED.match(text, start, end)
        if first and begins_clause(text, start, starts) and _is_common(first[0], lower_words):
            start = _skipped(text, first.end(), end)
        if start < end and _is_name(text, start, end, lower_words, starts):
            form = _LEGAL_FORM.match(text, end)
            yield start, form.end() if form else end


def _without_ordinary(text: str, start: int, end: int, starts: Collection[int]) -> tuple[int, int]:
    """The run without words of grammar at its ends; of "University of The" the link goes too.

    Within a sentence they belong to the name ("Two Bridges"), but for articles and the calendar.
    """
    while (
        (first := _LETTERED.match(text, start, end)) and is_ordinary(first[0]) and first[0] not in SHORT_NAMES
    ):
        if first[0].lower() not in always_outside() and not begins_clause(text, start, starts):
            break
        if first.end() < end and text[first.end()] in ".&+/":
            break
        start = _skipped(text, first.end(), end)
    words = list(_LETTERED.finditer(text, start, end))
    while words and _is_trailing(words[-1][0], text[words[-1].end() : end]):
        last = words.pop()
        end = start + len(text[start : last.start()].rstrip())
    return start, end


def _is_trailing(word: str, after: str) -> bool:
    """Whether the last word of a run is none of a name; before a number it is: "Winning Eleven 12"."""
    is_small = word in _LINK_WORDS or (is_ordinary(word) and not word.isupper())
    return is_small and not any(map(str.isdigit, after))


def _skipped(text: str, position: int, end: int) -> int:
    """Where the next word with a capital begins."""
    for word in _LETTERED.finditer(text, position, end):
        if word[0][0].isupper() and word[0] not in _LINK_WORDS:
            return word.start()
    return end


def _is_common(word: str, lower_words: Collection[str]) -> bool:
    lowered = word.lower()
    return lowered in lower_words or lowered in generic_words() or lowered in opening_words()


def _is_name(text: str, start: int, end: int, lower_words: Collection[str], starts: Collection[int]) -> bool:
    words = _LETTERED.findall(text[start:end])
    if len(words) > 1 or any(map(str.isdigit, text[start:end])):
        long = [word for word in words if len(word) > 3]
        is_shouted = len(long) > 1 and all(word.isupper() for word in words)
        has_word = any(len(word) > 1 and word.lower() not in generic_words() for word in words)
        return has_word and not is_shouted
    if not words:
        return False
    word = words[0]
    if word.isupper():
        is_common = _is_common(word, ()) and word not in SHORT_NAMES
        return 2 <= len(word) <= 6 and not is_common and not _is_shouted(text, start, end)
    if any(map(str.isupper, word[1:])):
        return len(word) > 3
    return len(word) > 2 and not begins_clause(text, start, starts) and not _is_common(word, lower_words)


def _is_shouted(text: str, start: int, end: int) -> bool:
    """Whether the words around it are in capitals too."""
    before = text[max(0, start - 25) : start].rpartition("\n")[2]
    after = text[end : end + 25].partition("\n")[0]
    around = [word for word in _LETTERED.findall(f"{before[1:]} {after[:-1]}") if len(word) > 3]
    return len(around) > 1 and all(word.isupper() for word in around)


def begins_clause(text: str, start: int, starts: Collection[int]) -> bool:
    """Whether a capital at this place says nothing: a sentence, a line or a cell begins, or what follows a colon.

    `starts` are where sentences begin.
    """
    if start in starts:
        return True
    before = text[max(0, start - 12) : start].rstrip(" \t*_`>\"'\u201c\u2018([#-")
    return not before.strip() or (
        before[-1] in "\n\r.!?:;|\u00b7\u2022\u2013\u2014\u2029" and not _is_initial(before)
    )


def _is_initial(before: str) -> bool:
    return len(before) > 2 and before[-1] == "." and before[-2].isupper() and not before[-3].isalnum()

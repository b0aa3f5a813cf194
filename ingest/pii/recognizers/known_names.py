"""Names of people that the gazetteer knows, alone, in full, in lists and as an e-mail address spells them."""

import re
from collections.abc import Iterator

from ingest.pii.recognizers.gazetteer import Gazetteer
from ingest.pii.recognizers.name_shapes import ORGANISATION, SEQUENCE, SINGLE, WORD

FULL = 0.7
_ALONE = 0.5
_LIST = re.compile(
    rf"(?<![\w&]){WORD}(?:, {WORD}){{1,12}},? (?:and|or|und|et|y|e|&) {WORD}(?!\w)|(?<![\w&]){WORD} (?:and|&) {WORD}(?!\w)"
)
_REVERSED = re.compile(rf"(?<![\w]){WORD}, {WORD}(?: \w\.)?(?!\w)")
_WORD_BEFORE = re.compile(r"([^\W\d_]+(?:[-'\u2019][^\W\d_]+)*)(?: \w\.)? \Z")
_WORD_BEFORE_CHARS = 40
_LOCAL_PART = re.compile(r"(?<![\w.])([^\W\d_]{2,})[._-]([^\W\d_]{2,})@")
_WORDS = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*\.?")


def known_names(text: str, names: Gazetteer) -> Iterator[tuple[int, int, float]]:
    """Start, end and confidence of names."""
    for match in SEQUENCE.finditer(text):
        yield from _in_sequence(match, names, text)
    for match in _LIST.finditer(text):
        yield from _in_list(match, names, text)
    for match in _REVERSED.finditer(text):
        family, given = (word.strip(".") for word in match[0].split(", ")[:2])
        if _follows_given(text, match.start(), names):
            # The end of one name and the beginning of the next: "Jane Smith, Robert Miller".
            continue
        if names.is_family(family) and not names.is_ordinary(family) and names.means_person(given.split()[0]):
            yield *match.span(), FULL
    for match in _LOCAL_PART.finditer(text):
        yield from _spelled_out(match[1], match[2], text)


def _follows_given(text: str, start: int, names: Gazetteer) -> bool:
    before = _WORD_BEFORE.search(text, max(start - _WORD_BEFORE_CHARS, 0), start)
    return before is not None and before[1][0].isupper() and names.is_given(before[1])


def _in_sequence(match: re.Match[str], names: Gazetteer, text: str) -> Iterator[tuple[int, int, float]]:
    """The stretch of a sequence of capitalised words from the first given name (or initial) to the last name."""
    parts = [
        (part[0].strip("."), part.start() + match.start(), part.end() + match.start())
        for part in _WORDS.finditer(match[0])
    ]
    if _is_organisation(text, match.start(), match.end()):
        return
    index = 0
    while index < len(parts):
        end = _end_of_name(parts, index, names)
        if end > index:
            full = end - index > 1
            yield parts[index][1], _bare_end(parts[end - 1]), FULL if full else _ALONE
        index = max(end, index + 1)


def _bare_end(part: tuple[str, int, int]) -> int:
    word, start, end = part
    return end if len(word) == 1 else start + len(word)


def _end_of_name(parts: list[tuple[str, int, int]], index: int, names: Gazetteer) -> int:
    """Index behind the last part of the name that begins here; the same index if none does."""
    first = parts[index][0]
    begins = len(first) == 1 or names.is_given(first)
    if not begins:
        return index
    end = index + 1
    while end < len(parts) and end - index < 5 and _continues(parts[end][0], names):
        end += 1
    while end > index + 1 and len(parts[end - 1][0]) == 1:
        end -= 1
    return end if _enough([part[0] for part in parts[index:end]], names) else index


def _continues(word: str, names: Gazetteer) -> bool:
    return len(word) == 1 or names.is_family(word) or names.is_given(word) or not names.is_ordinary(word)


def _enough(words: list[str], names: Gazetteer) -> bool:
    """Whether the words say more than that somebody could be called so."""
    strong = [names.means_person(word) for word in words]
    telling = [
        len(word) > 2 and not names.is_ordinary(word) and (names.is_family(word) or names.is_given(word))
        for word in words
    ]
    if len(words) == 1:
        return strong[0] and not words[0].isupper()
    return any(telling) if len(words[0]) == 1 else strong[0] or any(telling[1:])


def _in_list(match: re.Match[str], names: Gazetteer, text: str) -> Iterator[tuple[int, int, float]]:
    """Every member of a list of single names, if at least one is known and none is an everyday word."""
    members = [
        (found[0], found.start(), found.end()) for found in SINGLE.finditer(text, match.start(), match.end())
    ]
    words = [word for word, _, _ in members]
    if _is_organisation(text, match.start(), match.end()) or any(
        names.is_ordinary(word) and not names.is_family(word) for word in words
    ):
        return
    known = sum(
        names.means_person(word) or (names.is_family(word) and not names.is_ordinary(word)) for word in words
    )
    score = FULL if sum(map(names.means_person, words)) >= max(3, len(words) * 0.6) else _ALONE
    if known * 2 >= len(words):
        yield from ((start, end, score) for _, start, end in members)


def _spelled_out(given: str, family: str, text: str) -> Iterator[tuple[int, int, float]]:
    pattern = rf"(?i)(?<!\w)(?:{given} (?:\w\.? )?{family}|{family}, {given})(?![\w@.])"
    yield from ((*match.span(), FULL) for match in re.finditer(pattern, text))


def _is_organisation(text: str, start: int, end: int) -> bool:
    """Whether the words belong to the name of a firm, a place or a thing."""
    return bool(
        ORGANISATION.match(text[end : end + 30].lstrip(" ,&")) or ORGANISATION.search(text[start:end])
    )

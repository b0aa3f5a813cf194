"""What is looked for in an answer: values by their shapes. Pure."""

import re
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple, Protocol

from core.check_digits import passes_luhn, passes_mod_97


class Found(NamedTuple):
    """`text[start:end]` is a value of this type."""

    entity: str
    start: int
    end: int


class Finder(Protocol):
    """Finds values."""

    def first(self, text: str, start: int) -> Found | None:
        """The first one that begins at `start` or later."""


class ValueFinder:
    """Finds values by their shapes and check digits: e-mail addresses, numbers, keys. No names: these have no shape."""

    def __init__(self, entities: Collection[str], *, allow: Collection[str] = ()) -> None:
        """The types to look for, and values that are none, in any case."""
        self._shapes = [shape for shape in _SHAPES if shape.entity in entities]
        self._allow = {value.casefold() for value in allow}

    def first(self, text: str, start: int) -> Found | None:
        """The first one that begins at `start` or later; of several the one of the type that is listed first."""
        found = [one for shape in self._shapes if (one := self._first(shape, text, start))]
        return min(found, key=lambda one: one.start, default=None)

    def _first(self, shape: "_Shape", text: str, start: int) -> Found | None:
        for match in _overlapping(shape.pattern, text, start):
            end = shape.end(match)
            if end and match.string[match.start() : end].casefold() not in self._allow:
                return Found(shape.entity, match.start(), end)
        return None


class _Shape(NamedTuple):
    """A pattern, and a check of the characters without the marks between groups."""

    entity: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool] | None = None

    def end(self, match: re.Match[str]) -> int | None:
        """Where the value ends: at the last group up to which the check is passed. A year may follow a card's number."""
        if self.check is None:
            return match.end()
        text, start = match.string, match.start()
        ends = [match.end(), *(at for at in range(match.end() - 1, start, -1) if text[at] in " -")]
        return next((end for end in ends if self.check(re.sub("[ -]", "", text[start:end]))), None)


def _is_card(digits: str) -> bool:
    return 13 <= len(digits) <= 19 and passes_luhn(digits)


def _is_iban(code: str) -> bool:
    return len(code) >= 15 and passes_mod_97(code)


_EDGE, _END = "(?<![A-Za-z0-9_])", "(?![A-Za-z0-9_])"
_LOCAL_PART = "[A-Za-z0-9\u00c0-\u024f._%+-]"
_SHAPES = (
    _Shape(
        "SECRET",
        re.compile(
            _EDGE
            + r"(?:(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{30,250}|github_pat_[A-Za-z0-9_]{22,250}"
            r"|glpat-[A-Za-z0-9_-]{20,250}|xox[abeoprs]-[A-Za-z0-9-]{10,250}|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,250}"
            r"|AIza[A-Za-z0-9_-]{35}|sk-[A-Za-z0-9_-]{20,250}|hf_[A-Za-z0-9]{30,250}|npm_[A-Za-z0-9]{36}"
            r"|eyJ[A-Za-z0-9_-]{8,150}\.[A-Za-z0-9_-]{8,200}\.[A-Za-z0-9_-]{0,100})"
        ),
    ),
    _Shape(
        "EMAIL_ADDRESS",
        re.compile(
            rf"(?<!{_LOCAL_PART}){_LOCAL_PART}{{1,64}}@(?:[A-Za-z0-9-]{{1,63}}\.){{1,4}}[A-Za-z]{{2,24}}(?![A-Za-z0-9-])"
        ),
    ),
    _Shape(
        "IBAN_CODE",
        re.compile(rf"{_EDGE}[A-Z]{{2}}\d\d(?:[ -]?[A-Z0-9]{{4}}){{2,7}}(?:[ -]?[A-Z0-9]{{1,3}})?{_END}"),
        _is_iban,
    ),
    _Shape(
        "CREDIT_CARD",
        re.compile(rf"{_EDGE}(?:4\d|5[1-5]|2[2-7]|3[04-9]|6\d)(?:[ -]?\d){{11,21}}{_END}"),
        _is_card,
    ),
    _Shape("US_SSN", re.compile(rf"{_EDGE}(?!000|666)\d{{3}}-(?!00)\d\d-(?!0000)\d{{4}}(?![A-Za-z0-9_-])")),
    _Shape("PHONE_NUMBER", re.compile(rf"(?<![A-Za-z0-9_+])\+\d(?:[ ().-]{{0,2}}\d){{7,14}}{_END}")),
    _Shape("PHONE_NUMBER", re.compile(rf"(?<![A-Za-z0-9_.-])\(?\d{{3}}\)?[ .-]\d{{3}}[.-]\d{{4}}{_END}")),
)


def _overlapping(pattern: re.Pattern[str], text: str, start: int) -> Iterator[re.Match[str]]:
    while match := pattern.search(text, start):
        yield match
        start = match.start() + 1

"""The figures of a text: numbers with their units, dates, times, codes and addresses, each in one form. Pure.

`1,000`, `1.000` in German and `twelve` are numbers however they are written; `3 March 2024` and `2024-03-03` are one day.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from core.ordinary_words import ordinary_words
from core.pseudonyms import TOKEN
from generation.checking.dates import Day, days_of
from generation.checking.number_words import SCALE_WORDS, scale, spelled_numbers
from generation.checking.units import UNIT, unit_named
from inference.lexical.languages import detected, stop_words

# In German, French and most other languages of Europe the comma is the decimal sign.
_COMMA_LANGUAGES = (
    "german",
    "french",
    "spanish",
    "italian",
    "portuguese",
    "dutch",
    "danish",
    "swedish",
    "norwegian",
    "finnish",
    "hungarian",
    "russian",
)
_LANGUAGES = ("english", *_COMMA_LANGUAGES)
_SAMPLE_WORDS = 60
_LEAST_TELLING = 2
_ADDRESS = re.compile(
    r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}|(?:https?://|www\.)[^\s<>\"'|)\]]{1,2000}",
    re.IGNORECASE,
)
# A word with digits, unless it only stands before a number ("top-10"); a version; groups of digits.
_PART = r"(?:[-_./][A-Za-z0-9]+)*(?!\w)"
_CODE = re.compile(
    rf"(?<!\w)(?![a-z]+-\d+(?![\w-])|(?i:mid|pre|post|early|late|v)-?\d)(?=[A-Za-z_./-]{{1,40}}\d)[A-Za-z][A-Za-z0-9]*{_PART}"
    r"|(?<![\w.,])(?!\d{1,3}(?:\.\d{3})+(?![\d.]))v?\d+(?:\.\d+){2,}(?!\w)"
    r"|(?<!\w)\d+[A-Z]{1,3}\d[A-Z0-9]*(?!\w)|(?<!\w)\d+(?:-\d+){2,}(?!\w)"
)
_GROUPED = r"\d{1,3}(?:[.,'\u2019\u00a0\u202f]\d{3})+(?!\d)"
_NUMBER = re.compile(
    rf"(?P<sign>(?<![\w)\d])[-\u2212])?(?P<money>(?:[$\u20ac\u00a3\u00a5]|\b(?:EUR|USD|GBP|CHF))\s?)?(?P<digits>(?:{_GROUPED}|\d+)(?:[.,]\d+)?)"
    rf"(?:[\s-]?(?P<scale>(?:{SCALE_WORDS})\b|[kK](?![\w])))?(?:\s?-?(?P<unit>{UNIT}))?",
    re.IGNORECASE,
)
_TELLING_NUMBER = re.compile(
    r"(?<![\w.,])(?:\d{1,3}(?P<group>[.,])\d{3}(?:(?P=group)\d{3})+|(?:\d{1,3}(?:[.,]\d{3})+|\d+)(?P<decimal>[.,])(?:\d{1,2}|\d{4,}))(?![\w.,]?\d)"
)
_UNIT_AFTER = re.compile(rf"[\s-]?(?P<unit>{UNIT})", re.IGNORECASE)
_TIME = re.compile(
    r"(?<![\d:.])(\d{1,2})(?:[:.](\d{2}))?\s?([ap])\.?m\b\.?|(?<![\d:.])(\d{1,2}):(\d{2})(?![\d:])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Number:
    """A value with its unit, empty where none is written beside it."""

    value: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a text. `spelled` are numbers in words; `days` what each date may mean. `codes` are identifiers, versions, pseudonyms, addresses and times of day, folded."""

    numbers: tuple[Number, ...] = ()
    spelled: tuple[Number, ...] = ()
    days: tuple[tuple[Day, ...], ...] = ()
    codes: tuple[str, ...] = ()
    lowered: str = field(default="", repr=False)


def figures_of(text: str, *, beside: str = "") -> Figures:
    """The figures of a text, each read once: the parts of a date or code are no numbers of their own.

    `beside` is what the text is compared with: it says how numbers are written where the text itself does not.
    """
    masked, codes = _taken(text, TOKEN, lambda match: match[0])
    masked, addresses = _taken(masked, _ADDRESS, lambda match: match[0].rstrip(".,;:!?").casefold())
    masked, days = days_of(masked)
    masked, times = _taken(masked, _TIME, _time)
    masked, names = _taken(masked, _CODE, lambda match: folded_code(match[0]))
    numbers = tuple(_numbers(masked, comma=_has_decimal_comma(text, beside)))
    found = (*codes, *addresses, *times, *names)
    return Figures(numbers, tuple(_spelled(masked)), tuple(days), found, text.casefold())


def folded_code(code: str) -> str:
    """GPT-4, gpt_4 and GPT4 are one code, v1.2.3 and 1.2.3 too; dots stay."""
    folded = re.sub("[-_/]", "", code.casefold())
    return folded[1:] if re.match(r"v\d", folded) else folded


def _taken(
    text: str, pattern: re.Pattern[str], form: Callable[[re.Match[str]], str]
) -> tuple[str, list[str]]:
    """The text with blanks in place of what was found, and that."""
    found: list[str] = []

    def blank(match: re.Match[str]) -> str:
        found.append(form(match))
        return " " * len(match[0])

    return pattern.sub(blank, text), found


def _time(match: re.Match[str]) -> str:
    if match[4] is not None:
        return f"{int(match[4]):02}:{match[5]}"
    hour = int(match[1]) % 12 + (12 if match[3].lower() == "p" else 0)
    return f"{hour:02}:{match[2] or '00'}"


def _numbers(text: str, *, comma: bool) -> Iterator[Number]:
    for match in _NUMBER.finditer(text):
        value = _value(match["digits"], comma=comma) * scale((match["scale"] or "").casefold())
        unit = unit_named(match["unit"] or (match["money"] or "").strip())
        yield Number(-value if match["sign"] else value, unit)


def _spelled(text: str) -> Iterator[Number]:
    lowered = text.lower()
    for spelled in spelled_numbers(lowered):
        unit = _UNIT_AFTER.match(lowered, spelled.end)
        yield Number(Decimal(spelled.value), unit_named(unit["unit"]) if unit else "")


def _value(digits: str, *, comma: bool) -> Decimal:
    bare = re.sub("['\u2019\u00a0\u202f]", "", digits)
    sign = _decimal_sign(bare, comma=comma)
    if not sign:
        return Decimal(re.sub("[.,]", "", bare))
    whole, _, part = bare.rpartition(sign)
    return Decimal(f"{re.sub('[.,]', '', whole)}.{part}")


def _decimal_sign(digits: str, *, comma: bool) -> str:
    """The last sign, unless it is one of several of its kind, or stands alone before three digits and the language groups by it."""
    signs = re.findall("[.,]", digits)
    if not signs or (len(signs) > 1 and len(set(signs)) == 1):
        return ""
    sign = signs[-1]
    is_group = len(signs) == 1 and len(digits) - digits.index(sign) == 4 and not digits.startswith("0")
    return "" if is_group and (sign == ",") != comma else sign


def _has_decimal_comma(*texts: str) -> bool:
    """Whether the comma is the decimal sign of the first text that tells: by its language, or by its numbers."""
    ways = (way(text) for text in texts for way in (_comma_by_language, _comma_by_numbers))
    return next((found for found in ways if found is not None), False)


def _comma_by_language(text: str) -> bool | None:
    """One short word that English has too (`per`) tells no language."""
    words = re.findall(r"[^\W\d_]{2,}", text.lower())[:_SAMPLE_WORDS]
    language = detected(words, _LANGUAGES)
    telling = stop_words()[language].intersection(words)
    if len(telling) < _LEAST_TELLING and telling <= ordinary_words():
        return None
    return language in _COMMA_LANGUAGES


def _comma_by_numbers(text: str) -> bool | None:
    """By the first number whose sign can be but one: `4.5`, `1.000,50`, `1,000,000`."""
    for match in _TELLING_NUMBER.finditer(text):
        if match["decimal"]:
            return match["decimal"] == ","
        return match["group"] == "."
    return None

"""What a question names exactly: identifiers, numbers behind a label, years and quarters. Pure.

`HF-300` is not like `HF-200`, however near the two are to a model. A quantity (`more than 50 employees`, `60,000 EUR`) is no name.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from core.ordinary_words import ordinary_words
from core.pseudonyms import TOKEN
from generation.checking.dates import MONTH_NAMES, days_of
from generation.checking.units import UNIT
from inference.lexical.languages import stop_words

DASHES = "\\-\u2010\u2011\u2012\u2013\u2212"
"""Hyphens and what stands for them, for a set of characters in a pattern."""

_MAX_CHARS = 4096
_ADDRESS = re.compile(r"\S{1,64}@\S{1,253}|(?:https?://|www\.)\S{1,2000}", re.IGNORECASE)

_QUARTER_OF = {
    word: number
    for number, words in enumerate(
        (
            "first 1st erste erstes ersten premier primer primo",
            "second 2nd zweite zweites zweiten deuxi\u00e8me segundo secondo",
            "third 3rd dritte drittes dritten troisi\u00e8me tercer terzo",
            "fourth 4th vierte viertes vierten quatri\u00e8me cuarto quarto",
        ),
        start=1,
    )
    for word in words.split()
}
_ORDINAL = "|".join(_QUARTER_OF)
_QUARTER_WORD = r"(?:quarter|quartals?|trimestre)"
_QUARTER = re.compile(
    rf"(?<![A-Za-z])Q(?P<code>[1-4])(?![A-Za-z0-9])|\b(?P<before>[1-4])Q(?=\d{{2}}|\b)"
    rf"|\b(?P<word>{_ORDINAL})[\s{DASHES}]{_QUARTER_WORD}\b"
    rf"|\b(?P<point>[1-4])(?:\.|er?|\u00ba|\u00b0)\s?{_QUARTER_WORD}\b|\b{_QUARTER_WORD}\s(?P<after>[1-4])\b",
    re.IGNORECASE,
)

_SHORT_YEAR = re.compile(
    rf"\b(?:FY|GJ)[\s{DASHES}]?(?:20)?(?P<year>\d{{2}})(?!\d)|(?<![\w'\u2019])['\u2019](?P<mark>\d{{2}})\b"
    r"|(?<![\d./])\d{1,2}[./]\d{1,2}[./](?P<date>\d{2})(?![\d./])|(?<=[1-4]Q)(?P<quarter>\d{2})\b"
    r"|(?<=Q[1-4][ /-])(?P<behind>\d{2})\b|(?<=Q[1-4])['\u2019](?P<quote>\d{2})\b|(?<=\b20\d\d/)(?P<season>\d{2})\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d,$\u20ac\u00a3\u00a5#])(?:1[5-9]|20)\d{2}(?!\d|[.,]\d)")
_SPAN_OF_YEARS = re.compile(
    rf"\b((?:1[5-9]|20)\d{{2}})\s?(?:[{DASHES}]|to|until|and|bis|und|\u00e0|au)\s?((?:1[5-9]|20)\d{{2}})\b",
    re.IGNORECASE,
)
_DECADE = re.compile(r"\b((?:1[5-9]|20)\d0)['\u2019]?(?:s\b|er\b)")
_SINCE = re.compile(
    r"\b(?:since|seit|depuis|desde|dal)\s(?:[^\W\d_]+\s){0,2}(?:\d{1,2}\.?\s)?(?:[^\W\d_]+\s)?((?:1[5-9]|20)\d{2})\b",
    re.IGNORECASE,
)
_LATEST = 2100

# A unit, or a word that makes an amount of the number behind it.
_COUNTED = re.compile(
    rf"\s?[{DASHES}]?(?:{UNIT}|(?:people|persons?|employees|users?|times|mitarbeiter\w*|leute|mal)\b)", re.I
)
_COMPARED = re.compile(
    r"(?:\b(?:than|over|under|least|most|about|around|nearly|almost|exceeds?|exceeding|below|above|up to|als|\u00fcber|unter|rund|etwa"
    r"|mindestens|h\u00f6chstens|EUR|USD|GBP|CHF)|[$\u20ac\u00a3\u00a5])\s*$",
    re.IGNORECASE,
)

_LABELS = (
    "ticket case issue incident order invoice contract part item article art section chapter paragraph clause annex appendix page "
    "version release firmware revision room hall gate building error code model type class level severity grade band step phase "
    "stage bug request rule form status register category centre center account port line figure table volume season episode "
    "vorgang rechnung auftrag bestellung vertrag teil artikel abschnitt kapitel paragraph absatz anhang anlage seite raum halle tor "
    "geb\u00e4ude fehler fehlercode modell typ klasse stufe schritt formular kostenstelle konto zeile abbildung tabelle band "
    "no nr number nummer num\u00e9ro n\u00famero numero"
)
_LABELLED = re.compile(
    rf"(?:\b(?:{'|'.join(sorted(set(_LABELS.split()), key=len, reverse=True))})(?:\s(?:no|nr|number|code))?\.?\s?[#:]?\s?|[#\u00a7]\s?)"
    rf"(?P<value>v?\d+(?:[.{DASHES}/]\d+)*)(?![\w%]|[.,]\d)",
    re.IGNORECASE,
)
_VERSION = re.compile(r"(?<![\w.,])v?\d+(?:\.\d+){2,}(?![\w.])|(?<!\w)v\d+(?:\.\d+)*(?!\w)", re.IGNORECASE)
_DIGITS_APART = re.compile(rf"(?<![\w.,])\d+(?:[{DASHES}]\d+)+(?![\w%]|[.,]\d)")
_PLURAL = re.compile(r"\s([a-z\u00df-\u00ff]{2,}(?:s|en))\b")
# A range ends at no more than so many times where it begins.
_RANGE_TIMES = 20
_JOINED_CODE = re.compile(
    rf"(?<!\w)[A-Za-z]{{1,12}}[{DASHES}_/.]?\d[A-Za-z0-9]*(?:[{DASHES}_/.][A-Za-z0-9]+)*(?!\w)"
)
_APART_CODE = re.compile(
    rf"(?<![\w{DASHES}])(?P<letters>[A-Za-z]{{1,6}})\s(?P<digits>\d+(?:[{DASHES}_/][A-Za-z0-9]+)*)(?![\w%]|[.,]\d)"
)
_LONGEST_LOWER = 3
# They stand before a number and are no part of a name: `mid-2025`, `top-10`, `pre-2020`.
_PREFIXES = frozenset(
    (
        "mid",
        "pre",
        "post",
        "early",
        "late",
        "top",
        "sub",
        "non",
        "under",
        "over",
        "circa",
        "ca",
        "max",
        "min",
        "vs",
        "bis",
        "seit",
    )
)
# Written with digits, and words all the same: texts say `carbon dioxide` as well.
_WORDS_WITH_DIGITS = frozenset(
    ("co2", "h2o", "o2", "n2", "ch4", "nox", "m2", "m3", "km2", "cm2", "cm3", "b2b", "b2c", "mp3", "mp4")
)
_CURRENCIES = frozenset(("eur", "usd", "gbp", "chf", "jpy"))


@dataclass(frozen=True, slots=True)
class Named:
    """`codes` have letters and digits, folded to these alone; `numbers` stand behind a label (`ticket 4821`) or are versions."""

    codes: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    years: frozenset[int] = frozenset()
    quarters: frozenset[int] = frozenset()

    @property
    def exact(self) -> tuple[str, ...]:
        """What has to stand in the evidence."""
        return (*self.codes, *self.numbers)


def named_in(question: str) -> Named:
    """All that a question names exactly, each once. Pseudonyms and addresses are left to others."""
    text = _ADDRESS.sub(" ", TOKEN.sub(" ", question[:_MAX_CHARS]))
    quarters, years = quarters_in(text), _years_asked(text)
    text, _ = days_of(_QUARTER.sub(_blank, _SHORT_YEAR.sub(_blank, text)))
    text, numbers = _taken(text, _LABELLED, _labelled)
    text, versions = _taken(text, _VERSION, lambda match: match[0].lower().lstrip("v"))
    text, joined = _taken(text, _JOINED_CODE, _joined)
    text, apart = _taken(text, _APART_CODE, _apart)
    _, digits = _taken(text, _DIGITS_APART, _digits_apart)
    return Named(_once(joined + apart), _once(numbers + versions + digits), years, quarters)


def folded_name(code: str) -> str:
    """HF-200, hf 200 and HF200 are one code: letters and digits alone, in lower case."""
    return re.sub(r"[\W_]", "", code.casefold())


def is_range(first: int, last: int) -> bool:
    """Whether two numbers with a dash between are the ends of a range, and no parts of a code as `200-8842`."""
    return last <= _RANGE_TIMES * first


def quarters_in(text: str) -> frozenset[int]:
    """The quarters of a year that a text names: `Q3`, `third quarter`, `3. Quartal`."""
    found = ((match[match.lastgroup or 0] or "").lower() for match in _QUARTER.finditer(text))
    return frozenset(int(part) if part.isdigit() else _QUARTER_OF[part] for part in found)


def years_in(text: str) -> frozenset[int]:
    """The years that a text speaks of: those it names, those between two, and those `since` one."""
    found = {int(match[0]) for match in _YEAR.finditer(text)} | _other_years(text)
    for match in _SPAN_OF_YEARS.finditer(text):
        found.update(range(int(match[1]), int(match[2])))
    for match in _SINCE.finditer(text):
        found.update(range(int(match[1]), _LATEST))
    return frozenset(found)


def _years_asked(text: str) -> frozenset[int]:
    """The years of a question. Not those in codes, and no amounts."""
    bare, _ = _taken(_LABELLED.sub(_blank, text), _JOINED_CODE, _joined)
    years = {int(match[0]) for match in _YEAR.finditer(bare) if not _is_amount(bare, match)}
    return frozenset(years | _other_years(text))


def _other_years(text: str) -> set[int]:
    """`FY25`, `Q3/25`, and all of a decade."""
    short = {2000 + int(match[match.lastgroup or 0]) for match in _SHORT_YEAR.finditer(text)}
    return short.union(*(range(int(match[1]), int(match[1]) + 10) for match in _DECADE.finditer(text)))


def _is_amount(text: str, match: re.Match[str]) -> bool:
    return bool(_COUNTED.match(text, match.end()) or _COMPARED.search(text, 0, match.start()))


def _taken(
    text: str, pattern: re.Pattern[str], form: Callable[[re.Match[str]], str]
) -> tuple[str, list[str]]:
    """The text with blanks in place of what has a form, and the forms."""
    found: list[str] = []

    def blank(match: re.Match[str]) -> str:
        if name := form(match):
            found.append(name)
        return _blank(match) if name else match[0]

    return pattern.sub(blank, text), found


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _labelled(match: re.Match[str]) -> str:
    """`ticket 4821`, and not `order 5 pumps`."""
    following = _PLURAL.match(match.string, match.end())
    is_counted = _COUNTED.match(match.string, match.end()) or (
        following and following[1] not in _all_stop_words()
    )
    return "" if is_counted else match["value"].lower().lstrip("v")


def _joined(match: re.Match[str]) -> str:
    """`HF-300`, and not `mid-2025` or `in1905`."""
    letters = re.split(r"[\W\d_]", match[0], maxsplit=1)[0]
    is_word = letters.islower() and len(letters) > 1 and letters in _short_words()
    is_prefix = letters.lower() in _PREFIXES | MONTH_NAMES | _CURRENCIES
    folded = folded_name(match[0])
    return "" if is_word or is_prefix or folded in _WORDS_WITH_DIGITS else folded


def _apart(match: re.Match[str]) -> str:
    """Letters and digits with a space between: `HF 300`, and `hf 300` where that is no word. `Plan 2025` is a year."""
    letters = match["letters"]
    is_shouted = letters.isupper() and not match.string.isupper() and letters not in {"A", "I"}
    is_short = len(letters) <= _LONGEST_LOWER and letters.lower() not in _short_words()
    is_counted = _COUNTED.match(match.string, match.end()) or _YEAR.fullmatch(match["digits"])
    if is_counted or letters.lower() in _CURRENCIES or not (is_shouted or is_short):
        return ""
    return folded_name(match[0])


def _digits_apart(match: re.Match[str]) -> str:
    """`200-8842`, and no range as 10-15, no date, no span of years."""
    first, *_, last = map(int, re.findall(r"\d+", match[0]))
    return "" if is_range(first, last) else match[0]


@cache
def _all_stop_words() -> frozenset[str]:
    return frozenset().union(*stop_words().values())


@cache
def _short_words() -> frozenset[str]:
    words = _all_stop_words() | ordinary_words() | _PREFIXES | MONTH_NAMES
    return frozenset(word for word in words if len(word) <= _LONGEST_LOWER)


def _once(found: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))

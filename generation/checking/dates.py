"""Days and months in a text, however they are written in English and German. Pure."""

import re
from typing import NamedTuple

_ENGLISH = "january february march april may june july august september october november december"
_GERMAN = "januar februar m\u00e4rz april mai juni juli august september oktober november dezember"
_MONTHS = {
    name: number for names in (_ENGLISH, _GERMAN) for number, name in enumerate(names.split(), start=1)
}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
MONTH_NAMES = frozenset(_MONTHS)
"""In lower case, short forms too."""

_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_MONTH = rf"(?P<month>{_NAMES})\b\.?"
_DAY = r"(?<![\w.,])(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = r"(?P<year>\d{4})(?![\w])"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\w-])(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})(?![\d-])",
        rf"{_DAY}(?:\s+of)?[\s-]{{0,2}}{_MONTH}(?:,?[\s-]{{0,2}}{_YEAR})?",
        rf"\b{_MONTH}\s{{0,2}}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\w.:])(?:,?\s{{0,2}}{_YEAR})?",
        rf"\b{_MONTH}\s{{0,2}}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?=\.(?!\d))",
        rf"\b{_MONTH},?\s{{0,2}}{_YEAR}",
        r"(?<![\w./-])(?P<first>\d{1,2})(?P<sep>[./-])(?P<second>\d{1,2})(?P=sep)(?P<year>\d{4})(?![\w])",
    )
)


class Day(NamedTuple):
    """A day, or a month of a year, or a day of any year: what is not said is None."""

    year: int | None
    month: int
    day: int | None


def days_of(text: str) -> tuple[str, list[tuple[Day, ...]]]:
    """The text with blanks in place of dates, and what each may be: 3/4/2024 is in April or in March, 3.4.2024 in April."""
    found: list[tuple[Day, ...]] = []

    def blank(match: re.Match[str]) -> str:
        days = _days(match)
        found.extend([days] if days else [])
        return " " * len(match[0]) if days else match[0]

    for pattern in _PATTERNS:
        text = pattern.sub(blank, text)
    return text, found


def _days(match: re.Match[str]) -> tuple[Day, ...]:
    parts = match.groupdict()
    year = int(parts["year"]) if parts.get("year") else None
    if "first" in parts:
        first, second = int(parts["first"]), int(parts["second"])
        orders = [(first, second)] if parts["sep"] == "." else [(first, second), (second, first)]
        return tuple(dict.fromkeys(Day(year, month, day) for day, month in orders if _is_day(month, day)))
    name = parts.get("month") or ""
    if name and not name[0].isupper():
        return ()  # "may 3 people"
    month = _MONTHS[name.lower()] if name else int(parts["number"])
    day = int(parts["day"]) if parts.get("day") else None
    return (Day(year, month, day),) if _is_day(month, day) else ()


def _is_day(month: int, day: int | None) -> bool:
    return 1 <= month <= 12 and (day is None or 1 <= day <= 31)


def same_day(wanted: Day, known: Day) -> bool:
    """Whether a known date says everything that the wanted one says."""
    return all(part is None or part == other for part, other in zip(wanted, known, strict=True))


def agree(one: Day, other: Day) -> bool:
    """Whether two dates may be the same: no part that both say differs."""
    return all(None in pair or pair[0] == pair[1] for pair in zip(one, other, strict=True))

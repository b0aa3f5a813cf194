"""Units that numbers are counted in, in English and German, each by one name. Pure."""

import re

_NAMES = {
    "%": "% percent per\u00a0cent prozent",
    "USD": "$ usd dollar dollars",
    "EUR": "\u20ac eur euro euros",
    "GBP": "\u00a3 gbp pound pounds",
    "JPY": "\u00a5 jpy yen",
    "CHF": "chf franken",
    "second": "second seconds sec secs sekunde sekunden",
    "minute": "minute minutes min mins minuten",
    "hour": "hour hours hrs hr stunde stunden std",
    "day": "day days tag tage tagen",
    "week": "week weeks woche wochen",
    "month": "month months monat monate monaten",
    "year": "year years jahr jahre jahren",
    "ms": "ms millisecond milliseconds millisekunden",
    "km": "km kilometre kilometres kilometer kilometers kilometern",
    "m": "m metre metres meter meters metern",
    "cm": "cm centimetre centimetres zentimeter",
    "mm": "mm millimetre millimetres millimeter",
    "mile": "mile miles mi meile meilen",
    "foot": "foot feet ft",
    "inch": "inch inches",
    "kg": "kg kilogram kilograms kilogramm",
    "g": "gram grams gramm",
    "mg": "mg milligram milligrams",
    "tonne": "tonne tonnes ton tons tonnen",
    "litre": "litre litres liter liters l",
    "ml": "ml millilitre millilitres milliliter",
    "byte": "byte bytes",
    "kB": "kb kilobyte kilobytes",
    "MB": "mb megabyte megabytes",
    "GB": "gb gigabyte gigabytes",
    "TB": "tb terabyte terabytes",
    "token": "token tokens",
    "degree": "\u00b0 degrees degree grad",
    "degree C": "\u00b0c degrees\u00a0celsius grad\u00a0celsius",
    "degree F": "\u00b0f degrees\u00a0fahrenheit grad\u00a0fahrenheit",
    "W": "w watt watts",
    "kW": "kw kilowatt kilowatts",
    "MW": "mw megawatt megawatts",
}
_BY_WORD = {word.replace("\u00a0", " "): unit for unit, words in _NAMES.items() for word in words.split(" ")}
_SIGNS = "|".join(
    sorted((re.escape(word) for word in _BY_WORD if not word[-1].isalpha()), key=len, reverse=True)
)
_WORDS = "|".join(sorted((word for word in _BY_WORD if word[-1].isalpha()), key=len, reverse=True))

UNIT = rf"(?:{_WORDS})(?![^\W\d_])|(?:{_SIGNS})"
"""A unit behind a number, as a pattern, without regard to case."""


def unit_named(written: str) -> str:
    """The name of a unit; empty for none."""
    return _BY_WORD.get(written.casefold(), "")


def names_unit(text: str, unit: str) -> bool:
    """Whether a text in lower case names the unit anywhere: in the head of a column, say."""
    words = set(text.replace("(", " ").replace(")", " ").replace("|", " ").split())
    return any(
        name in words or (not name[-1].isalpha() and name in text)
        for name, named in _BY_WORD.items()
        if named == unit
    )

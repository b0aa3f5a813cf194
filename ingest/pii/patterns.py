"""Personal data that has a shape one can check: what must not be in a redacted text. Needs no model.

It is a second look, not a redactor: strict, so that what it counts is worth somebody's attention.
"""

import re
from collections.abc import Callable, Collection

from core.check_digits import passes_luhn, passes_mod_97
from ingest.pii.borders import borders_of

__all__ = ["count_personal_data", "passes_luhn", "passes_mod_97"]

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+([A-Za-z]{2,24})(?![\w-])")
_CARD = re.compile(r"(?<![\d.-])(?:4\d{3}|5[1-5]\d{2}|3[47]\d{2}|6011|65\d{2})(?:[ -]?\d){9,12}(?![\d-])")
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Z0-9])")
_SSN = re.compile(r"(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])")
# Pictures for sharp screens are called icon@2x.png.
_FILE_SUFFIXES = frozenset({"png", "jpg", "jpeg", "gif", "svg", "webp", "avif"})
# Numbers that nobody has: printed on sample cards, or everybody's example.
_SAMPLE_SSNS = frozenset({"078-05-1120", "123-45-6789"})


def count_personal_data(text: str, *, entities: Collection[str]) -> dict[str, int]:
    """How many of each type are in the text, of the types asked for; types without any are absent. Never values.

    Pseudonyms are none, whatever their digits look like.
    """
    text = borders_of().masked(text)
    counts = {name: count(text) for name, count in _COUNTERS.items() if name in entities}
    return {name: count for name, count in counts.items() if count}


def _emails(text: str) -> int:
    if "@" not in text:
        return 0
    return sum(suffix.lower() not in _FILE_SUFFIXES for suffix in _EMAIL.findall(text))


def _cards(text: str) -> int:
    return sum(passes_luhn(number) for number in _CARD.findall(text))


def _ibans(text: str) -> int:
    return sum(passes_mod_97(iban) for iban in _IBAN.findall(text))


def _ssns(text: str) -> int:
    return sum(number not in _SAMPLE_SSNS for number in _SSN.findall(text))


_COUNTERS: dict[str, Callable[[str], int]] = {
    "EMAIL_ADDRESS": _emails,
    "CREDIT_CARD": _cards,
    "IBAN_CODE": _ibans,
    "US_SSN": _ssns,
}

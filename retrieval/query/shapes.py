"""Addresses and numbers in a query, and of which types each could be. Pure.

What is looked for has been detected when its document was indexed: here a shape that is too generous costs a look-up, one
that is too strict the answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.check_digits import passes_mod_97
from retrieval.query.words import Word, runs

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_NUMBER = re.compile(r"(?<![\w+])\+?\(?\d[\d ()./-]{3,30}\d(?![\w])")
_CODE = re.compile(r"(?<!\w)(?=[A-Za-z]{0,30}\d)[A-Za-z0-9][A-Za-z0-9./:-]{3,90}[A-Za-z0-9](?!\w)")
_IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,3})?(?!\w)")
_CODE_TYPES = (
    "CREDIT_CARD", "IBAN_CODE", "US_SSN", "NATIONAL_ID", "PASSPORT", "DRIVER_LICENSE", "MEDICAL_LICENSE", "BANK_NUMBER",
    "CRYPTO", "MAC_ADDRESS", "IP_ADDRESS", "DATE_OF_BIRTH",
)  # fmt: skip
_NUMBER_TYPES = ("PHONE_NUMBER", *_CODE_TYPES)
_LONGEST_ADDRESS = 6
_DATE_WORDS = 3


@dataclass(frozen=True, slots=True)
class Shaped:
    """`query[start:end]` could be a value of each of the types."""

    start: int
    end: int
    entities: tuple[str, ...]


def shaped(query: str) -> Iterator[Shaped]:
    """E-mail addresses, numbers and codes."""
    if "@" in query:
        for match in _EMAIL.finditer(query):
            yield Shaped(match.start(), match.end() - match[0].endswith("."), ("EMAIL_ADDRESS",))
    if any(map(str.isdigit, query)):
        yield from _numbers(query)


def addresses_and_dates(query: str, found: list[Word]) -> Iterator[Shaped]:
    """Runs of words that begin with a number: "12 Oak Street", "3 May 1980"."""
    if not any(word.has_digit for word in found):
        return
    for run in runs(query, found, longest=_LONGEST_ADDRESS):
        if len(run.words) == 1 or not any(word.has_digit for word in (run.words[0], run.words[-1])):
            continue
        entities = (
            ("STREET_ADDRESS", "DATE_OF_BIRTH") if len(run.words) == _DATE_WORDS else ("STREET_ADDRESS",)
        )
        yield Shaped(run.start, run.end, entities)


def _numbers(query: str) -> Iterator[Shaped]:
    for match in _IBAN.finditer(query):
        yield Shaped(match.start(), _iban_end(query, match), ("IBAN_CODE",))
    for match in _NUMBER.finditer(query):
        yield Shaped(match.start(), match.end(), _NUMBER_TYPES)
    for match in _CODE.finditer(query):
        yield Shaped(match.start(), match.end(), _CODE_TYPES)


def _iban_end(query: str, match: re.Match[str]) -> int:
    """The last group whose check digits are right: a short word may follow the number."""
    ends = [match.end(), *(at for at in range(match.end() - 1, match.start() + 12, -1) if query[at] == " ")]
    return next((end for end in ends if passes_mod_97(query[match.start() : end].upper())), match.end())

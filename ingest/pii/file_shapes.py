"""Personal data that its shape gives away, in the name of a file or folder. Pure; needs no model.

Between groups there may be anything that separates words in file names, `_` included. Numbers need check digits, or a shape
that hardly anything else has: names of files are full of dates and serial numbers.
"""

import re
from collections.abc import Callable, Iterator

from core.check_digits import passes_luhn, passes_mod_97

_EMAIL = re.compile(r"[\w.+%-]{1,64}@[^\W\d_](?:[\w-]*[^\W_])?(?:\.[\w-]*[^\W_])*")
# Nothing else of what is looked for has fewer digits in a row than that, marks between them left out.
_DIGITS = re.compile(r"(?:\d[\W_]{0,2}){6}|[A-Z]{6}\d\d", re.IGNORECASE)
_GROUP = re.compile(r"[^\W_]+")
_MOST_GROUPS = 8
_MARK = r"[ ._-]"
_SSN = re.compile(rf"(?!000|666)\d{{3}}({_MARK})(?!00)\d\d\1(?!0000)\d{{4}}")
_CARD = re.compile(r"(?:4\d|5[1-5]|2[2-7]|3[04-9]|6\d)\d{11,17}")
_IBAN = re.compile(r"[A-Z]{2}\d\d[A-Z0-9]{11,30}")
_CPF = re.compile(r"\d{3}\.\d{3}\.\d{3}-\d\d")
_STATES = re.compile(
    # United Kingdom (NINO), Italy (codice fiscale), Spain (NIF).
    r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]|[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]|\d{8}[A-HJ-NP-TV-Z]"
)
_NIF_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_PHONE = re.compile(
    rf"(?:\+|(?<![^\W_])(?<!\0)00(?=[1-9]))\d(?:[ ().-]{{0,2}}\d){{7,13}}(?![^\W_])"
    rf"|(?<!\d)(?<!\d[._-])\(?\d{{3}}\)?{_MARK}?(?<=\D)\d{{3}}{_MARK}\d{{4}}(?!\d)(?![._-]\d)"
)
_CALLED = re.compile(
    rf"(?<![^\W\d_])(?:tel|telefon|phone|mobile|mobil|cell|fax|whatsapp){_MARK}{{0,2}}(?P<value>\+?\d(?:{_MARK}?\d){{6,14}})(?!\d)",
    re.IGNORECASE,
)


def shapes_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Type, start and end of each; they may overlap, the first has the better claim."""
    if "@" in text:
        yield from (("EMAIL_ADDRESS", *match.span()) for match in _EMAIL.finditer(text))
    if not _DIGITS.search(text):
        return
    yield from _of_groups(text)
    yield from (("PHONE_NUMBER", *match.span()) for match in _PHONE.finditer(text))
    yield from (("PHONE_NUMBER", *match.span("value")) for match in _CALLED.finditer(text))


def _of_groups(text: str) -> Iterator[tuple[str, int, int]]:
    """Numbers with check digits, in one group of letters and digits or in several with a mark between them."""
    groups = [match.span() for match in _GROUP.finditer(text)]
    first = 0
    while first < len(groups):
        found = _longest(text, groups[first : first + _MOST_GROUPS])
        if found:
            entity, count = found
            yield entity, groups[first][0], groups[first + count - 1][1]
            first += count
        else:
            first += 1


def _longest(text: str, groups: list[tuple[int, int]]) -> tuple[str, int] | None:
    start = groups[0][0]
    for count in range(len(groups), 0, -1):
        raw = text[start : groups[count - 1][1]]
        for entity, is_one in _CHECKS:
            if is_one(raw):
                return entity, count
    return None


def _compact(raw: str) -> str:
    return re.sub(_MARK, "", raw).upper()


def _is_iban(raw: str) -> bool:
    compact = _compact(raw)
    return compact.isascii() and _IBAN.fullmatch(compact) is not None and passes_mod_97(compact)


def _is_card(raw: str) -> bool:
    compact = _compact(raw)
    return compact.isascii() and _CARD.fullmatch(compact) is not None and passes_luhn(compact)


def _is_state_id(raw: str) -> bool:
    compact = _compact(raw)
    if _CPF.fullmatch(raw):
        return _passes_cpf([int(digit) for digit in compact if digit.isdigit()])
    if not compact.isascii() or not _STATES.fullmatch(compact):
        return False
    # The letter of a Spanish number is its remainder by 23 (Ministerio del Interior).
    return not compact[:8].isdigit() or compact[8] == _NIF_LETTERS[int(compact[:8]) % 23]


def _passes_cpf(digits: list[int]) -> bool:
    """The Brazilian number: two digits, each 11 minus a weighted sum modulo 11 (Receita Federal)."""
    return len(set(digits)) > 1 and all(
        digits[size]
        == -sum(digit * weight for digit, weight in zip(digits, range(size + 1, 1, -1), strict=False))
        % 11
        % 10
        for size in (9, 10)
    )


_CHECKS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("IBAN_CODE", _is_iban),
    ("CREDIT_CARD", _is_card),
    ("US_SSN", lambda raw: _SSN.fullmatch(raw) is not None),
    ("NATIONAL_ID", _is_state_id),
)

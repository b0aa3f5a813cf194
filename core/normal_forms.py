"""The normal form of a value: one for all the ways in which the same person, number or address is written. Pure.

Pseudonyms are made of it, so that a value has the same one in every document and query. It must cost microseconds:
the query path asks for the form of every few words. Encoding tricks (`core.plain_reading`) never change it.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Callable

from core.plain_reading import plain_reading

PERSON = "PERSON"
# Papers, accounts and hardware: letters and digits say it all.
_CODE_TYPES = "CREDIT_CARD IBAN_CODE CRYPTO US_SSN NATIONAL_ID PASSPORT DRIVER_LICENSE MEDICAL_LICENSE MAC_ADDRESS BANK_NUMBER"
_TITLE_WORDS = (
    "mr mrs ms miss mx dr prof professor sir dame madam lord lady rev reverend hon sgt sergeant lt lieutenant capt captain col "
    "colonel gen general maj major senator judge justice herr frau monsieur madame mme mlle senor senora sr sra signor "
    "signora dott dhr mevr ing mag dipl"
)
_PARTICLE_WORDS = "van von der den de del della di da do dos du la le el al bin ibn ter ten zu af y und and"
_TITLES = frozenset(_TITLE_WORDS.split())
_AFTER_NAMES = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md", "mba", "esq", "dds", "cpa"})
PARTICLES = frozenset(_PARTICLE_WORDS.split())
"""Words inside names that are no name by themselves."""
_NAME_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ACCENTS = re.compile("[\u0300-\u036f]+")
# Letters with a stroke have no accent that could be taken off.
_STROKES = str.maketrans(
    {"\u00f8": "o", "\u0142": "l", "\u0111": "d", "\u0131": "i", "\u00e6": "ae", "\u0153": "oe"}
)
_POSSESSIVE = re.compile(r"['\u2019](?:s|S)?\s*$")
_EDGES = " \t\r\n.,;:!?'\"()[]{}<>*_|`#"
_EXTENSION = re.compile(r"(?:[ ,;]*(?:x|ext\.?|extension|#|durchwahl)[ .:]*\d+)\s*$", re.IGNORECASE)
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
# Country calling codes of one and two digits (ITU-T E.164); all others have three.
_CALLING_CODES = re.compile("1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-9][0-9][0-9]")
_NANP_DIGITS = 11
# More rounds than any text needs to come to rest.
_ROUNDS = 6


def normal_form(entity: str, value: str) -> str:
    """The normal form of a value of this type. That of a normal form is itself.

    Names of people: `person_form`. E-mail addresses: without case and spaces. Telephone numbers: the national significant
    digits, without extension. Papers, cards and accounts: letters and digits, upper case. IP addresses: RFC 5952. Street
    addresses: without punctuation. All else: without case, with single spaces, without punctuation around it.
    """
    form = _FORMS.get(entity, _phrase)
    for _ in range(_ROUNDS):
        found = form(plain_reading(value)) or _folded(value)
        if found == value:
            break
        value = found
    return value


def person_form(value: str) -> str:
    """Given and family name, without case, accents, titles, middle names and initials: "Smith, Dr. Jane A." is "jane smith".

    An initial stays where there is no whole given name ("J. Smith" is "j smith"), and a single name stays single.
    """
    return normal_form(PERSON, value)


def name_parts(normal: str) -> tuple[str, ...]:
    """The parts of a name in normal form by which a person may be looked for: given, family, halves of double names.

    Initials and particles ("van") are none.
    """
    words = [part for word in normal.split() for part in (word, *word.split("-"))]
    return tuple(dict.fromkeys(word for word in words if len(word) > 1 and word not in PARTICLES))


def _person(value: str) -> str:
    before, comma, after = _POSSESSIVE.sub("", value).partition(",")
    words, more = _name_words(before), _name_words(after)
    if comma and more and not _is_trailer(more):
        # "Smith, Jane" and "Smith, Jane, PhD".
        words = [*more, *words]
    while len(words) > 1 and words[-1] in _AFTER_NAMES:
        words.pop()
    while len(words) > 1 and words[0] in _TITLES:
        words.pop(0)
    whole = [word for word in words if len(word) > 1]
    kept = whole if len(whole) > 1 else words
    return " ".join(kept if len(kept) < 3 else (kept[0], kept[-1]))


def _name_words(text: str) -> list[str]:
    return _NAME_WORD.findall(_unaccented(text.casefold()).replace("'", ""))


def _is_trailer(words: list[str]) -> bool:
    return all(word in _AFTER_NAMES or word in _TITLES for word in words)


def _unaccented(text: str) -> str:
    if text.isascii():
        return text
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).translate(_STROKES)
    return unicodedata.normalize("NFKC", bare)


def _email(value: str) -> str:
    return "".join(_folded(value).split()).strip(_EDGES).removeprefix("mailto:")


def _phone(value: str) -> str:
    number = _EXTENSION.sub("", value).strip(" (")
    digits = re.sub(r"\D", "", number.upper().translate(_KEYPAD))
    if number.startswith(("+", "00")):
        digits = _CALLING_CODES.sub("", digits.lstrip("0"), count=1)
    digits = digits.lstrip("0")
    if len(digits) == _NANP_DIGITS and digits.startswith("1"):
        # North American numbers are often written with their calling code and without a plus.
        digits = digits[1:].lstrip("0")
    return digits


def _code(value: str) -> str:
    return "".join(filter(str.isalnum, value.upper()))


def _ip_address(value: str) -> str:
    plain = value.strip(_EDGES)
    try:
        return ipaddress.ip_address(plain).compressed
    except ValueError:
        return _phrase(value)


def _address(value: str) -> str:
    return _phrase(re.sub(r"[.,;:|]", " ", value))


def _phrase(value: str) -> str:
    return " ".join(_folded(value).split()).strip(_EDGES)


def _folded(value: str) -> str:
    if value.isascii():
        return value.casefold()
    # Caseless matching as in section 3.13 of the Unicode Standard, definition D146, without canonical differences.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", value).casefold())


_FORMS: dict[str, Callable[[str], str]] = {
    PERSON: _person,
    "EMAIL_ADDRESS": _email,
    "PHONE_NUMBER": _phone,
    "IP_ADDRESS": _ip_address,
    "STREET_ADDRESS": _address,
    **dict.fromkeys(_CODE_TYPES.split(), _code),
}

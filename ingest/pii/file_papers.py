"""Numbers of papers and accounts, dates of birth and addresses of machines in the name of a file or folder. Pure.

They look like many other things, so a word in front must say what they are ("passport_X4RTBPFW4", "dob-1984-03-07"). Between
both there may be a few words; never what has been veiled already.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ingest.pii.recognizers.paper_shapes import DATE, PASSPORT, PASSPORT_WORDS

SEPARATORS = str.maketrans(dict.fromkeys("_-.+,", " "))
_WORDS = r"(?: {1,3}[^\W\d_]{1,20}){0,4}"
_CODE = r"(?:[a-z]{0,4}\d[a-z0-9]{0,16}(?: {1,2}[a-z]{0,3}\d[a-z0-9]{0,12}| [a-z](?![a-z0-9])){0,5})"
_IDS = (
    r"nhs|pesel|bsn|insee|aadh?aar|tckn|itin|nric|tfn|cpf|dni|nif|nie|nino|personnummer|codice fiscale|national ?(?:id|insurance)|id ?card|"
    r"identity card|personalausweis|ausweis|carte d identite|tax ?(?:id|file)|social insurance|medicare|idnr|svnr|rvnr|burgerservicenummer|"
    r"(?:steuer|sozialversicherungs?|rentenversicherungs?|versicherungs|steueridentifikations?)(?: ?(?:id|nr|nummer))"
)
_LICENCES = (
    r"driv(?:er|ing)(?: ?s)? ?(?:licen[cs]e|permit)|dl(?= {0,2}(?:no|num|number|nr)(?![a-z]))|permis de conduire|f(?:u|ue|\u00fc)hrerschein|"
    r"(?:carnet|licencia|permiso) de conduci?r|rijbewijs|patente di guida"
)
_BIRTHS = (
    r"d ?o ?b|date ?of ?birth|birth ?date|birth ?day|born|geboren|geburtsdatum|geb|n\u00e9e?|date de naissance|fecha de nacimiento|"
    r"nacid[oa]|data di nascita|nat[oa] il|geboortedatum"
)
_ACCOUNTS = (
    r"account|acct|bank account|konto|kontonummer|kontonr|compte|cuenta|checking|savings|sort code|routing"
)
_BIRTH_DATE = r"(?:(?:19|20)\d\d[01]\d[0-3]\d|[0-3]\d[01]\d(?:19|20)\d\d|" + DATE + ")"
_IS_DATE = re.compile(
    r"(?:19|20)\d\d ?(?:0[1-9]|1[0-2])(?: ?(?:0[1-9]|[12]\d|3[01])(?: ?\d{4,6})?)?|(?:0[1-9]|[12]\d|3[01]) ?(?:0[1-9]|1[0-2]) ?(?:19|20)\d\d"
    r"|(?:19|20)\d\d ?(?:19|20)\d\d|(?:19|20)\d\d \d{1,4}(?: .*)?"
)
_LEAST_DIGITS, _MOST_DIGITS = 4, 16
_LEAST_ID_DIGITS = 6
_SSN_DIGITS = 9


class _Paper(NamedTuple):
    entity: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool]


def _paper(entity: str, cue: str, between: str, value: str, check: Callable[[str], bool]) -> _Paper:
    pattern = rf"(?<![^\W_])(?:{cue}){between} {{0,3}}(?P<value>{value})(?![^\W_])"
    return _Paper(entity, re.compile(pattern, re.IGNORECASE), check)


def _digits(value: str) -> int:
    return sum(map(str.isdigit, value))


def _is_no_date(value: str) -> bool:
    return _IS_DATE.fullmatch(value) is None


def _is_number(value: str) -> bool:
    return _LEAST_DIGITS <= _digits(value) <= _MOST_DIGITS and _is_no_date(value)


def _is_id(value: str) -> bool:
    return _digits(value) >= _LEAST_ID_DIGITS and _is_number(value)


def _is_ssn(value: str) -> bool:
    return _digits(value) == _SSN_DIGITS


_NUMBER_WORDS = r"(?: {1,3}(?:number|num|no|nr|nummer))?"
_PAPERS = (
    _paper("PASSPORT", PASSPORT_WORDS, _WORDS, PASSPORT, _is_no_date),
    _paper("DRIVER_LICENSE", _LICENCES, _WORDS, _CODE, _is_number),
    _paper(
        "MEDICAL_LICENSE",
        r"dea|medical licen[cs]e|physician licen[cs]e|approbation|npi",
        _WORDS,
        r"[a-z]{2}\d{7}|[a-z]9\d{7}|\d{10}",
        _is_number,
    ),
    _paper("NATIONAL_ID", _IDS, _WORDS, _CODE, _is_id),
    _paper("US_SSN", r"ssn|social security|ss no", _WORDS, r"\d{3} ?\d\d ?\d{4}", _is_ssn),
    _paper("DATE_OF_BIRTH", _BIRTHS, r"(?: {1,3}(?:is|on|am|the|le|il|el))?", _BIRTH_DATE, bool),
    _paper("BANK_NUMBER", _ACCOUNTS, _NUMBER_WORDS, r"\d(?: ?\d){5,16}", _is_id),
)
# What the cues begin with, as words: names have many numbers and few such words.
_CUE_WORDS = (
    "passport passports passeport passeports passporte reisepass pasaporte passaporto paspoort paszport driver drivers driving driverlicense "
    "driverslicense drivinglicense driverlicence driverslicence drivinglicence dl permis fuhrerschein fuehrerschein f\u00fchrerschein carnet "
    "licencia permiso rijbewijs patente dea medical physician approbation npi nhs pesel bsn insee aadhaar aadhar tckn itin nric tfn cpf dni nif "
    "nie nino personnummer codice national nationalid id idcard identity personalausweis ausweis carte tax taxid social medicare idnr svnr rvnr "
    "burgerservicenummer ssn ss d dob date dateofbirth birthdate birthday birth born geboren geburtsdatum geb ne nee n\u00e9 n\u00e9e fecha nacido "
    "nacida data nato nata geboortedatum account acct bank konto kontonummer kontonr compte cuenta checking savings sort routing"
)
_FIRST_WORDS = frozenset(_CUE_WORDS.split())
_FIRST_PARTS = ("steuer", "versicherung")
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_V4 = re.compile(rf"(?<![^\W_])(?<![\w]\.)(?P<value>{_OCTET}(?:\.{_OCTET}){{3}})(?![^\W_]|\.\d)")
_V6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{1,4}(?![\w:])")
_MACHINE = re.compile(
    r"(?<![^\W\d_])(?:ip|ipv4|host|server|client|node|router|gateway|firewall|vpn|addr|address|log|access|from)[ _-]{1,2}$",
    re.IGNORECASE,
)
_VERSION = re.compile(r"(?:-|(?<![^\W_])(?:v|ver|version|release|build|rel)[ _.]?)$", re.IGNORECASE)
# The first number of a version is seldom as great.
_LEAST_FIRST_OCTET = 10
_LEAST_V6_CHARS = 6
_MAC = re.compile(
    r"(?<![^\W_])(?:[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4})(?![^\W_])"
)


def papers_in(text: str, words: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    """Type, start and end of each number that a word in front says something about. `words`: those of the name, in small letters."""
    if _FIRST_WORDS.isdisjoint(words) and not any(part in word for word in words for part in _FIRST_PARTS):
        return
    spaced = text.translate(SEPARATORS)
    for paper in _PAPERS:
        for match in paper.pattern.finditer(spaced):
            if paper.check(match["value"]):
                yield paper.entity, *match.span("value")


def machines_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Type, start and end of each IP and MAC address."""
    if text.count(".") > 2:
        for match in _V4.finditer(text):
            if _is_v4(match["value"], text[max(0, match.start() - 12) : match.start()]):
                yield "IP_ADDRESS", *match.span()
    if text.count(":") > 1:
        yield from (("IP_ADDRESS", *match.span()) for match in _V6.finditer(text) if _is_v6(match[0]))
    if text.count("-") > 4 or text.count(":") > 4 or text.count(".") > 1:
        yield from (("MAC_ADDRESS", *match.span()) for match in _MAC.finditer(text))


def _is_v4(value: str, before: str) -> bool:
    """Whether it is an address of one machine, and not a version."""
    if not _is_somewhere(value):
        return False
    if _MACHINE.search(before):
        return True
    return int(value.partition(".")[0]) >= _LEAST_FIRST_OCTET and not _VERSION.search(before)


def _is_v6(value: str) -> bool:
    return len(value) >= _LEAST_V6_CHARS and any(map(str.isdigit, value)) and _is_somewhere(value)


def _is_somewhere(value: str) -> bool:
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified or value.startswith(("255.", "0.")))

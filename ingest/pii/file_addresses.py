"""Street addresses in the name of a file or folder: a kind of street with a house number. Pure.

Words of programs are called like streets ("path", "lane", "drive"): in small letters only kinds count that hardly mean
anything else, and what a year follows is no address.
"""

import re
from collections.abc import Iterator

from ingest.pii.file_papers import SEPARATORS
from ingest.pii.recognizers.street_words import ENDINGS

_SMALL = r"(?:[^\W\d_]|[\u0300-\u036f])"
_CAP = rf"[^\W\d_a-z\u00df-\u00ff]{_SMALL}*"
_EDGE, _END = r"(?<![^\W_])", r"(?![^\W_])"
_GAP = " {1,3}"
_HOUSE = r"\d{1,5}[A-Za-z]?"
# A house number, and not the year that names of files end with.
_BEHIND = rf"(?!(?:19|20)\d\d{_END})\d{{1,4}}[A-Za-z]?(?: ?[-/] ?\d{{1,4}}[A-Za-z]?)?"
_TAIL = rf"(?:[ ,]{{1,3}}(?i:apt|suite|flat|unit){_GAP}\d{{1,5}}[A-Za-z]?)?(?:[ ,]{{1,3}}\d{{4,5}}{_GAP}{_CAP})?{_END}"
_LINK = r"(?:(?i:de la|de l|del|della|des|du|de|da|do|dos|d)['\u2019 ]{1,3})?"
_STREETS = "street|avenue|boulevard|blvd|crescent|parkway|turnpike|terrace|road"
_TITLED = (
    "Street|Avenue|Ave|Boulevard|Blvd|Crescent|Parkway|Pkwy|Turnpike|Terrace|Road|Rd|Lane|Ln|Drive|Dr|Court|Square|Close|Mews|Highway|"
    "Gardens|Grove|St"
)
_ENGLISH = re.compile(
    rf"{_EDGE}\d{{1,5}}[A-Za-z]?(?:{_GAP}{_SMALL}{{2,20}}){{1,3}}{_GAP}(?i:{_STREETS}){_TAIL}"
    rf"|{_EDGE}\d{{2,5}}[A-Za-z]?(?:{_GAP}{_CAP}){{1,3}}{_GAP}(?:{_TITLED}){_TAIL}"
)
_COMPOUND = re.compile(
    rf"{_EDGE}(?:{_CAP}{_GAP}){{0,2}}{_CAP}(?:{ENDINGS}|str){_GAP}{_BEHIND}{_TAIL}"
    rf"|{_EDGE}{_SMALL}{{2,30}}(?i:stra(?:\u00df|ss)e|gasse|gracht|straat|platz){_GAP}{_BEHIND}{_TAIL}"
)
_NUMBER_FIRST = re.compile(
    rf"{_EDGE}{_HOUSE}(?:{_GAP}(?:bis|ter))?{_GAP}(?i:rue|avenue|boulevard|chemin|impasse|quai){_GAP}{_LINK}{_CAP}(?:{_GAP}{_CAP}){{0,2}}{_TAIL}"
)
_NAME_FIRST = re.compile(
    rf"{_EDGE}(?:(?i:calle|avenida|viale|piazza|rua|ulica|paseo|corso)|via|Via){_GAP}{_LINK}{_CAP}(?:{_GAP}{_LINK}{_CAP}){{0,2}}{_GAP}{_BEHIND}{_TAIL}"
)
_BOX = re.compile(
    rf"{_EDGE}(?:p ?o ?box|post office box|postfach|postbus|apartado|casilla){_GAP}\d{{2,6}}{_END}",
    re.IGNORECASE,
)
_KINDS = (
    "street avenue boulevard blvd crescent parkway pkwy turnpike terrace road rd ave ln lane drive dr court square close mews highway gardens "
    "grove st rue chemin impasse quai calle avenida viale piazza rua ulica paseo corso via box postfach postbus apartado casilla pobox"
)
_KIND_WORDS = frozenset(_KINDS.split())
_KIND_ENDS = ("str", *(ending.replace("\\", "").strip(".") for ending in ENDINGS.split("|")))


def addresses_in(text: str, words: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    """Type, start and end of each. `words`: those of the name, in small letters; without a kind of street among them there is none."""
    if _KIND_WORDS.isdisjoint(words) and not any(word.endswith(_KIND_ENDS) for word in words):
        return
    spaced = text.translate(SEPARATORS)
    for shape in (_ENGLISH, _COMPOUND, _NUMBER_FIRST, _NAME_FIRST, _BOX):
        yield from (("STREET_ADDRESS", *match.span()) for match in shape.finditer(spaced))

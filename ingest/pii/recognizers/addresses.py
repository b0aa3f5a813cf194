"""Postal addresses: a street with a number, its flat, and the town and postal code that follow. Towns alone stay."""

import re

from ingest.pii.recognizers import street_words as w
from ingest.pii.recognizers.rules import LIKELY, Rule, RuleRecognizer

_STRONG = 0.8
_CAP = r"[^\W\d_a-z\u00df-\u00ff][^\W\d_]*[.'\u2019-]?[^\W\d_]*\.?"
_LINK = r"(?:d[aeiou]s?|d[e']? ?la|del|della|delle|des|dei|du|van|von|der|den|het|'t|of|the|e|y|i|la|le|les|el|los|las|nad|pod|na|\d{1,2}(?:st|nd|rd|th)?)"
# A name of one to four capitalised words, small words between them.
_NAME = rf"{_CAP}(?:[ -](?:{_LINK}[ -]){{0,2}}{_CAP}){{0,3}}"
_NUMBER = r"(?:\d{1,6}(?:[ ]?[-/][ ]?\d{1,5})?[A-Za-z]?(?![\w%]))"
_MARGIN = r"[ \t>|*]*"
_GAP = rf"(?:,?[ ]|,?{_MARGIN}\n(?:{_MARGIN}\n)?{_MARGIN},?{_MARGIN})"
_UNIT = rf"(?:(?i:{w.UNITS})\.? ?#?\d{{1,5}}[A-Za-z]?\b|\#\d{{1,5}})"
_REGION = rf"(?:{w.US_STATES}|[A-Z]{{2,3}}|nan)"
_CODE = r"(?:\d{4,6}(?:-\d{3,4})?|\d{3} ?\d{2}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{4} ?[A-Z]{2})\b"
# Town with region or country and a postal code, or the code before the town.
_TOWN = rf"(?:{_NAME}(?:{_GAP}{_REGION})?(?:{_GAP}{_NAME})?{_GAP}{_CODE}|{_CODE}[ ]{_NAME})"
_TAIL = rf"(?:{_GAP}{_UNIT}){{0,2}}(?:{_GAP}{_TOWN})?"
_BEGIN = r"(?<![\w@/.#])"
_LEAD = rf"(?:{_NUMBER}[ ,]{{1,2}}){{0,2}}"

_AMERICAN = re.compile(
    rf"{_BEGIN}(?:{_NUMBER} ){{1,2}}(?:(?:[NSEW]|[NS][EW])\.? )?(?:{_NAME}|\d{{1,3}}(?:st|nd|rd|th)) (?i:{w.ENGLISH_SUFFIXES})\b\.?{_TAIL}"
)
_UNNUMBERED = re.compile(
    rf"{_BEGIN}{_LEAD}{_NAME} (?:{w.ENGLISH_STREETS.title()})\b\.?(?: \d{{1,5}}\b)?{_TAIL}".replace(
        "|St|", "|"
    )
)
_PREFIXED = re.compile(
    rf"{_BEGIN}{_LEAD}(?i:{w.PREFIXES})[ ]?(?:{_LINK} ){{0,2}}{_NAME}(?: (?:{_LINK} ){{0,2}}{_CAP}){{0,2}},? (?:n[.\u00bao]? ?)?{_NUMBER}{_TAIL}"
)
_FRENCH = re.compile(
    rf"{_BEGIN}(?:{_NUMBER}(?: bis| ter)?,? ){{1,2}}(?i:{w.PREFIXES})[ ]?(?:{_LINK} ){{0,2}}(?:[dl]')?{_NAME}{_TAIL}"
)
_COMPOUND = re.compile(
    rf"{_BEGIN}{_LEAD}(?:{_CAP} ){{0,2}}[^\W\d_]{{2,30}}(?:{w.ENDINGS})(?<!\.)\.?,? {_NUMBER}{_TAIL}"
    rf"|{_BEGIN}(?:{_NUMBER} ){{1,2}}(?:{_CAP} ){{0,2}}[^\W\d_]{{2,30}}(?:{w.ENDINGS})\b{_TAIL}"
)
_SUFFIXED = re.compile(
    rf"{_BEGIN}{_LEAD}{_NAME} (?i:{w.SUFFIXES}) {_NUMBER}\.?{_TAIL}|{_BEGIN}{_NUMBER} {_NAME} (?i:{w.SUFFIXES})(?![\w]){_TAIL}"
)
_WITH_UNIT = re.compile(rf"{_BEGIN}{_LEAD}{_NAME}(?:,? {_NUMBER})?\.?{_GAP}{_UNIT}{_TAIL}")
_BOX = re.compile(
    rf"{_BEGIN}(?:{_NUMBER} )?(?i:p\.? ?o\.? ?box|post office box|postfach|postbus|bo\u00eete postale|bp|apartado|casilla|casella postale|psc|cmr|"
    rf"unit(?= \d+,? (?:box|apo)))[ .#:]{{0,2}}\d{{1,6}}(?:,? box \d{{1,6}})?(?:{_GAP}(?:APO|FPO|DPO) A[AEP] \d{{5}})?{_TAIL}",
)
_FLAT = re.compile(
    rf"(?i){_BEGIN}(?:{_NUMBER} )(?:[^\W\d_]+\.? ){{1,4}}(?:{_NUMBER} )?(?:suite|ste|apt|apartment|flat)\.? ?\d{{1,5}}\b"
)
_LOWER = re.compile(
    rf"{_BEGIN}(?:{_NUMBER} ){{1,2}}(?i:rue|avenue|boulevard|chemin|impasse|all\u00e9e|avenida|calle|rua|r\u00faa|ulica|trg) "
    rf"(?:[^\W\d_]+ ?){{1,3}}(?:{_NUMBER})?"
)
_WITH_TOWN = re.compile(rf"{_BEGIN}{_NUMBER} {_NAME}(?: {_NUMBER})?{_GAP}{_NAME}{_GAP}{_REGION}{_GAP}{_CODE}")
_MILITARY = re.compile(
    rf"(?i){_BEGIN}(?:US[A-Z]{{1,4}} [^\W\d_-]{{2,30}}{_GAP})?(?:APO|FPO|DPO),? A[AEP] \d{{5}}\b"
)
_CUE = (
    r"(?i:(?:(?:home|postal|mailing|street|billing|shipping|delivery|current|new|old|permanent|email)? ?address(?:es)?(?: (?:is|was|to|below|here|with))*"
    r"|(?:lives?|lived|living|resid(?:es|ing)|residence|reside) (?:at|on|in)|moved to|located at|office is at|deliver(?:ed)? to|ship(?:ped)? to|"
    r"return to|meet (?:you|me|us|him|her|them) at|anschrift|adresse|direcci\u00f3n|indirizzo|endere\u00e7o|adres)[ :*_-]{1,4}(?:it is |is )?)"
)
_CUED = re.compile(
    rf"{_CUE}\n?{_MARGIN}(?P<value>(?:{_NUMBER},? ){{1,2}}{_NAME}(?:,? {_NUMBER})?{_TAIL}|{_NAME},? {_NUMBER}{_TAIL})"
)
_CORNER = re.compile(
    rf"(?i:corner of|intersection of) (?P<value>{_LEAD}{_NAME}(?: {_NUMBER})? (?:and|&) (?:{_LEAD}{_NAME}(?: {_NUMBER})?))"
)
# Contracts are made and meetings held between people: between streets only where one is called so.
_BETWEEN = re.compile(
    rf"(?i:between) (?P<value>(?:{_NAME} (?i:{w.ENGLISH_STREETS})s?\b\.? (?:and|&) {_NAME}(?: (?i:{w.ENGLISH_STREETS})\b)?"
    rf"|{_NAME} (?:and|&) {_NAME} (?i:{w.ENGLISH_STREETS})s?\b))"
)


def address_recognizer() -> RuleRecognizer:
    """Finds `STREET_ADDRESS`."""
    rules = (
        Rule(_AMERICAN, LIKELY),
        Rule(_FRENCH, LIKELY),
        Rule(_PREFIXED, LIKELY),
        Rule(_COMPOUND, LIKELY),
        Rule(_SUFFIXED, _STRONG),
        Rule(_WITH_UNIT, LIKELY),
        Rule(_BOX, LIKELY),
        Rule(_UNNUMBERED, _STRONG),
        Rule(_FLAT, _STRONG),
        Rule(_LOWER, _STRONG),
        Rule(_WITH_TOWN, _STRONG),
        Rule(_MILITARY, LIKELY),
        Rule(_CUED, _STRONG),
        Rule(_CORNER, _STRONG),
        Rule(_BETWEEN, _STRONG),
    )
    gate = re.compile(r"\d|(?i:street|avenue|road|boulevard|lane|drive|corner|highway|square|terrace)")
    return RuleRecognizer("STREET_ADDRESS", rules, gate=gate)

"""Telephone numbers: candidates by shape, then the numbering plans of `phonenumbers`, or a word that says so.

The stock recogniser runs the library's matcher over the whole text once per region; here the plans see candidates only.
"""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException

from ingest.pii.recognizers.rules import NEVER, POSSIBLE, Rule, RuleRecognizer

REGIONS = ("US", "GB", "DE", "FR", "IL", "IN", "CA", "BR", "ES", "IT", "NL", "PL", "AU", "SE", "CH", "AT")
_EXTENSION = r"(?:[ ,;]{0,3}(?:x|ext\.?|extension|#|Durchwahl)[ .:]?\d{1,6})?"
_CANDIDATE = re.compile(
    rf"(?<![\w.,:/$\u20ac\u00a3-])(?:\+ ?|00)?[(\[]?\d(?:[ ./-]{{0,2}}[()]?[ ]?\d){{5,14}}{_EXTENSION}(?![\w%]|[.,:/-]\d)"
)
_CONTEXT = re.compile(
    r"(?i)(?<![^\W_])(?:(?:tele)?(?:phone|fon|fono)|phone ?(?:number|no|#)|tel|mobile|cell(?:phone| ?phone)?|fax|whatsapp|signal|"
    r"call(?:ing|ed)?|dial(?:ing)?|text(?:ing)?|sms|ring|reach|answer(?:ing)?|hotline|pager|contact|telefon|handy|mobil|"
    r"t\u00e9l\u00e9phone|t\u00e9l|portable|tel\u00e9fono|m\u00f3vil|celular|cellulare|telefone|telefoon|puhelin)s?(?![^\W_])"
)
_DATE = re.compile(
    r"(?:19|20)\d\d[-/. ](?:0?[1-9]|1[0-2])[-/. ](?:[0-2]?\d|3[01])(?:[ T]\d{1,2})?|"
    r"(?:[0-2]?\d|3[01])[-/. ](?:[0-2]?\d|3[01])[-/. ](?:19|20)\d\d|(?:19|20)\d\d ?- ?(?:19|20)\d\d|"
    # IP addresses have the digits of a telephone number too.
    r"(?:\d{1,3}\.){3}\d{1,3}"
)


def phone_recognizer() -> RuleRecognizer:
    """Finds `PHONE_NUMBER`."""
    rules = (
        Rule(_CANDIDATE, NEVER, check=_planned, context=_CONTEXT, in_context=0.6),
        Rule(_CANDIDATE, POSSIBLE, check=_unplanned, context=_CONTEXT, in_context=0.75),
    )
    return RuleRecognizer("PHONE_NUMBER", rules, gate=re.compile(r"\d(?:\D{0,3}\d){5}"))


def _planned(value: str) -> bool | None:
    """Certain of what no telephone number is; the rest is for the context to say."""
    return False if _impossible(value) else None


def _unplanned(value: str) -> bool | None:
    """Certain that a number without a place in a numbering plan is none; others stay possible."""
    if _impossible(value) or not _grouped(value) or _local(value):
        return False
    return None if _in_a_plan(value) else False


def _impossible(value: str) -> bool:
    digits = re.sub(r"\D", "", re.split(r"[xe#;,D]", value, maxsplit=1)[0])
    return (
        not 7 <= len(digits) <= 15
        or len(set(digits)) < 3
        or bool(_DATE.fullmatch(value.strip()))
        or value.count("(") != value.count(")")
    )


def _local(value: str) -> bool:
    """Without an area code anything of seven or eight digits is somebody's number somewhere."""
    return not value.startswith("+") and sum(map(str.isdigit, value)) < 9


def _grouped(value: str) -> bool:
    """A run of digits alone is an order or account number as well."""
    return value.startswith(("+", "00")) or bool(re.search(r"\d[^\d]+\d", value))


@lru_cache(maxsize=4096)
def _in_a_plan(value: str) -> bool:
    if value.startswith("00"):
        value = "+" + value[2:]
    regions: tuple[str | None, ...] = (None,) if value.startswith("+") else REGIONS
    return any(_valid(value, region) for region in regions)


def _valid(value: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(value, region))
    except NumberParseException:
        return False

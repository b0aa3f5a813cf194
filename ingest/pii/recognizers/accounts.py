"""Bank accounts: IBANs by their check digits, domestic numbers only where a word says what they are."""

import re

from presidio_analyzer.predefined_recognizers.generic.iban_patterns import regex_per_country

from ingest.pii.patterns import passes_mod_97
from ingest.pii.recognizers.rules import NEVER, Rule, RuleRecognizer, words

# The shape of every country that has one, which says where an account ends and the next word begins.
_SHAPES = "|".join(shape.replace("[ ]?", "[ -]?") for shape in regex_per_country.values())
_IBAN = re.compile(rf"(?i)(?<![A-Z0-9])(?:{_SHAPES})(?<![ -])(?![A-Z0-9])")
_NUMBER = re.compile(r"(?<![\w.,/-])\d(?:[ -]?\d){5,16}(?![\w-]|[.,/]\d)")
_CONTEXT = re.compile(
    r"(?i)(?<![^\W_])(?:account|acct|a/c|bank account|konto|compte|cuenta|kontonummer|checking|savings|sort code|"
    r"routing)s?(?: ?(?:number|num|no|nr|nummer|#)\.?)?[\s:#=(is]{1,12}$"
)


def iban_recognizer() -> RuleRecognizer:
    """Finds `IBAN_CODE`; with wrong check digits only where the text says IBAN."""
    rule = Rule(_IBAN, NEVER, check=_iban, context=words("iban"))
    return RuleRecognizer("IBAN_CODE", [rule], gate=re.compile(r"[A-Za-z]{2}\d\d[ -]?[A-Za-z0-9]{4}"))


def bank_recognizer() -> RuleRecognizer:
    """Finds `BANK_NUMBER`."""
    rule = Rule(_NUMBER, NEVER, context=_CONTEXT)
    return RuleRecognizer("BANK_NUMBER", [rule], gate=re.compile(r"\d(?:[ -]?\d){5}"))


def _iban(value: str) -> bool | None:
    """Certain of the check digits; wrong ones may be a slip of the pen."""
    return passes_mod_97(value.replace("-", "")) or None

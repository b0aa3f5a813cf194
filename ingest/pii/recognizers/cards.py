"""Payment card numbers: with a right check digit anywhere, with a wrong one where a word says that it is a card."""

import re

from ingest.pii.patterns import passes_luhn
from ingest.pii.recognizers.rules import NEVER, Rule, RuleRecognizer, words

# 12 to 19 digits (ISO/IEC 7812-1) in one run or in groups with one kind of mark between them.
_NUMBER = r"\d(?:[ .-]?\d){11,18}"
_ANY = re.compile(rf"(?<![\w.-]){_NUMBER}(?![\w-]|\.\d)")
_GROUPED = re.compile(r"(?<![\w.-])[3-6]\d{3}([ .-])(?:\d{4}\1\d{4}\1\d{1,4}|\d{6}\1\d{4,5})(?![\w-]|\.\d)")
_CONTEXT = words(
    r"(?:credit|debit|bank|payment|charge|master|visa)?[ -]?card", "visa", "amex", "american express", "discover",
    "maestro", "diners", "jcb", "cvv2?", "cvc", "cc", "ccn", "kreditkarte", "carte", "tarjeta", "carta di credito", "pan",
)  # fmt: skip
_PREFIXES = re.compile(r"3|4|5[0-8]|6[0-9]|2[2-7]|1800|2131|9")


def card_recognizer() -> RuleRecognizer:
    """Finds `CREDIT_CARD`."""
    rules = (
        Rule(_ANY, NEVER, check=_certain, context=_CONTEXT),
        Rule(_GROUPED, NEVER, context=_CONTEXT),
    )
    return RuleRecognizer("CREDIT_CARD", rules, gate=re.compile(r"\d(?:[ .-]?\d){11}"))


def _certain(number: str) -> bool | None:
    """Sure of an issuer's prefix with a right check digit; anything else is for the context to say."""
    digits = re.sub(r"\D", "", number)
    if len(set(digits)) == 1:
        return False
    return True if _issued(digits) and passes_luhn(digits) else None


def _issued(digits: str) -> bool:
    return len(digits) >= 13 and bool(_PREFIXES.match(digits))

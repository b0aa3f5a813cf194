"""Wallets that Presidio does not know: Ethereum, Monero. Bitcoin's are checked by its own recogniser."""

import re

from ingest.pii.recognizers.rules import LIKELY, Rule, RuleRecognizer

_ETHEREUM = re.compile(r"(?<![\w])0x[0-9a-fA-F]{40}(?!\w)")
_MONERO = re.compile(r"(?<![\w])[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}(?!\w)")


def wallet_recognizer() -> RuleRecognizer:
    """Finds `CRYPTO`."""
    rules = (Rule(_ETHEREUM, LIKELY), Rule(_MONERO, LIKELY))
    return RuleRecognizer("CRYPTO", rules, gate=re.compile(r"[0-9a-zA-Z]{40}"))

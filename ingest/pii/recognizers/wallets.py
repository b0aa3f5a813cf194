"""Wallets that Presidio does not know: Ethereum, Monero. Bitcoin's are checked by its own recogniser."""

import re

from ingest.pii.recognizers.rules import LIKELY, Rule, RuleRecognizer
from ingest.pii.recognizers.wallet_shapes import ETHEREUM, MONERO


def wallet_recognizer() -> RuleRecognizer:
    """Finds `CRYPTO`."""
    rules = (Rule(ETHEREUM, LIKELY), Rule(MONERO, LIKELY))
    return RuleRecognizer("CRYPTO", rules, gate=re.compile(r"[0-9a-zA-Z]{40}"))

"""Shapes of wallets. Pure; Bitcoin's older ones have check digits (`core.check_digits.passes_base58_check`)."""

import re

ETHEREUM = re.compile(r"(?<![\w])0x[0-9a-fA-F]{40}(?!\w)")
MONERO = re.compile(r"(?<![\w])[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}(?!\w)")

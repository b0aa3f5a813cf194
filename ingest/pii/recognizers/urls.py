"""Web addresses, for policies that take them out."""

import re

from ingest.pii.recognizers.rules import LIKELY, Rule, RuleRecognizer

# Presidio's own pattern takes quadratic time on a long row of dots.
_URL = re.compile(
    r"(?i)(?<![\w@])(?:https?://|ftp://|www\.)[^\s<>\"'`|\\^{}\[\]]{1,2048}[^\s<>\"'`|\\^{}\[\].,;:!?)]"
)


def url_recognizer() -> RuleRecognizer:
    """Finds `URL`."""
    return RuleRecognizer("URL", [Rule(_URL, LIKELY)], gate=re.compile(r"(?i)://|www\."))

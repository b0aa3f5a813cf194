"""Keys, tokens and passwords: what lets somebody in. Found by the issuers' own prefixes, or by a name in front."""

import math
import re
from collections import Counter

from ingest.pii.recognizers.issued_keys import ISSUED
from ingest.pii.recognizers.rules import CERTAIN, LIKELY, Rule, RuleRecognizer

_LEAST_ENTROPY_BITS = 3.0
_PEM = re.compile(
    r"-----BEGIN (?P<kind>[A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?)-----"
    r"[A-Za-z0-9+/=\s:,.()\\-]{0,20000}?(?:-----END (?P=kind)-----|\Z)"
)
_NAMED = re.compile(
    r"(?i)(?<![a-z0-9])[a-z0-9_.-]{0,40}(?:api[_-]?key|apikey|secret(?:[_-]?(?:access[_-]?)?key)?|access[_-]?key(?:[_-]?id)?|"
    r"auth[_-]?token|access[_-]?token|refresh[_-]?token|bearer[_-]?token|token|passw(?:or)?d|passwd|pwd|passphrase|"
    r"private[_-]?key|client[_-]?secret|credential|encryption[_-]?key|signing[_-]?key)"
    r"[\"'`]?[ \t]{0,3}(?::=|=>|[:=])[ \t]{0,3}(?P<quote>[\"'`]?)(?P<value>[^\s\"'`<>|,;]{8,256})(?P=quote)"
)
_BEARER = re.compile(
    r"(?i)authorization[\"']?\s?[:=]\s?[\"']?(?:bearer|basic|token) (?P<value>[A-Za-z0-9._~+/=-]{16,4096})"
)
_IN_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{1,64}:(?P<value>[^\s/@]{3,128})@[\w.-]")
_REFERENCE = re.compile(
    r"(?i)^(?:\$|%|\{\{|\*|os\.|env|process\.|getenv|settings|config|self\.|None|null|true|false|your|example|change|"
    r"xxx|redacted|placeholder|secretstr|str\b|optional|field\(|\w+\()"
)


def secret_recognizer() -> RuleRecognizer:
    """Finds `SECRET`."""
    rules = (
        Rule(_PEM, CERTAIN),
        Rule(ISSUED, CERTAIN),
        Rule(_NAMED, LIKELY, check=_is_secret),
        Rule(_BEARER, LIKELY, check=_is_secret),
        Rule(_IN_ADDRESS, LIKELY, check=_not_reference),
    )
    gate = re.compile(
        r"(?i)key|secret|token|passw|pwd|credential|authorization|passphrase|://|[a-z0-9_-]{16}"
    )
    return RuleRecognizer("SECRET", rules, gate=gate)


def entropy_bits(value: str) -> float:
    """Shannon's entropy of the characters: -sum p log2 p, in bits per character."""
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(share * math.log2(share) for share in shares)


def _is_secret(value: str) -> bool | None:
    """Certain that a reference to a variable or a plain word is none."""
    if _REFERENCE.match(value):
        return False
    mixed = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    return None if mixed and entropy_bits(value) >= _LEAST_ENTROPY_BITS else False


def _not_reference(value: str) -> bool | None:
    return False if _REFERENCE.match(value) or value.startswith("<") else None

"""E-mail addresses, without the network: domains are checked against the list that `tldextract` ships."""

import re

import tldextract

from ingest.pii.recognizers.rules import NEVER, Rule, RuleRecognizer

# Bounded (RFC 5321: 64 characters before the sign, 63 a label), so that a long line costs no more than its length.
_EMAIL = re.compile(
    r"(?<![\w.!#$%&'*+/=?^`{|}~-])[\w!#$%&'*+/=?^`{|}~-](?:[\w.!#$%&'*+/=?^`{|}~-]{0,62}[\w!#$%&'*+/=?^`{|}~-])?"
    r"@(?:[\w-]{1,63}\.){1,8}[\w-]{2,24}(?![\w@-])"
)
_PRIVATE_SUFFIXES = frozenset(
    {"internal", "local", "localdomain", "lan", "corp", "intranet", "test", "example", "invalid"}
)
# Pictures for sharp screens are called icon@2x.png.
_FILE_SUFFIXES = frozenset({"png", "jpg", "jpeg", "gif", "svg", "webp", "avif"})
_bundled = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def email_recognizer() -> RuleRecognizer:
    """Finds `EMAIL_ADDRESS`."""
    return RuleRecognizer("EMAIL_ADDRESS", [Rule(_EMAIL, NEVER, check=_exists)], gate=re.compile("@"))


def _exists(value: str) -> bool:
    domain = value.rpartition("@")[2].lower()
    suffix = domain.rpartition(".")[2]
    if suffix in _FILE_SUFFIXES:
        return False
    return suffix in _PRIVATE_SUFFIXES or bool(_bundled(domain).suffix)

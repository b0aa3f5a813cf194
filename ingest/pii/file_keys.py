"""Secrets and wallets in the name of a file or folder: by their issuers' prefixes, check digits, or `password=`. Pure."""

import re
from collections.abc import Iterator

from core.check_digits import passes_base58_check
from ingest.pii.recognizers.issued_keys import ISSUED
from ingest.pii.recognizers.wallet_shapes import ETHEREUM, MONERO

# None of these is in a name without a key or a wallet; most names have none of them, and that is cheap to see.
_ISSUERS = re.compile(
    r"AKIA|ASIA|ABIA|ACCA|gh[pousr]_|github_pat|glpat|xox|xapp|[srp]k_(?:live|test)|whsec|AIza|ya29|GOCSPX|sk-|hf_|npm_|pypi-A|dop_v|SG\."
    r"|key-[0-9a-f]{9}|AC[0-9a-f]{9}|SK[0-9a-f]{9}|eyJ"
)
_LEAST_KEY_CHARS = 15
_LONG_RUN = re.compile("[A-Za-z0-9]{26}")
_RUN = re.compile("[A-Za-z0-9]{12,}")
_BITCOIN = re.compile(r"(?<![A-Za-z0-9])[13][1-9A-HJ-NP-Za-km-z]{25,34}(?![A-Za-z0-9])")
_BECH_32 = re.compile(r"(?<![A-Za-z0-9])bc1[a-z0-9]{25,59}(?![A-Za-z0-9])")
_NAMED = re.compile(
    r"(?:api[_-]?key|secret|token|passw(?:or)?d|passwd|pwd|passphrase|access[_-]?key)[ _]?[=:][ _]?(?P<value>[^\s\"'`<>|,;\0]{6,256})",
    re.IGNORECASE,
)


def keys_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Type, start and end of each."""
    if len(text) >= _LEAST_KEY_CHARS and _ISSUERS.search(text):
        yield from (("SECRET", *match.span()) for match in ISSUED.finditer(text) if _is_key(match[0]))
    if "=" in text or ":" in text:
        yield from (
            ("SECRET", *match.span("value")) for match in _NAMED.finditer(text) if _is_mixed(match["value"])
        )
    if _LONG_RUN.search(text):
        yield from _wallets(text)


def _wallets(text: str) -> Iterator[tuple[str, int, int]]:
    spaced = text.replace("_", " ")
    for shape in (ETHEREUM, MONERO, _BECH_32):
        yield from (("CRYPTO", *match.span()) for match in shape.finditer(spaced))
    for match in _BITCOIN.finditer(text):
        if passes_base58_check(match[0]):
            yield "CRYPTO", *match.span()


def _is_key(value: str) -> bool:
    """Whether it is no name such as `sk-learn-notes-for-beginners`."""
    return not value.startswith("sk-") or any(map(_is_mixed, _RUN.findall(value)))


def _is_mixed(value: str) -> bool:
    return any(map(str.isdigit, value)) and any(map(str.isalpha, value))

"""Takes personal data out of texts that nobody reads for their content: log lines, messages of errors. Pure, no model.

Only what its shape gives away, in microseconds: a second net. Names have no shape; they are kept out of such texts where
these are written.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from core.check_digits import passes_base58_check, passes_luhn, passes_mod_97

# Nothing of what is looked for has neither a digit nor one of these signs.
_ANYTHING = re.compile(r"[0-9@%]|-----|://|[a-z_]{4}[\"']?\s?[=:]|earer |asic ", re.IGNORECASE)
_EDGE, _END = r"(?<![A-Za-z0-9_.-])", r"(?![A-Za-z0-9_-])"
# Between groups of digits, also as an address spells them.
_GAP = r"(?:[ .-]|%20)?"


class _Shape(NamedTuple):
    """`check` judges a match with the marks between its groups taken out; None: the shape is enough."""

    entity: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool] | None = None


def _is_card(digits: str) -> bool:
    return 13 <= len(digits) <= 19 and passes_luhn(digits)


_SHAPES = (
    _Shape(
        "SECRET",
        re.compile(
            r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,30}-----|\Z)"
        ),
    ),
    _Shape(
        "SECRET",
        re.compile(
            _EDGE + r"(?:(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{22,}"
            r"|glpat-[\w-]{20,}|xox[abeoprs]-[\w-]{10,}|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[\w+/=]{20,}"
            r"|AIza[\w-]{35}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}|sk-[\w-]{20,}|hf_[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{36}"
            r"|pypi-[\w-]{50,}|SG\.[\w-]{16,}\.[\w-]{16,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)"
        ),
    ),
    _Shape("SECRET", re.compile(r"(?i)(?<=\bbearer )[\w.~+/-]{8,}=*|(?<=\bbasic )[\w+/]{8,}=*")),
    _Shape("SECRET", re.compile(r"(?<=://)[^\s/@:]{0,64}:[^\s/@]{1,128}(?=@)")),
    _Shape(
        "SECRET",
        re.compile(
            r"(?i)(?:passw(?:or)?d|passphrase|secret|api[_-]?key|token)[\"']?\s?[=:]\s?[\"']?(?!<)"
            r"(?P<value>[^\s\"',;&<>]{6,256})"
        ),
    ),
    _Shape(
        "EMAIL_ADDRESS",
        re.compile(r"(?<![\w.+-])[\w.+-]{1,64}(?:@|%40)(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])"),
    ),
    _Shape(
        "IBAN_CODE", re.compile(rf"{_EDGE}[A-Z]{{2}}\d\d(?:{_GAP}[A-Z0-9]){{11,30}}{_END}"), passes_mod_97
    ),
    _Shape(
        "CREDIT_CARD",
        re.compile(rf"{_EDGE}(?:4\d|5[1-5]|2[2-7]|3[04-9]|6\d)(?:{_GAP}\d){{11,17}}{_END}"),
        _is_card,
    ),
    _Shape("US_SSN", re.compile(rf"{_EDGE}(?!000|666)\d{{3}}-(?!00)\d\d-(?!0000)\d{{4}}{_END}")),
    _Shape("PHONE_NUMBER", re.compile(r"(?<![\w.+-])(?:\+|%2B)\d(?:[ ().-]{0,2}\d|%20\d){7,14}(?![\w-])")),
    _Shape("PHONE_NUMBER", re.compile(rf"{_EDGE}\(?\d{{3}}\)?[ .-]\d{{3}}[.-]\d{{4}}{_END}")),
    _Shape(
        "CRYPTO",
        re.compile(rf"{_EDGE}[13][1-9A-HJ-NP-Za-km-z]{{25,34}}{_END}"),
        passes_base58_check,
    ),
    _Shape("CRYPTO", re.compile(rf"{_EDGE}(?:0x[0-9a-fA-F]{{40}}|bc1[a-z0-9]{{25,59}}){_END}")),
)


def without_personal_shapes(text: str) -> str:
    """The text with `<TYPE>` in place of what looks like personal data or a secret. Idempotent."""
    if not _ANYTHING.search(text):
        return text
    for shape in _SHAPES:
        text = _replaced(text, shape)
    return text


def _replaced(text: str, shape: _Shape) -> str:
    def instead(match: re.Match[str]) -> str:
        if shape.check and not shape.check(re.sub(r"%20|[ .-]", "", match[0])):
            return match[0]
        if "value" in match.groupdict():
            return match[0].removesuffix(match["value"]) + f"<{shape.entity}>"
        return f"<{shape.entity}>"

    return shape.pattern.sub(instead, text)

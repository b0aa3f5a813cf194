"""Shorter forms of a full name elsewhere in the same document: "Jane Smith" makes "Smith" a person too. Pure."""

import re
from collections.abc import Sequence

from ingest.pii.recognizers.gazetteer import Gazetteer
from ingest.pii.spans import Finding

_LEAST_SCORE = 0.6
_SCORE = 0.55
_WORD = re.compile(r"[^\W\d_]{3,}(?:[-'\u2019][^\W\d_]+)*")


def name_variants(text: str, findings: Sequence[Finding], names: Gazetteer) -> list[Finding]:
    """Places of single parts of the full names found. Everyday words among the parts are left alone."""
    parts = {
        word
        for found in findings
        if found.entity == "PERSON" and found.score >= _LEAST_SCORE
        for word in _parts(text[found.start : found.end], names)
    }
    if not parts:
        return []
    pattern = re.compile(rf"(?<![\w@.-])(?:{'|'.join(sorted(map(re.escape, parts)))})(?![\w@-])")
    return [Finding("PERSON", *match.span(), _SCORE) for match in pattern.finditer(text)]


def _parts(name: str, names: Gazetteer) -> list[str]:
    words = _WORD.findall(name)
    if len(words) < 2 or "\n" in name:
        return []
    return [word for word in words if word[0].isupper() and not names.is_ordinary(word)]

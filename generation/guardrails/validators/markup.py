"""Addresses, links, pictures and HTML in what was written, that stand in no source. Pure.

A picture or link of a model's own is a way out for what it has read: whoever shows the answer fetches it.
"""

import re
from collections.abc import Sequence

from generation.guardrails.validators.applied import Applied

# Each part is bounded, so that no text takes longer than its length.
_ADDRESS = r"(?:[a-z][a-z0-9+.-]{1,15}://|www\.|(?:data|javascript|mailto|vbscript):)[^\s<>\"'`)\]}]{1,2000}"
_FOUND = re.compile(
    rf"!?\[[^\[\]\n]{{0,500}}\]\([^()\n]{{0,2000}}\)"
    rf"|!?\[[^\[\]\n]{{1,500}}\]\[[^\[\]\n]{{0,100}}[^\d\[\]\n][^\[\]\n]{{0,100}}\]"
    r"|</?[a-z!][^<>]{0,2000}>"
    rf"|{_ADDRESS}",
    re.IGNORECASE,
)
_INNER = re.compile(_ADDRESS, re.IGNORECASE)
_EDGES = ".,;:!?"


def foreign_markup(text: str, sources: Sequence[str]) -> Applied | None:
    """Where such stand that none of the sources has: itself, or the address in it. Marks such as `[1]` are none."""
    places = []
    for match in _FOUND.finditer(text):
        found = match[0].rstrip(_EDGES)
        if not _stands(found, sources):
            places.append((match.start(), match.start() + len(found)))
    return Applied(tuple(places)) if places else None


def _stands(found: str, sources: Sequence[str]) -> bool:
    inner = _INNER.search(found)
    is_link = inner is not None and not found.startswith(("<", "!"))
    wanted = inner[0].rstrip(_EDGES) if is_link and inner is not None else found
    return any(_whole(wanted, source) for source in sources)


def _whole(wanted: str, source: str) -> bool:
    """Whether it stands there as a whole: a longer address of the source is another one, and so is a shorter."""
    at = source.find(wanted)
    while at >= 0:
        behind = source[at + len(wanted) : at + len(wanted) + 2].lstrip(_EDGES)
        if not behind or not (behind[0].isalnum() or behind[0] in "/?#=&%_-"):
            return True
        at = source.find(wanted, at + 1)
    return False

"""A text as it reads, with the way back to its characters: what a quote is looked for in. Pure.

White space, typographic signs, soft hyphens, compatibility forms, case and Markdown's marks are not what a text says. The seam
between chunks is: no quote goes over it unseen.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field

from core.offsets import SEAM
from core.plain_reading import CLUSTER, plain_cluster

# Marks of emphasis and code, the address of a link, a backslash before punctuation. Inside of words signs are signs: `a_b`, `2*3`.
_ADDRESS = r"\([^()\s]{1,500}\)"
_LINK = rf"\[(?=[^\[\]\n]{{1,300}}\]{_ADDRESS})|\]{_ADDRESS}"
_RUN = r"(?<![*_`])(?:[*_`]|~~)++"
_MARKS = rf"(?<![^\W_]){_RUN}|{_RUN}(?![^\W_])|\\(?=[!-/:-@\[-`{{-~])"
# A word that was cut at the end of a line; behind it the word goes on in lower case.
_CUT = r"(?<=[^\W\d_])-\r?\n[ \t]{0,8}(?=[^\W\d_A-Z])"
_SPECIAL = re.compile(
    rf"(?P<seam>\s*{SEAM}\s*)|(?P<space>\s+)|(?P<drop>{_CUT}|{_LINK}|{_MARKS})|(?P<cluster>{CLUSTER.pattern})",
    re.DOTALL,
)
# Wide dashes and quotes have no twin in `core.plain_reading` where they stand for two signs.
_MORE = {
    "\u2026": "...",
    "\u00ab": '"',
    "\u00bb": '"',
    "\u201e": '"',
    "\u201a": "'",
    "\u2039": "'",
    "\u203a": "'",
    "\u00b4": "'",
}


@dataclass(frozen=True, slots=True)
class PlainText:
    """The characters of `text` come from `[starts[i], ends[i])` of the original."""

    text: str = field(repr=False)
    starts: tuple[int, ...] = field(repr=False)
    ends: tuple[int, ...] = field(repr=False)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where a range that is not empty stands in the original."""
        return self.starts[start], self.ends[end - 1]

    def place(self, position: int) -> int:
        """The first character that comes from behind a position of the original."""
        return bisect_right(self.ends, position)


def plain_text(text: str) -> PlainText:
    """The text without case, with single spaces and ASCII punctuation, without marks. A seam and the space around it are one sign."""
    signs: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for found in _SPECIAL.finditer(text):
        _take(text, at, found.start(), signs, starts, ends)
        at = found.end()
        reading = _reading(found, before=signs[-1][-1] if signs else " ")
        if reading:
            signs.append(reading)
            starts.extend([found.start()] * len(reading))
            ends.extend([found.end()] * len(reading))
    _take(text, at, len(text), signs, starts, ends)
    whole = "".join(signs)
    kept = len(whole.rstrip(f" {SEAM}"))
    return PlainText(whole[:kept], tuple(starts[:kept]), tuple(ends[:kept]))


def _take(text: str, start: int, end: int, signs: list[str], starts: list[int], ends: list[int]) -> None:
    """ASCII as it is, in lower case."""
    if start < end:
        signs.append(text[start:end].lower())
        starts.extend(range(start, end))
        ends.extend(range(start + 1, end + 1))


def _reading(found: re.Match[str], *, before: str) -> str:
    if found["drop"] is not None:
        return ""
    if found["seam"] is not None:
        return SEAM
    reading = " " if found["space"] is not None else _MORE.get(found[0]) or _cluster(found[0], before)
    return "" if reading == " " and before in {" ", SEAM} else reading


def _cluster(cluster: str, before: str) -> str:
    """NFKC makes 102 of ten squared, and 21/2 of two and a half: here they stay what they are."""
    form = unicodedata.decomposition(cluster[0])
    mark = "^" if form.startswith("<super>") else " " if form.startswith("<fraction>") else ""
    reading = plain_cluster(cluster).replace("\u2044", "/").casefold()
    return mark + reading if mark and before.isdigit() else reading

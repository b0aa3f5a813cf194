"""Passages without the sentences that speak to a model instead of its reader. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from core.offsets import SEAM
from core.screening import TextScreen
from core.search import Hit

Span = tuple[int, int]


def screened(hits: Sequence[Hit], screen: TextScreen, *, threshold: float) -> tuple[list[Hit], int]:
    """The hits without sentences, titles and headings that score `threshold` or more, and how many such pieces there were.

    A gap is as long as what stood there, and begins with the mark that no quote goes over: all offsets stay right, and every
    quote of a screened hit stands in the stored text. A hit of which no word is left is taken out.
    """
    kept: list[Hit] = []
    count = 0
    for hit in hits:
        spans = _flagged(
            hit.text, screen, threshold=threshold, about=f"{hit.title}. {hit.heading}".strip(". ")
        )
        fields = {
            name: ""
            for name in ("title", "heading")
            if _flagged(getattr(hit, name), screen, threshold=threshold)
        }
        count += len(spans) + len(fields)
        text = _without(hit.text, spans)
        if any(character.isalnum() for character in text):
            kept.append(_rewritten(hit, text, spans, fields) if spans or fields else hit)
    return kept, count


def _flagged(text: str, screen: TextScreen, *, threshold: float, about: str = "") -> list[Span]:
    """Where something was found, in order, without overlaps."""
    spans: list[Span] = []
    for one in screen.screen(text, source="passage", about=about).findings if text else ():
        if one.score < threshold:
            continue
        if spans and one.start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], one.end))
        else:
            spans.append((one.start, one.end))
    return spans


def _without(text: str, spans: Sequence[Span]) -> str:
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts += [text[at:start], SEAM.ljust(end - start, "\n")]
        at = end
    return "".join([*parts, text[at:]])


def _rewritten(hit: Hit, text: str, spans: Sequence[Span], fields: dict[str, str]) -> Hit:
    restored = tuple(
        one for one in hit.restored if not any(start < one.end and one.start < end for start, end in spans)
    )
    return replace(
        hit,
        text=text,
        restored=restored,
        title=fields.get("title", hit.title),
        heading=fields.get("heading", hit.heading),
    )

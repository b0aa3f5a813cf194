"""What the language model of redaction took for names, on its way into the redacted text. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.graph import NamedSpan
from ingest.pii.shadow import Shadow
from ingest.pii.spans import Finding


def names_in(shadow: Shadow, names: Iterable[NamedSpan]) -> list[NamedSpan]:
    """Names of a shadow at their places in the text, by place, without overlaps: where two windows disagree, the longer stays."""
    found: list[NamedSpan] = []
    for name in sorted(names, key=lambda one: (one.start, -one.end, one.label)):
        start, end = shadow.span(name.start, name.end)
        moved = NamedSpan(name.label, start, end)
        if found and start < found[-1].end:
            found[-1] = max(found[-1], moved, key=lambda one: one.end - one.start)
        elif start < end:
            found.append(moved)
    return found


def names_left(
    names: Iterable[NamedSpan], replaced: Sequence[Finding], places: Sequence[tuple[int, int]]
) -> tuple[NamedSpan, ...]:
    """The names that redaction has left whole, at their places in the redacted text.

    Args:
        names: By place, in the original text.
        replaced: What was replaced there, by place.
        places: Where the stand-in of each is in the redacted text.
    """
    found: list[NamedSpan] = []
    at = shift = 0
    for name in names:
        while at < len(replaced) and replaced[at].end <= name.start:
            shift = places[at][1] - replaced[at].end
            at += 1
        if at == len(replaced) or replaced[at].start >= name.end:
            found.append(replace(name, start=name.start + shift, end=name.end + shift))
    return tuple(found)

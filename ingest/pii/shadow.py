"""A plain reading of a text for the recognisers (`core.plain_reading`), with the way back to the original. Pure.

Every character of the shadow knows the range of the text it came from.
"""

from array import array
from dataclasses import dataclass

from core.plain_reading import CLUSTER, plain_cluster, without_look_alikes


@dataclass(frozen=True, slots=True)
class Shadow:
    """What the recognisers read; `starts` and `ends` are each character's range in the original, empty if both agree."""

    text: str
    starts: "array[int]"
    ends: "array[int]"

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original that a range of the shadow came from, hidden characters inside included."""
        if not self.starts or start >= end:
            return start, end
        return self.starts[start], self.ends[end - 1]


def shadow_of(text: str) -> Shadow:
    """The plain reading of a text, each character with its range."""
    if text.isascii():
        return Shadow(text, array("L"), array("L"))
    parts: list[str] = []
    starts, ends = array("L"), array("L")
    end = 0
    for cluster in CLUSTER.finditer(text):
        _copy(text, end, cluster.start(), parts, starts, ends)
        plain = plain_cluster(cluster[0])
        parts.append(plain)
        starts.extend([cluster.start()] * len(plain))
        ends.extend([cluster.end()] * len(plain))
        end = cluster.end()
    _copy(text, end, len(text), parts, starts, ends)
    return Shadow(without_look_alikes("".join(parts)), starts, ends)


def _copy(
    text: str, start: int, end: int, parts: list[str], starts: "array[int]", ends: "array[int]"
) -> None:
    if start < end:
        parts.append(text[start:end])
        starts.extend(range(start, end))
        ends.extend(range(start + 1, end + 1))

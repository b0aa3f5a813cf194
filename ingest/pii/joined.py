"""Values that are torn over a line end or a table border, put together for recognisers that can check what they find."""

import re
from array import array

from ingest.pii.shadow import Shadow

# A break between two groups of digits or capitals, with the marks of quoting and tables around it.
_BREAK = re.compile(r"(?<=[0-9A-Z])[ \t]*(?:-?[ \t]*\r?\n[ \t>|]*|\|[ \t]*)(?=[0-9A-Z])")
_ANY_BREAK = re.compile(r"\d[ \t]*-?[ \t]*(?:\r?\n|\|)[ \t>|]*[0-9A-Z]")


def joined(text: str) -> Shadow | None:
    """The text with such breaks as single spaces, and the way back; `None` where nothing is torn between digits."""
    if not _ANY_BREAK.search(text):
        return None
    parts: list[str] = []
    starts, ends = array("L"), array("L")
    end = 0
    for border in _BREAK.finditer(text):
        _copy(text, end, border.start(), parts, starts, ends)
        parts.append(" ")
        starts.append(border.start())
        ends.append(border.end())
        end = border.end()
    _copy(text, end, len(text), parts, starts, ends)
    return Shadow("".join(parts), starts, ends)


def _copy(
    text: str, start: int, end: int, parts: list[str], starts: "array[int]", ends: "array[int]"
) -> None:
    parts.append(text[start:end])
    starts.extend(range(start, end))
    ends.extend(range(start + 1, end + 1))

"""What Markdown says and does not show: comments, hidden elements. Code is left alone. Pure."""

import re

from ingest.screen.cutting import Span
from ingest.screen.elements import hidden_elements

_CODE = re.compile(
    r"^(?P<fence>```+|~~~+)[^\n]*\n.*?(?:^(?P=fence)[^\n]*$|\Z)|(?P<ticks>`+)[^\n]*?(?P=ticks)",
    re.MULTILINE | re.DOTALL,
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# A link that nothing refers to; renderers show nothing of it.
_DEAD_LINK = re.compile(
    r"^[ \t]{0,3}\[(?://|comment|#)\]:[ \t]*(?:#|<>)[ \t]*[(\"'][^\n]*[)\"'][ \t]*$", re.MULTILINE
)


def comments(text: str) -> list[Span]:
    """Comments of a Markdown text, outside of code."""
    if "<!--" not in text and "]:" not in text:
        return []
    masked = _without_code(text)
    # A comment without an end is none, and would be looked for again and again.
    closed = masked[: masked.rfind("-->") + 3] if "-->" in masked else ""
    return [
        *(match.span() for match in _COMMENT.finditer(closed)),
        *(match.span() for match in _DEAD_LINK.finditer(masked)),
    ]


def hidden_html(text: str) -> list[Span]:
    """Hidden elements of HTML in a Markdown text, outside of code."""
    return hidden_elements(_without_code(text)) if "<" in text else []


def _without_code(text: str) -> str:
    """The text with code blanked out; everything stays where it is."""
    if "`" not in text and "~~~" not in text:
        return text
    return _CODE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)

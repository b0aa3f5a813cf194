"""What of a Markdown text people read as words. Pure; linear in the text."""

import re

_FENCE = re.compile(r"^[ \t]*(```|~~~).*?(?:^[ \t]*\1[^\n]*$|\Z)", re.MULTILINE | re.DOTALL)
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|</?[A-Za-z][^<>\n@]{0,300}>"  # HTML
    r"|\]\([^()\s]{0,1000}\)"  # where a link leads
    r"|(?:https?|ftp|file|s3|mailto)://?[^\s<>\"')\]|]{1,2000}|\bwww\.[^\s<>\"')\]|]{1,2000}"
    r"|&[a-z]{2,8};|[A-Za-z0-9+/=_-]{120,}",
    re.DOTALL,
)
_KEPT = re.compile(r"[^\n]")
_HEADING = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+[^\n]*", re.MULTILINE)
# A line of a few words that ends like no sentence, and is neither a list's nor a table's.
_LINE = re.compile(r"^[ \t]{0,3}(?=[^\W\d_])(?![-*+>|])[^\n|]{3,80}(?<![.!?:;,])[ \t]*$", re.MULTILINE)
_LONG_WORD = re.compile(r"[^\W\d_][\w'\u2019-]{3,}")
_FENCED_CHARS = ("```", "~~~")


def legible(text: str) -> str:
    """The text with spaces in place of code blocks, tags, comments, addresses and encoded data; as long as before."""
    if any(mark in text for mark in _FENCED_CHARS):
        text = _FENCE.sub(_blank, text)
    return _HIDDEN.sub(_blank, text)


def without_headings(text: str) -> str:
    """The text with spaces in place of headings: those of Markdown, and lines in which every long word has a capital."""
    return _LINE.sub(_blank_heading, _HEADING.sub(_blank, text))


def _blank_heading(line: re.Match[str]) -> str:
    words = _LONG_WORD.findall(line[0])
    is_heading = len(words) > 1 and all(word[0].isupper() for word in words)
    return _blank(line) if is_heading else line[0]


def _blank(match: re.Match[str]) -> str:
    return _KEPT.sub(" ", match[0])

"""Takes out of the parser's Markdown what was not in the document: escapes and page headers of its own."""

import re

_ESCAPED = re.compile(r"\\(\\)|(?<!^)\\([*_<>~!&\[\]#`])|^\\([<!&_\[\]])")
_FENCE = re.compile(r"^\s*(```|~~~)")
_HTML_HEAD = re.compile(r"\A---\n(?:[\w:.-]+: .*\n|\n)*## [\w:.-]+: .*(?:\n|\Z)")
_DATA_IMAGE = re.compile(r"!\[([^\]\n]*)\]\(data:[^)\n]*\)")


def unescaped(markdown: str) -> str:
    """The Markdown without backslashes before characters that mean nothing where they stand.

    A backslash stays in code, before the bar of a table cell and where a line would become a heading, a quote or a list.
    """
    lines: list[str] = []
    in_code = False
    for line in markdown.split("\n"):
        if _FENCE.match(line):
            in_code = not in_code
        lines.append(line if in_code else _ESCAPED.sub(_character, line))
    return "\n".join(lines)


def without_html_head(markdown: str) -> str:
    """The Markdown of a web page without the block of its title and meta tags at the top."""
    return _HTML_HEAD.sub("", markdown)


def without_inline_images(markdown: str) -> str:
    """Images that are spelled out in the text leave their description behind."""
    return _DATA_IMAGE.sub(r"\1", markdown)


def _character(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group)

"""Elements of a web page that are not seen, by their places in its source. Pure.

The source is cut, never written anew: what is seen stays as it is to the character.
"""

import re
from html.parser import HTMLParser

from ingest.screen.cutting import Span
from ingest.screen.styles import hidden_names, is_hidden

# Nothing is hidden without one of these; most pages have none of them, and are not read here at all.
_HINT = re.compile(
    r"\bhidden\b|<template|display\s*:\s*none|opacity\s*:\s*0|font-size\s*:\s*[01.]|text-indent\s*:\s*-|(?:left|top|right|bottom)\s*:\s*-\d{3}"
    r"|transparent|(?:width|height)\s*:\s*0",
    re.IGNORECASE,
)
_STYLE_SHEET = re.compile(r"<style[^>]*>(.*?)</style", re.IGNORECASE | re.DOTALL)
_VOID_NAMES = "area base br col embed hr img input link meta param source track wbr"
_VOID = frozenset(_VOID_NAMES.split())
_BLOCK_NAMES = "p div ul ol table h1 h2 h3 h4 h5 h6 section article blockquote pre form hr header footer main"
# What an element without an end tag ends at: the next of its kind (a cell ends at a row as well).
_ENDS_AT = {
    "p": frozenset(_BLOCK_NAMES.split()),
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "tr": frozenset({"tr", "tbody", "tfoot"}),
    "td": frozenset({"td", "th", "tr", "tbody", "tfoot"}),
    "th": frozenset({"td", "th", "tr", "tbody", "tfoot"}),
    "option": frozenset({"option", "optgroup"}),
}


def hidden_elements(source: str) -> list[Span]:
    """Where elements stand that are not seen: by their attributes, their style, or a class that a style sheet hides.

    Style sheets count in pages without scripts only: elsewhere what is folded away may be opened.
    """
    has_colours = "background" in source and "color" in source
    if not has_colours and not _HINT.search(source):
        return []
    has_scripts = re.search(r"<script\b", source, re.IGNORECASE) is not None
    # Up to the last end tag: what has no end would be looked for again and again.
    sheets_end = 0 if has_scripts else source.lower().rfind("</style") + len("</style")
    sheets = "\n".join(_STYLE_SHEET.findall(source, 0, sheets_end))
    reader = _Reader(source, hidden_names(sheets))
    reader.feed(source)
    reader.close()
    return reader.found()


class _Reader(HTMLParser):
    """Follows which elements are open. `_open` are their names; `_root` is the depth of the hidden one, if there is one."""

    def __init__(self, source: str, hidden: frozenset[str]) -> None:
        super().__init__(convert_charrefs=False)
        self._source = source
        self._hidden = hidden
        self._lines = [0, *(match.end() for match in re.finditer("\n", source))]
        self._open: list[str] = []
        self._root: int | None = None
        self._start = 0
        self._found: list[Span] = []

    def found(self) -> list[Span]:
        """All ranges; an element that never ends hides the rest."""
        if self._root is not None:
            self._found.append((self._start, len(self._source)))
            self._root = None
        return self._found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        while self._open and tag in _ENDS_AT.get(self._open[-1], ()):
            self._close(len(self._open) - 1, self._here())
        hidden = self._root is None and self._is_hidden(tag, dict(attrs))
        start = self._here()
        if tag in _VOID:
            if hidden:
                self._found.append((start, start + len(self.get_starttag_text() or "")))
            return
        if hidden:
            self._root, self._start = len(self._open), start
        self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<p/>` begins an element all the same, says HTML."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """An element ends, and those in it that have no end tag."""
        if tag not in self._open:
            return
        depth = len(self._open) - 1 - self._open[::-1].index(tag)
        here = self._here()
        if self._root is not None and depth > self._root:
            del self._open[depth:]
            return
        end = self._source.find(">", here) + 1 or len(self._source)
        self._close(depth, end if self._root == depth else here)

    def _close(self, depth: int, end: int) -> None:
        if self._root is not None and self._root >= depth:
            self._found.append((self._start, end))
            self._root = None
        del self._open[depth:]

    def _is_hidden(self, tag: str, attributes: dict[str, str | None]) -> bool:
        names = {f".{name}" for name in (attributes.get("class") or "").lower().split()}
        names.add(f"#{(attributes.get('id') or '').lower()}")
        return (
            tag == "template"
            or ("hidden" in attributes and attributes["hidden"] != "until-found")
            or (tag == "input" and (attributes.get("type") or "").lower() == "hidden")
            or not self._hidden.isdisjoint(names)
            or is_hidden(attributes.get("style") or "")
        )

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

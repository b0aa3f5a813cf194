"""Sentences with their names marked: `<p:Jane Roe> leads <o:Acme>`."""

import re

from core.graph import EntityKind
from graph.extract.mentions import Named
from graph.keys import entity_key

_KINDS = {
    "p": EntityKind.PERSON,
    "o": EntityKind.ORGANISATION,
    "l": EntityKind.PLACE,
    "w": EntityKind.WORK,
    "g": EntityKind.GROUP,
    "v": EntityKind.VALUE,
    "t": EntityKind.TOPIC,
}
_MARK = re.compile(r"<(\w):([^<>]*)>")


def marked(text: str) -> tuple[str, list[Named]]:
    """The text without marks, and what they name."""
    plain, names, end = "", [], 0
    for match in _MARK.finditer(text):
        plain += text[end : match.start()]
        start = len(plain)
        plain, end = plain + match[2], match.end()
        names.append(Named(entity_key(match[2]), match[2], _KINDS[match[1]], start, len(plain)))
    return plain + text[end:], names

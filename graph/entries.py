"""What a walk may follow: the rows of a document as weighted pairs of nodes. Pure."""

from collections.abc import Iterator
from math import log2
from typing import NamedTuple

from core.graph import ALSO_KNOWN_AS, OCCURS_WITH, TITLED, DocumentEvidence, EntityKind, Evidence

MENTION, TITLE, RELATION, TOGETHER, KNOWN_AS = range(5)
"""Kinds of entries; the first two join an entity and a chunk."""


class Entry(NamedTuple):
    """An undirected edge: from an entity to a chunk (its ordinal) or to another entity."""

    key: str
    other: str | int
    code: int
    value: float


def entries_of(document: DocumentEvidence) -> Iterator[Entry]:
    """The entries of a document: one for each entity and chunk, one for each relation.

    Values lead nowhere, and nothing leads to itself. A name that stands n times in a chunk counts `log2(1 + n)`.
    """
    named = _named(document)
    keys = {key for key, _ in named}
    for (key, ordinal), (code, weight) in named.items():
        yield Entry(key, ordinal, code, log2(1.0 + max(weight, 0.0)))
    for row in document.rows:
        if not row.is_entity and row.subject != row.object and row.subject in keys and row.object in keys:
            yield Entry(row.subject, row.object, _code(row), max(row.weight, 0.0))


def _named(document: DocumentEvidence) -> dict[tuple[str, int], tuple[int, float]]:
    found: dict[tuple[str, int], tuple[int, float]] = {}
    for row in document.rows:
        if row.is_entity and row.kind is not EntityKind.VALUE:
            code, weight = found.get((row.subject, row.ordinal), (MENTION, 0.0))
            now = TITLE if row.predicate == TITLED else code
            found[row.subject, row.ordinal] = (now, max(weight, row.weight))
    return found


def _code(row: Evidence) -> int:
    if row.predicate == OCCURS_WITH:
        return TOGETHER
    return KNOWN_AS if row.predicate == ALSO_KNOWN_AS else RELATION

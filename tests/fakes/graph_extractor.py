"""An extractor that takes every capitalised word for an entity."""

import re
from collections.abc import Sequence
from itertools import pairwise

from core.documents import Chunk, ParsedDocument
from core.graph import MENTIONED, OCCURS_WITH, Evidence, NamedSpan
from core.graph_ports import Extraction

_WORD = re.compile(r"\b[A-Z]\w*")


class FakeGraphExtractor:
    """Implements GraphExtractor: a row for every capitalised word of a chunk, and one for every two that follow each other.

    A text with `fails_on` in it cannot be read. `documents` are those that were asked for, with their names.
    """

    def __init__(self, fingerprint: str = "fake-extractor:1", *, fails_on: str | None = None) -> None:
        self.fingerprint = fingerprint
        self.fails_on = fails_on
        self.documents: list[tuple[ParsedDocument, Sequence[NamedSpan] | None]] = []

    def extract(
        self, document: ParsedDocument, *, chunks: Sequence[Chunk], names: Sequence[NamedSpan] | None
    ) -> Extraction:
        self.documents.append((document, names))
        if self.fails_on is not None and self.fails_on in document.text:
            raise ValueError(f"cannot read {document.text}")
        return Extraction(tuple(row for chunk in chunks for row in _rows(document, chunk)))


def _rows(document: ParsedDocument, chunk: Chunk) -> list[Evidence]:
    found = [
        (match[0], chunk.start + match.start(), chunk.start + match.end())
        for match in _WORD.finditer(document.text[chunk.start : chunk.end])
    ]
    places = {word.lower(): (word, start, end) for word, start, end in reversed(found)}
    mentions = [
        Evidence(key, MENTIONED, chunk.ordinal, start, end, name=word)
        for key, (word, start, end) in sorted(places.items())
    ]
    relations = [
        Evidence(
            left[0].lower(),
            OCCURS_WITH,
            chunk.ordinal,
            left[1],
            right[2],
            object=right[0].lower(),
            weight=0.5,
        )
        for left, right in pairwise(found)
    ]
    return mentions + relations

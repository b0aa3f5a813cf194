"""A chunker that knows paragraphs only."""

import re

from core.documents import Chunk, ParsedDocument


class FakeChunker:
    """Implements Chunker: one chunk per paragraph (text between blank lines), a word is a token, the parent is the whole text."""

    def __init__(self, fingerprint: str = "fake-chunker:1") -> None:
        self.fingerprint = fingerprint

    def chunk(self, document: ParsedDocument) -> list[Chunk]:
        paragraphs = re.finditer(r"\S(?:.|\n(?!\s*\n))*", document.text)
        return [
            Chunk(
                ordinal=ordinal,
                text=match.group(),
                start=match.start(),
                end=match.end(),
                heading="",
                page=None,
                parent_start=0,
                parent_end=len(document.text),
                embedding_text=f"{document.title}\n{match.group()}",
                token_count=len(match.group().split()),
            )
            for ordinal, match in enumerate(paragraphs)
        ]

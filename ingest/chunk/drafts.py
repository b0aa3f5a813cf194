"""Pieces to chunks: sections are packed, parents found, titles and headings put in front."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from core.config import ChunkSettings
from core.documents import Chunk, PageSpan, ParsedDocument
from ingest.chunk.pieces import Piece, PieceCutter, with_headings
from ingest.chunk.sections import Section, merge_tiny
from ingest.chunk.sizes import Context, Sizes


@dataclass(frozen=True, slots=True)
class Draft:
    """A chunk before it is numbered: a piece, the headings above it, and the bounds of its parent."""

    path: tuple[str, ...]
    piece: Piece
    parent_start: int
    parent_end: int


class SectionPacker:
    """Makes the chunks of one document from its sections.

    Args:
        document: The document.
        settings: Sizes in tokens.
        count_tokens: Tokens of a text by the embedding model's tokenizer.
    """

    def __init__(
        self, document: ParsedDocument, settings: ChunkSettings, count_tokens: Callable[[str], int]
    ) -> None:
        self._document = document
        self._sizes = Sizes(settings)
        self.cutter = PieceCutter(document.text, count_tokens, overlap_tokens=settings.overlap_tokens)

    def chunks(self, sections: Sequence[Section]) -> list[Chunk]:
        """Sections packed to chunks; tiny neighbours of the same parent are joined first."""
        text = self._document.text
        joined = merge_tiny(
            sections,
            max_tokens=self._sizes.settings.child_tokens,
            count=lambda block: self.cutter.count(text[block.start : block.end]),
            text=text,
        )
        return self.finished(draft for section in joined for draft in self._drafts(section))

    def chunks_of(self, pieces: Sequence[tuple[tuple[str, ...], Piece]]) -> list[Chunk]:
        """Pieces, each with the headings above it, as they are; parents do not cross a heading."""
        return self.finished(
            Draft(path, piece, parent[0].start, parent[-1].end)
            for path, run in groupby(pieces, key=lambda pair: pair[0])
            for parent in self._parents([piece for _, piece in run])
            for piece in parent
        )

    def finished(self, drafts: Iterable[Draft]) -> list[Chunk]:
        """The chunks, numbered."""
        return [self._chunk(draft, ordinal) for ordinal, draft in enumerate(drafts)]

    def _context(self, path: tuple[str, ...]) -> Context:
        return self._sizes.context(self._document.title, " > ".join(path), count=self.cutter.count)

    def _drafts(self, section: Section) -> Iterator[Draft]:
        limit = self._sizes.text_tokens(self._context(section.path))
        blocks = ((block, self.cutter.cut(block, limit=limit)) for block in section.blocks)
        pieces = self.cutter.packed(with_headings(blocks, limit=limit), limit=limit)
        for parent in self._parents(pieces):
            for piece in parent:
                yield Draft(section.path, piece, parent[0].start, parent[-1].end)

    def _parents(self, pieces: list[Piece]) -> list[list[Piece]]:
        groups: list[list[Piece]] = []
        for piece in pieces:
            if not groups or _tokens([*groups[-1], piece]) > self._sizes.settings.parent_tokens:
                groups.append([])
            groups[-1].append(piece)
        return groups

    def _chunk(self, draft: Draft, ordinal: int) -> Chunk:
        piece = draft.piece
        text = self._document.text[piece.start : piece.end]
        context = self._context(draft.path)
        lines = (context.title, context.heading, piece.header, text)
        return Chunk(
            ordinal=ordinal,
            text=text,
            start=piece.start,
            end=piece.end,
            heading=" > ".join(draft.path),
            page=_page_of(self._document.pages, piece.start),
            parent_start=draft.parent_start,
            parent_end=draft.parent_end,
            embedding_text="\n".join(line for line in lines if line),
            token_count=piece.token_count,
        )


def _tokens(pieces: Iterable[Piece]) -> int:
    return sum(piece.token_count for piece in pieces)


def _page_of(pages: tuple[PageSpan, ...], offset: int) -> int | None:
    """The page that the offset is on, or the last one before it."""
    if not pages:
        return None
    position = bisect_right([page.start for page in pages], offset) - 1
    return pages[max(position, 0)].page

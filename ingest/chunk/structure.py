"""Cuts a document along its headings, paragraphs, tables and code into chunks, and says which section each is from."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version

from core.config import ChunkSettings
from core.documents import Chunk, PageSpan, ParsedDocument
from ingest.chunk.blocks import BlockKind, split_blocks
from ingest.chunk.pieces import Piece, PieceCutter
from ingest.chunk.sections import Section, merge_tiny, split_sections

# Raise it when the same text is cut differently because of a change here.
_RULES_VERSION = 1
# Title and headings in front of a chunk must leave the model's window to its text.
_MAX_TITLE_CHARS = 100
_MAX_HEADING_CHARS = 120


class StructureChunker:
    """Implements Chunker. Safe to call from several threads.

    Chunks are in reading order. Without overlap they do not share a character; together they hold every visible character,
    heading lines included. None is longer than `child_tokens`, but for a heading line that is.

    Args:
        settings: Sizes in tokens.
        count_tokens: Tokens of a text by the embedding model's tokenizer.
    """

    def __init__(self, settings: ChunkSettings, count_tokens: Callable[[str], int]) -> None:
        self._settings = settings
        self._count_tokens = count_tokens

    @property
    def fingerprint(self) -> str:
        """Rules, library and sizes."""
        sizes = self._settings
        return (
            f"structure:{_RULES_VERSION}:llama-index-core-{version('llama-index-core')}"
            f":{sizes.child_tokens}:{sizes.parent_tokens}:{sizes.overlap_tokens}"
        )

    def chunk(self, document: ParsedDocument) -> list[Chunk]:
        """The chunks of a document; none for a text without a visible character."""
        text = document.text
        cutter = PieceCutter(self._settings, self._count_tokens)
        sections = merge_tiny(
            split_sections(split_blocks(text)),
            max_tokens=self._settings.child_tokens,
            count=lambda block: cutter.count(text[block.start : block.end]),
        )
        drafts = [draft for section in sections for draft in self._drafts(text, section, cutter)]
        return [_chunk(document, draft, ordinal) for ordinal, draft in enumerate(drafts)]

    def _drafts(self, text: str, section: Section, cutter: PieceCutter) -> Iterator["_Draft"]:
        pieces = self._packed(self._pieces(text, section, cutter))
        for parent in _grouped(pieces, max_tokens=self._settings.parent_tokens):
            for piece in parent:
                yield _Draft(section.path, piece, parent[0].start, parent[-1].end)

    def _pieces(self, text: str, section: Section, cutter: PieceCutter) -> list[Piece]:
        """Heading lines stay with what follows them, if that leaves room."""
        pieces: list[Piece] = []
        after_heading = False
        for block in section.blocks:
            cut = cutter.cut(text, block)
            if after_heading and _fits(pieces[-1], cut[0], self._settings.child_tokens):
                pieces[-1] = _joined(pieces[-1], cut.pop(0))
            pieces += cut
            after_heading = block.kind is BlockKind.HEADING
        return pieces

    def _packed(self, pieces: list[Piece]) -> list[Piece]:
        """Small neighbours together, up to `child_tokens`."""
        packed: list[Piece] = []
        for piece in pieces:
            if packed and _fits(packed[-1], piece, self._settings.child_tokens):
                packed[-1] = _joined(packed[-1], piece)
            else:
                packed.append(piece)
        return packed


@dataclass(frozen=True, slots=True)
class _Draft:
    path: tuple[str, ...]
    piece: Piece
    parent_start: int
    parent_end: int


def _fits(first: Piece, second: Piece, limit: int) -> bool:
    """Parts of a table stay alone (their header is repeated for them), as do parts that overlap."""
    apart = first.end <= second.start
    return (
        apart and not first.header and not second.header and first.token_count + second.token_count <= limit
    )


def _joined(first: Piece, second: Piece) -> Piece:
    return Piece(first.start, second.end, first.token_count + second.token_count)


def _grouped(pieces: list[Piece], *, max_tokens: int) -> list[list[Piece]]:
    groups: list[list[Piece]] = []
    group_tokens = 0
    for piece in pieces:
        if not groups or group_tokens + piece.token_count > max_tokens:
            groups.append([])
            group_tokens = 0
        groups[-1].append(piece)
        group_tokens += piece.token_count
    return groups


def _chunk(document: ParsedDocument, draft: _Draft, ordinal: int) -> Chunk:
    piece = draft.piece
    text = document.text[piece.start : piece.end]
    heading = " > ".join(draft.path)
    lines = (document.title[:_MAX_TITLE_CHARS], heading[-_MAX_HEADING_CHARS:], piece.header, text)
    return Chunk(
        ordinal=ordinal,
        text=text,
        start=piece.start,
        end=piece.end,
        heading=heading,
        page=_page_of(document.pages, piece.start),
        parent_start=draft.parent_start,
        parent_end=draft.parent_end,
        embedding_text="\n".join(line for line in lines if line),
        token_count=piece.token_count,
    )


def _page_of(pages: tuple[PageSpan, ...], offset: int) -> int | None:
    """The page that the offset is on, or the last one before it."""
    if not pages:
        return None
    position = bisect_right([page.start for page in pages], offset) - 1
    return pages[max(position, 0)].page

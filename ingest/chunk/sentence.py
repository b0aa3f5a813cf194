"""Cuts a document into runs of whole sentences with LlamaIndex's SentenceSplitter, wherever headings, tables or code stand."""

from collections.abc import Callable, Iterator
from typing import Any

from core.config import ChunkSettings
from core.documents import Chunk, ParsedDocument
from ingest.chunk.blocks import Block, BlockKind
from ingest.chunk.cuts import before_token
from ingest.chunk.drafts import SectionPacker
from ingest.chunk.fingerprint import chunker_fingerprint
from ingest.chunk.paths import HeadingPaths
from ingest.chunk.pieces import Piece, PieceCutter
from ingest.chunk.sentences import Span, sentences

# Raise it when the same text is cut differently because of a change here.
_RULES_VERSION = 1


class SentenceChunker:
    """Implements Chunker. Safe to call from several threads.

    Each chunk is filled up to `child_tokens` before the next begins, so an edit moves the borders behind it.

    Args:
        settings: Sizes in tokens.
        count_tokens: Tokens of a text by the embedding model's tokenizer.
    """

    def __init__(self, settings: ChunkSettings, count_tokens: Callable[[str], int]) -> None:
        self._settings = settings
        self._count_tokens = count_tokens

    @property
    def fingerprint(self) -> str:
        """Strategy, rules, sizes, tokenizer and library."""
        return chunker_fingerprint(
            "sentence",
            _RULES_VERSION,
            self._settings,
            self._count_tokens,
            libraries=("llama-index-core",),
        )

    def chunk(self, document: ParsedDocument) -> list[Chunk]:
        """The chunks of a document; none for a text without a visible character."""
        packer = SectionPacker(document, self._settings, self._count_tokens)
        paths = HeadingPaths(document)
        overlap = min(self._settings.overlap_tokens, self._settings.child_tokens // 2)
        parts = list(self._pieces(packer.cutter, self._settings.child_tokens - overlap))
        pieces = packer.cutter.overlapping(parts, overlap)
        return packer.chunks_of([(paths.at(piece.start), piece) for piece in pieces])

    def _pieces(self, cutter: PieceCutter, limit: int) -> Iterator[Piece]:
        """What the library leaves too large, by its own way of adding up, is cut once more."""
        for start, end in self._spans(cutter.text, limit):
            yield from cutter.cut(Block(BlockKind.PROSE, start, end), limit=limit)

    def _spans(self, text: str, limit: int) -> Iterator[Span]:
        """Where the library's parts stand. Its own offsets fail on repeated text, and it cuts long words anywhere."""
        position = 0
        for part in self._splitter(limit).split_text(text) if text.strip() else []:
            start = text.index(part, position)
            position = start + len(part)
            span = before_token(text, start), before_token(text, position)
            if span[0] < span[1]:
                yield span

    def _splitter(self, limit: int) -> Any:
        from llama_index.core.node_parser import SentenceSplitter

        return SentenceSplitter(
            chunk_size=limit,
            chunk_overlap=0,
            tokenizer=lambda part: range(self._count_tokens(part)),
            # Its default loads NLTK's Punkt, which takes two seconds.
            chunking_tokenizer_fn=sentences,
        )

"""Cuts a document along its headings, paragraphs, tables and code into chunks, and says which section each is from."""

from collections.abc import Callable

from core.config import ChunkSettings
from core.documents import Chunk, ParsedDocument
from ingest.chunk.drafts import SectionPacker
from ingest.chunk.fingerprint import chunker_fingerprint
from ingest.chunk.paths import document_sections

# Raise it when the same text is cut differently because of a change here.
_RULES_VERSION = 2


class StructureChunker:
    """Implements Chunker. Safe to call from several threads.

    Chunks are in reading order. Without overlap they do not share a character; together they hold every visible character,
    heading lines included. `child_tokens` is the wanted size; see `Sizes` for the limits.

    Args:
        settings: Sizes in tokens.
        count_tokens: Tokens of a text by the embedding model's tokenizer.
    """

    def __init__(self, settings: ChunkSettings, count_tokens: Callable[[str], int]) -> None:
        self._settings = settings
        self._count_tokens = count_tokens

    @property
    def fingerprint(self) -> str:
        """Strategy, rules, sizes and tokenizer."""
        return chunker_fingerprint("structure", _RULES_VERSION, self._settings, self._count_tokens)

    def chunk(self, document: ParsedDocument) -> list[Chunk]:
        """The chunks of a document; none for a text without a visible character."""
        packer = SectionPacker(document, self._settings, self._count_tokens)
        return packer.chunks(document_sections(document))

"""Cuts source code along its syntax: functions, classes and their methods, and code fences in other documents too."""

from collections.abc import Callable, Iterator
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from core.config import ChunkSettings
from core.documents import Chunk, ParsedDocument
from ingest.chunk.blocks import Block, BlockKind
from ingest.chunk.drafts import SectionPacker
from ingest.chunk.fingerprint import chunker_fingerprint
from ingest.chunk.languages import (
    grammar_packages,
    language_of_fence,
    language_of_type,
    require_grammars,
    syntax_of,
)
from ingest.chunk.paths import code_blocks, document_sections
from ingest.chunk.pieces import PieceCutter
from ingest.chunk.sections import Section
from ingest.chunk.syntax import Mark, marks

if TYPE_CHECKING:
    from tree_sitter import Language

# Raise it when the same text is cut differently because of a change here.
_RULES_VERSION = 1


class CodeChunker:
    """Implements Chunker. Safe to call from several threads.

    A chunk's heading is the path of definitions around it (class, then method). Languages without a grammar are cut at
    blank lines and lines; whatever is not source code is cut as by the strategy `structure`, its code fences by syntax.

    Args:
        settings: Sizes in tokens.
        count_tokens: Tokens of a text by the embedding model's tokenizer.

    Raises:
        MissingExtraError: The grammars are not installed.
    """

    def __init__(self, settings: ChunkSettings, count_tokens: Callable[[str], int]) -> None:
        require_grammars()
        self._settings = settings
        self._count_tokens = count_tokens

    @property
    def fingerprint(self) -> str:
        """Strategy, rules, sizes, tokenizer and grammars."""
        return chunker_fingerprint(
            "code", _RULES_VERSION, self._settings, self._count_tokens, libraries=grammar_packages()
        )

    def chunk(self, document: ParsedDocument) -> list[Chunk]:
        """The chunks of a document; none for a text without a visible character."""
        packer = SectionPacker(document, self._settings, self._count_tokens)
        return packer.chunks(self._sections(document, packer.cutter))

    def _sections(self, document: ParsedDocument, cutter: PieceCutter) -> list[Section]:
        """Of source code a section for every definition and for what stands between two; else those of the headings."""
        parts = _Parts(document.text, cutter.count, self._settings.child_tokens)
        language = language_of_type(document.mime_type)
        if language is None:
            return [
                Section(
                    section.path, tuple(part for block in section.blocks for part in parts.of_fence(block))
                )
                for section in document_sections(document)
            ]
        blocks = parts.of_code(0, len(document.text), language)
        return [Section(path, tuple(run)) for path, run in groupby(blocks, key=lambda block: block.path)]


class _Parts:
    """Blocks of code in a text, fine enough to be packed evenly into chunks of `chunk_tokens`."""

    def __init__(self, text: str, count: Callable[[str], int], chunk_tokens: int) -> None:
        self._text = text
        self._count = count
        self._chunk_tokens = chunk_tokens

    def of_fence(self, block: Block) -> list[Block]:
        """The parts of a fenced block, the fences with the first and the last; any other block as it is."""
        text = self._text[block.start : block.end]
        if block.kind is not BlockKind.CODE or "\n" not in text or self._count(text) <= self._chunk_tokens:
            return [block]
        first_line = text[: text.index("\n")]
        parts = self.of_code(
            block.start + len(first_line) + 1, block.start + text.rindex("\n"), language_of_fence(first_line)
        )
        ends = [*(part.start for part in parts[1:]), block.end]
        starts = [block.start, *(part.start for part in parts[1:])]
        return [
            Block(block.kind, start, start + len(self._text[start:end].rstrip()), block.path)
            for start, end in zip(starts, ends, strict=True)
        ]

    def of_code(self, start: int, end: int, language: str) -> list[Block]:
        """Code by its syntax; what has none, or a statement that is too long, at blank lines."""
        source = self._text[start:end]
        syntax = syntax_of(language)
        bounds = [Mark(0, ()), *(self._marks(source, syntax) if syntax else []), Mark(len(source), ())]
        return [
            block
            for mark, after in pairwise(bounds)
            for block in self._whole_or_paragraphs(start + mark.offset, start + after.offset, mark.path)
        ]

    def _marks(self, source: str, syntax: "Language") -> list[Mark]:
        return marks(
            source,
            syntax,
            count=self._count,
            whole_tokens=self._chunk_tokens,
            small_tokens=self._chunk_tokens // 4,
        )

    def _whole_or_paragraphs(self, start: int, end: int, path: tuple[str, ...]) -> Iterator[Block]:
        source = self._text[start:end].rstrip()
        if source and self._count(source) <= self._chunk_tokens:
            yield Block(BlockKind.CODE, start, start + len(source), path)
            return
        for block in code_blocks(source):
            yield Block(BlockKind.CODE, start + block.start, start + block.end, path)

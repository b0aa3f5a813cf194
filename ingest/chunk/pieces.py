"""Blocks that are too long for one chunk, cut where it hurts least: prose at sentences, lists at items, tables at rows."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from core.config import ChunkSettings
from ingest.chunk.blocks import Block, BlockKind, list_items, table_header_end

# A tokenizer may take a line of base64 for one unknown token; no text has this many characters per token.
_MAX_CHARS_PER_TOKEN = 20
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'\u201d\u2019)\]]*\s+(?=[^\W_a-z])|(?<=[\u3002\uff01\uff1f])|\n+")
_LONG_RUN = re.compile(r"\S{160}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A block or a part of one: `text[start:end]`. `header` is what a part of a table repeats for the model, else ""."""

    start: int
    end: int
    token_count: int
    header: str = ""


class PieceCutter:
    """Cuts the blocks of one document into pieces of at most `child_tokens`; counts each text once.

    Args:
        settings: Sizes in tokens.
        count_tokens: Tokens of a text by the embedding model's tokenizer.
    """

    def __init__(self, settings: ChunkSettings, count_tokens: Callable[[str], int]) -> None:
        self._settings = settings
        self._count_tokens = cache(count_tokens)
        self._splitters: dict[int, Callable[[str], list[str]]] = {}

    def count(self, text: str) -> int:
        """Tokens of a text."""
        return max(self._count_tokens(text), len(text) // _MAX_CHARS_PER_TOKEN)

    def cut(self, text: str, block: Block) -> list[Piece]:
        """The pieces of a block in order; together they hold every visible character of it."""
        limit = self._settings.child_tokens
        token_count = self.count(text[block.start : block.end])
        if token_count <= limit:
            return [Piece(block.start, block.end, token_count)]
        if block.kind is BlockKind.TABLE:
            return self._cut_table(text, block)
        if block.kind is BlockKind.LIST:
            return self._gathered(text, list_items(text, block.start, block.end), limit)
        if block.kind is BlockKind.CODE:
            return self._gathered(text, _visible_lines(text, block.start, block.end), limit)
        return self._cut_prose(text, block.start, block.end, limit)

    def _cut_table(self, text: str, block: Block) -> list[Piece]:
        """The first piece has caption and header row in its text; the others repeat them in `header`."""
        limit = self._settings.child_tokens
        header_end = block.start + table_header_end(text[block.start : block.end])
        header = text[block.start : header_end].strip()
        header_tokens = self.count(header)
        lines = list(_visible_lines(text, header_end, block.end))
        if not header or not lines or header_tokens * 2 > limit:
            return self._gathered(text, _visible_lines(text, block.start, block.end), limit)
        first, *others = self._gathered(text, lines, limit - header_tokens)
        with_header = Piece(block.start, first.end, first.token_count + header_tokens)
        return [with_header, *(Piece(row.start, row.end, row.token_count, header) for row in others)]

    def _gathered(self, text: str, spans: Iterable[tuple[int, int]], limit: int) -> list[Piece]:
        """Whole lines (or items) together up to the limit; one over the limit is cut like prose."""
        pieces: list[Piece] = []
        for start, end in spans:
            token_count = self.count(text[start:end])
            if token_count > limit:
                pieces += self._cut_prose(text, start, end, limit)
            elif pieces and pieces[-1].token_count + token_count <= limit:
                pieces[-1] = Piece(pieces[-1].start, end, pieces[-1].token_count + token_count)
            else:
                pieces.append(Piece(start, end, token_count))
        return pieces

    def _cut_prose(self, text: str, start: int, end: int, limit: int) -> list[Piece]:
        """Sentences together up to the limit, by LlamaIndex.

        Offsets are found again here: its own fail on repeated text, and so do those of its overlapping parts.
        """
        overlap = min(self._settings.overlap_tokens, limit // 2)
        spans: list[tuple[int, int]] = []
        for part in self._splitter(limit - overlap)(text[start:end]):
            part_start = text.index(part, spans[-1][1] if spans else start, end)
            spans.append((part_start, part_start + len(part)))
        starts = [
            self._overlapping_start(text, previous[0], part[0], overlap) for previous, part in pairwise(spans)
        ]
        return [
            Piece(part_start, part_end, self.count(text[part_start:part_end]))
            for part_start, (_, part_end) in zip([start, *starts], spans, strict=True)
        ]

    def _overlapping_start(self, text: str, previous: int, start: int, overlap: int) -> int:
        """The start moved back by whole sentences of the previous part, as far as the overlap allows."""
        moved = start
        for sentence in reversed(_sentences(text[previous:start]) if overlap else []):
            if self.count(text[moved - len(sentence) : start]) > overlap:
                break
            moved -= len(sentence)
        return moved

    def _splitter(self, limit: int) -> Callable[[str], list[str]]:
        if limit not in self._splitters:
            from llama_index.core.node_parser import SentenceSplitter

            splitter = SentenceSplitter(
                chunk_size=limit,
                chunk_overlap=0,
                tokenizer=lambda part: range(self.count(part)),
                # Its default loads NLTK's Punkt, which takes two seconds.
                chunking_tokenizer_fn=_sentences,
            )
            self._splitters[limit] = splitter.split_text
        return self._splitters[limit]


def _sentences(text: str) -> list[str]:
    """The text in parts that end after a sentence, a line or a long run without spaces; joined they are the text."""
    ends = {match.end() for pattern in (_SENTENCE_END, _LONG_RUN) for match in pattern.finditer(text)}
    bounds = sorted({0, len(text), *ends})
    return [text[start:end] for start, end in pairwise(bounds)]


def _visible_lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Bounds of the lines of `text[start:end]` that are not blank, without trailing spaces."""
    position = start
    for line in text[start:end].split("\n"):
        if line.strip():
            yield position, position + len(line.rstrip())
        position += len(line) + 1

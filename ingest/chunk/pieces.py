"""Blocks that are too long for one chunk, cut where it hurts least: prose at sentences, lists at items, tables at rows."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from ingest.chunk.blocks import Block, BlockKind, list_items, table_header_end
from ingest.chunk.borders import partition, unit
from ingest.chunk.sentences import Span, halved, line_spans, sentence_spans, sentences

# A tokenizer may take a line of base64 for one unknown token; no text has this many characters per token.
_MAX_CHARS_PER_TOKEN = 20


@dataclass(frozen=True, slots=True)
class Piece:
    """A block or a part of one: `text[start:end]`. `header` is what a part of a table repeats for the model, else ""."""

    start: int
    end: int
    token_count: int
    header: str = ""


def joined(pieces: Sequence[Piece]) -> Piece:
    """Neighbours as one; a single piece as it is."""
    if len(pieces) == 1:
        return pieces[0]
    return Piece(pieces[0].start, pieces[-1].end, sum(piece.token_count for piece in pieces))


def with_headings(blocks: Iterable[tuple[Block, list[Piece]]], *, limit: int) -> list[Piece]:
    """All pieces of blocks; heading lines stay with what follows them, if that leaves room."""
    pieces: list[Piece] = []
    after_heading = False
    for block, cut in blocks:
        if after_heading and _may_join(pieces[-1], cut[0]):
            pair = joined([pieces[-1], cut[0]])
            if pair.token_count <= limit:
                pieces[-1:] = [pair, *cut[1:]]
                after_heading = block.kind is BlockKind.HEADING
                continue
        pieces += cut
        after_heading = block.kind is BlockKind.HEADING
    return pieces


class PieceCutter:
    """Cuts the blocks of one document into pieces; counts each text once.

    Args:
        text: The document's text.
        count_tokens: Tokens of a text by the embedding model's tokenizer.
        overlap_tokens: How much of a piece of prose the next piece of the same block repeats, at most.
    """

    def __init__(self, text: str, count_tokens: Callable[[str], int], *, overlap_tokens: int = 0) -> None:
        self.text = text
        self._count_tokens = cache(count_tokens)
        self._overlap_tokens = overlap_tokens

    def count(self, text: str) -> int:
        """Tokens of a text."""
        return max(self._count_tokens(text), len(text) // _MAX_CHARS_PER_TOKEN)

    def cut(self, block: Block, *, limit: int) -> list[Piece]:
        """The pieces of a block in order, each at most `limit` tokens; together they hold every visible character."""
        token_count = self.count(self.text[block.start : block.end])
        if token_count <= limit:
            return [Piece(block.start, block.end, token_count)]
        if block.kind is BlockKind.TABLE:
            return self._cut_table(block, limit)
        if block.kind is BlockKind.LIST:
            return self.gathered(list_items(self.text, block.start, block.end), limit=limit)
        if block.kind is BlockKind.CODE:
            return self.gathered(line_spans(self.text, block.start, block.end), limit=limit)
        return self._cut_prose(block.start, block.end, limit)

    def gathered(self, spans: Iterable[Span], *, limit: int) -> list[Piece]:
        """Whole lines (items, sentences) together up to the limit; one over the limit is cut itself."""
        parts = [part for span in spans for part in self._within(span, limit)]
        return self.packed(parts, limit=limit)

    def packed(self, pieces: Iterable[Piece], *, limit: int) -> list[Piece]:
        """Neighbours together up to the limit, with borders that depend on what is near them.

        Parts of a table stay alone (their header is repeated for them), as do parts that overlap.
        """
        runs: list[list[Piece]] = []
        for piece in pieces:
            if not runs or not _may_join(runs[-1][-1], piece):
                runs.append([])
            runs[-1].append(piece)
        return [piece for run in runs for piece in self._packed_run(run, limit)]

    def _packed_run(self, run: list[Piece], limit: int) -> list[Piece]:
        units = [
            unit(
                self.text[piece.start : piece.end],
                piece.token_count,
                line_breaks=self.text.count("\n", previous.end, piece.start),
            )
            for previous, piece in pairwise([run[0], *run])
        ]
        return [joined(run[start:end]) for start, end in partition(units, limit=limit)]

    def _within(self, span: Span, limit: int) -> list[Piece]:
        if self.count(self.text[slice(*span)]) <= limit:
            return [self._piece(span)]
        return [
            self._piece(part)
            for sentence in sentence_spans(self.text, *span)
            for part in halved(self.text, sentence, fits=lambda part: self._piece(part).token_count <= limit)
        ]

    def _piece(self, span: Span) -> Piece:
        return Piece(*span, self.count(self.text[slice(*span)]))

    def _cut_table(self, block: Block, limit: int) -> list[Piece]:
        """The first piece has caption and header row in its text; the others repeat them in `header`."""
        header_end = block.start + table_header_end(self.text[block.start : block.end])
        header = self.text[block.start : header_end].strip()
        header_tokens = self.count(header)
        lines = list(line_spans(self.text, header_end, block.end))
        if not header or not lines or header_tokens * 2 > limit:
            return self.gathered(line_spans(self.text, block.start, block.end), limit=limit)
        first, *others = self.gathered(lines, limit=limit - header_tokens)
        with_header = Piece(block.start, first.end, first.token_count + header_tokens)
        return [with_header, *(Piece(row.start, row.end, row.token_count, header) for row in others)]

    def _cut_prose(self, start: int, end: int, limit: int) -> list[Piece]:
        """Sentences together up to the limit; where overlap is set, every piece but the first begins with repeated ones."""
        overlap = min(self._overlap_tokens, limit // 2)
        pieces = self.gathered(sentence_spans(self.text, start, end), limit=limit - overlap)
        return self.overlapping(pieces, overlap)

    def overlapping(self, pieces: list[Piece], overlap: int) -> list[Piece]:
        """Every piece but the first with whole sentences of the one before it in front, up to `overlap` tokens."""
        if not overlap:
            return pieces
        moved = [self._overlapping(first, second, overlap) for first, second in pairwise(pieces)]
        return [*pieces[:1], *moved]

    def _overlapping(self, previous: Piece, piece: Piece, overlap: int) -> Piece:
        """The piece with whole sentences of the previous one in front, as many as the overlap allows."""
        start = piece.start
        for sentence in reversed(sentences(self.text[previous.start : piece.start])):
            if self.count(self.text[start - len(sentence) : piece.start]) > overlap:
                break
            start -= len(sentence)
        return self._piece((start, piece.end))


def _may_join(first: Piece, second: Piece) -> bool:
    return first.end <= second.start and not first.header and not second.header

"""Cuts a document where its subject changes: at the largest distances between the embeddings of neighbouring sentences."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, chain, pairwise
from typing import Any

from core.config import ChunkSettings
from core.documents import Chunk, ParsedDocument
from ingest.chunk.blocks import Block, BlockKind
from ingest.chunk.drafts import SectionPacker
from ingest.chunk.fingerprint import chunker_fingerprint
from ingest.chunk.paths import HeadingPaths, document_sections
from ingest.chunk.pieces import Piece, PieceCutter, with_headings
from ingest.chunk.sentences import sentence_spans

# Raise it when the same text is cut differently because of a change here.
_RULES_VERSION = 1
# Each sentence is embedded with the one before and the one behind it.
_NEIGHBOUR_COUNT = 1
# Distances above this percentile of the document's are borders: the library's default.
_PERCENTILE = 95
# Texts handed over in one call; the embedder makes its own batches of them.
_BATCH_COUNT = 512

Embed = Callable[[Sequence[str]], Sequence[Sequence[float]]]


class SemanticChunker:
    """Implements Chunker, with the breakpoints of LlamaIndex's SemanticSplitterNodeParser (after Kamradt 2023).

    Tables, lists and code count as one sentence. Between two breakpoints sentences are packed as in the strategy `structure`.
    Every sentence is embedded, in a window of three: that costs some three times as much as embedding the chunks.

    Args:
        settings: Sizes in tokens.
        count_tokens: Tokens of a text by the embedding model's tokenizer.
        embed: Blocking; one vector per text, by the model whose vectors are stored or any other.
    """

    def __init__(self, settings: ChunkSettings, count_tokens: Callable[[str], int], embed: Embed) -> None:
        self._settings = settings
        self._count_tokens = count_tokens
        self._embed = embed

    @property
    def fingerprint(self) -> str:
        """Strategy, rules, sizes, tokenizer and library. The model is in the embedder's own fingerprint."""
        return chunker_fingerprint(
            "semantic",
            _RULES_VERSION,
            self._settings,
            self._count_tokens,
            libraries=("llama-index-core",),
        )

    def chunk(self, document: ParsedDocument) -> list[Chunk]:
        """The chunks of a document; none for a text without a visible character."""
        packer = SectionPacker(document, self._settings, self._count_tokens)
        paths = HeadingPaths(document)
        limit = self._settings.child_tokens
        blocks = [block for section in document_sections(document) for block in section.blocks]
        units = with_headings(((block, _cut(packer.cutter, block, limit)) for block in blocks), limit=limit)
        groups = _without_tiny(self._groups(document.text, units), least=limit // 4)
        pieces = chain.from_iterable(packer.cutter.packed(group, limit=limit) for group in groups)
        return packer.chunks_of([(paths.at(piece.start), piece) for piece in pieces])

    def _groups(self, text: str, units: list[Piece]) -> list[list[Piece]]:
        """The units between two breakpoints, as many as the library's nodes hold characters."""
        if len(units) < 3:
            return [units] if units else []
        parts = [f"{text[unit.start : unit.end]}\n" for unit in units]
        ends = list(accumulate(map(len, parts)))
        cuts = [bisect_left(ends, end) + 1 for end in accumulate(map(len, self._node_texts(parts)))]
        return [units[start:end] for start, end in pairwise([0, *cuts])]

    def _node_texts(self, parts: list[str]) -> list[str]:
        from llama_index.core import Document
        from llama_index.core.node_parser import SemanticSplitterNodeParser

        parser = SemanticSplitterNodeParser(
            embed_model=_embed_model(self._embed),
            sentence_splitter=lambda _: parts,
            buffer_size=_NEIGHBOUR_COUNT,
            breakpoint_percentile_threshold=_PERCENTILE,
        )
        nodes = parser.build_semantic_nodes_from_documents([Document(text="".join(parts))])
        return [node.get_content() for node in nodes]


def _cut(cutter: PieceCutter, block: Block, limit: int) -> list[Piece]:
    """Sentences of prose; any other block whole, or in large pieces."""
    if block.kind is not BlockKind.PROSE:
        return cutter.cut(block, limit=limit)
    spans = sentence_spans(cutter.text, block.start, block.end)
    return [piece for start, end in spans for piece in cutter.cut(Block(block.kind, start, end), limit=limit)]


def _without_tiny(groups: Iterable[list[Piece]], *, least: int) -> list[list[Piece]]:
    """Groups below `least` tokens go to the one before them, or take in the one behind; packing cuts what is too much."""
    merged: list[list[Piece]] = []
    for group in groups:
        sizes = [sum(piece.token_count for piece in each) for each in (*merged[-1:], group)]
        if merged and min(sizes) < least:
            merged[-1] += group
        else:
            merged.append(list(group))
    return merged


def _embed_model(embed: Embed) -> Any:
    """The function behind the library's interface."""
    from llama_index.core.base.embeddings.base import BaseEmbedding

    class InjectedEmbedding(BaseEmbedding):
        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [list(vector) for vector in embed(texts)]

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

    return InjectedEmbedding(model_name="folio", embed_batch_size=_BATCH_COUNT)

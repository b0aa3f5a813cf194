"""A retrieval set in a store of its own: cut, encoded and written by the parts that serve.

Documents are not redacted: what is measured is how they are found.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from core import ids
from core.access import AccessLabel
from core.clock import SystemClock
from core.config import Settings, load_settings
from core.documents import Chunk, ParsedDocument
from core.ports import Chunker, Embedder
from core.search import ChunkPoint, SparseVector
from evals.datasets.retrieval_sets import Passage
from evals.retrieval_eval.vector_cache import CachedEmbedder
from folio.assembly import Parts, create_parts, open_collections
from inference.embed.factory import create_embedder, create_token_counter
from ingest.chunk.factory import create_chunker

_BATCH_COUNT = 512
_MARKDOWN = "text/markdown"
SOURCE = "evaluation"


@dataclass(frozen=True, slots=True)
class Cut:
    """A chunk and the document of the set that it is from."""

    passage: Passage
    chunk: Chunk


@dataclass(frozen=True, slots=True)
class Indexed:
    """An open store that holds a set. `doc_ids` says by point id which document of the set a chunk is from."""

    parts: Parts
    doc_ids: dict[str, str]
    cuts: tuple[Cut, ...] = ()


@asynccontextmanager
async def indexed(
    passages: Sequence[Passage], *, cache: Path | None, embedder: Embedder | None = None
) -> AsyncIterator[Indexed]:
    """The set in an embedded store that is removed at the end; vectors come from the cache where it has them."""
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings(home=Path(home), vectors={"url": None}, redaction={"policy": "off"})
        model = CachedEmbedder(embedder or create_embedder(settings.embedding), folder=cache)
        async with open_collections(settings) as collections:
            parts = create_parts(settings, collections, embedder=model, clock=SystemClock())
            await parts.index.prepare()
            cuts = await asyncio.to_thread(cut_all, passages, structure_chunker(settings))
            yield Indexed(parts, await _write(cuts, parts), tuple(cuts))
            model.save()


def structure_chunker(settings: Settings) -> Chunker:
    """The default chunker, with the tokens of the model that the settings name."""
    counter = create_token_counter(settings.embedding)
    return create_chunker("structure", settings=settings.chunks, counter=counter)


def cut_all(passages: Sequence[Passage], chunker: Chunker) -> list[Cut]:
    """All chunks of all documents. A document without text is its title."""
    return list(_cut(passages, chunker))


def chunk_point(
    found: Cut, *, dense: tuple[float, ...], sparse: SparseVector, access: AccessLabel | None = None
) -> ChunkPoint:
    """A chunk as an active point, as if its document had been a Markdown file."""
    passage, chunk = found.passage, found.chunk
    doc_id = ids.doc_id(SOURCE, passage.doc_id)
    return ChunkPoint(
        point_id=ids.point_id(doc_id, version=1, ordinal=chunk.ordinal),
        dense=dense,
        sparse=sparse,
        doc_id=doc_id,
        version=1,
        ordinal=chunk.ordinal,
        source_id=SOURCE,
        external_id=passage.doc_id,
        path=f"{passage.doc_id}.md",
        title=passage.title,
        mime_type=_MARKDOWN,
        heading=chunk.heading,
        page=chunk.page,
        start=chunk.start,
        end=chunk.end,
        parent_start=chunk.parent_start,
        parent_end=chunk.parent_end,
        text=chunk.text,
        access=access or AccessLabel(),
        active=True,
        context=chunk.embedding_text.removesuffix(chunk.text),
    )


def _cut(passages: Sequence[Passage], chunker: Chunker) -> Iterator[Cut]:
    for passage in passages:
        text = passage.text if passage.text.strip() else passage.title
        for chunk in chunker.chunk(ParsedDocument(text, passage.title, _MARKDOWN)):
            yield Cut(passage, chunk)


async def _write(cuts: Sequence[Cut], parts: Parts) -> dict[str, str]:
    doc_ids: dict[str, str] = {}
    for start in range(0, len(cuts), _BATCH_COUNT):
        batch = cuts[start : start + _BATCH_COUNT]
        texts = [found.chunk.embedding_text for found in batch]
        vectors = await parts.embedder.embed_passages(texts)
        points = [
            chunk_point(
                found, dense=dense, sparse=parts.sparse.encode_passage(text, title=found.passage.title)
            )
            for found, dense, text in zip(batch, vectors, texts, strict=True)
        ]
        await parts.index.write(points)
        for found, point in zip(batch, points, strict=True):
            doc_ids[point.point_id] = found.passage.doc_id
    return doc_ids

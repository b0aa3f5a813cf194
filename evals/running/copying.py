"""A sample of documents in a store of their own: as they are stored, or cut and embedded anew from their stored text.

The sources are never opened, and nothing unredacted is seen: what is stored went through the redaction when it was indexed.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from core import ids
from core.documents import Chunk, DocumentRecord, ParsedDocument, Source
from core.lexical import added_terms
from core.ports import Embedder, SparseEncoder
from core.search import ChunkPoint
from folio.assembly import Parts
from ingest.pipeline import Pipelines

_BATCH_COUNT = 256
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as searches find it now: its record, its stored text, and its visible chunks in reading order."""

    record: DocumentRecord
    text: str
    points: tuple[ChunkPoint, ...]


@dataclass(frozen=True, slots=True)
class Making:
    """What makes points of documents: the pipelines of their sources, by id, and the models."""

    pipelines: Pipelines
    sources: Mapping[str, Source]
    embedder: Embedder
    sparse: SparseEncoder


async def write_stored(parts: Parts, documents: Sequence[StoredDocument]) -> None:
    """Put the chunks as they are, vectors included, into another store."""
    for batch in _batches(point for document in documents for point in document.points):
        await parts.index.write([replace(point, active=True) for point in batch])


async def write_anew(parts: Parts, documents: Sequence[StoredDocument], making: Making) -> None:
    """Cut the stored texts, embed what is new of them, and put that into another store.

    What the same model has a vector of is not embedded again.
    """
    known = {point.embedding_key: point.dense for document in documents for point in document.points}
    for document in documents:
        chunks = await asyncio.to_thread(cut, document, making)
        for batch in _batches(chunks):
            await parts.index.write(await _points(document, batch, making, known))


def cut(document: StoredDocument, making: Making) -> list[Chunk]:
    """The chunks that the document's source would give it now. Blocking."""
    source = making.sources[document.record.source_id]
    pipeline = making.pipelines.of(source)
    first = document.points[0]
    parsed = ParsedDocument(document.text, first.title, first.mime_type, language=first.language or None)
    return pipeline.chunker.chunk(pipeline.in_language(parsed))


def pseudonyms_of(chunk: Chunk, points: Sequence[ChunkPoint]) -> tuple[str, ...]:
    """The tokens and aliases that the stored chunks have in the same place of the text. Pure."""
    touching = (point for point in points if point.start < chunk.end and chunk.start < point.end)
    return tuple(sorted({name for point in touching for name in point.pseudonyms}))


async def _points(
    document: StoredDocument,
    chunks: Sequence[Chunk],
    making: Making,
    known: Mapping[str, tuple[float, ...]],
) -> list[ChunkPoint]:
    keys = [ids.embedding_key(making.embedder.fingerprint, chunk.embedding_text) for chunk in chunks]
    missing = {key: chunk.embedding_text for key, chunk in zip(keys, chunks, strict=True) if key not in known}
    computed = await making.embedder.embed_passages(list(missing.values())) if missing else []
    vectors = {**known, **dict(zip(missing, computed, strict=True))}
    return [
        _point(document, chunk, making, key=key, dense=vectors[key])
        for key, chunk in zip(keys, chunks, strict=True)
    ]


def _point(
    document: StoredDocument, chunk: Chunk, making: Making, *, key: str, dense: tuple[float, ...]
) -> ChunkPoint:
    first, names = document.points[0], pseudonyms_of(chunk, document.points)
    sparse = making.sparse.encode_passage(
        chunk.embedding_text,
        terms=added_terms(names, chunk.embedding_text),
        title=first.title,
        language=first.language or None,
        tenant=first.access.tenant,
    )
    return replace(
        first,
        point_id=ids.point_id(first.doc_id, version=first.version, ordinal=chunk.ordinal),
        dense=dense,
        sparse=sparse,
        ordinal=chunk.ordinal,
        heading=chunk.heading,
        page=chunk.page,
        start=chunk.start,
        end=chunk.end,
        parent_start=chunk.parent_start,
        parent_end=chunk.parent_end,
        text=chunk.text,
        active=True,
        embedding_key=key,
        context=chunk.embedding_text.removesuffix(chunk.text),
        pseudonyms=names,
    )


def _batches(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, _BATCH_COUNT)):
        yield batch

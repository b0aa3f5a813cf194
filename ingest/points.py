"""A document's chunks as points of the vector store."""

from collections.abc import Sequence
from dataclasses import replace

from core import ids
from core.documents import Chunk, DocumentRecord
from core.search import ChunkPoint, SparseVector
from inference.lexical.languages import language_named
from ingest.preparing import Prepared
from ingest.vectors import PassageVectors

_NS_PER_S = 1_000_000_000
# As `ingest.chunk.structure` cut them when contexts were not kept yet.
_MAX_TITLE_CHARS = 100
_MAX_HEADING_CHARS = 120


def build_points(
    record: DocumentRecord,
    prepared: Prepared,
    *,
    vectors: PassageVectors,
    sparse: Sequence[SparseVector],
    pseudonyms: Sequence[tuple[str, ...]],
) -> list[ChunkPoint]:
    """One inactive point per chunk, of the record's version and with its access label."""
    described = zip(prepared.chunks, vectors.keys, vectors.dense, sparse, pseudonyms, strict=True)
    policy = prepared.change.source.options.redaction or ""
    # A name out of a list: what a file says of its language may be anything.
    language = language_named(prepared.document.language) or ""
    return [
        replace(
            _point(record, chunk, key=key, dense=vector, sparse=terms),
            pseudonyms=names,
            redaction=prepared.redaction,
            policy=policy,
            language=language,
        )
        for chunk, key, vector, terms, names in described
    ]


def moved_points(
    record: DocumentRecord, stored: Sequence[ChunkPoint], *, policy: str | None = None
) -> list[ChunkPoint]:
    """The points of another document with the same text as inactive points of the record's.

    `policy` is what the record's source has for itself: another one may have the same by the settings.
    """
    return [
        replace(
            point,
            point_id=ids.point_id(record.doc_id, version=record.version, ordinal=point.ordinal),
            doc_id=record.doc_id,
            version=record.version,
            source_id=record.source_id,
            external_id=record.external_id,
            path=record.path,
            access=record.access,
            active=False,
            modified_s=record.modified_ns // _NS_PER_S,
            policy=policy or "",
        )
        for point in stored
    ]


def embedded_text(point: ChunkPoint) -> str:
    """What the model saw of a stored chunk.

    Where the context was not kept yet, it is put together again; the header row of a table's later part is missing then.
    """
    if point.context is not None:
        return point.context + point.text
    lines = (point.title[:_MAX_TITLE_CHARS], point.heading[-_MAX_HEADING_CHARS:], point.text)
    return "\n".join(line for line in lines if line)


def _point(
    record: DocumentRecord, chunk: Chunk, *, key: str, dense: tuple[float, ...], sparse: SparseVector
) -> ChunkPoint:
    return ChunkPoint(
        point_id=ids.point_id(record.doc_id, version=record.version, ordinal=chunk.ordinal),
        dense=dense,
        sparse=sparse,
        doc_id=record.doc_id,
        version=record.version,
        ordinal=chunk.ordinal,
        source_id=record.source_id,
        external_id=record.external_id,
        path=record.path,
        title=record.title,
        mime_type=record.mime_type,
        heading=chunk.heading,
        page=chunk.page,
        start=chunk.start,
        end=chunk.end,
        parent_start=chunk.parent_start,
        parent_end=chunk.parent_end,
        text=chunk.text,
        access=record.access,
        modified_s=record.modified_ns // _NS_PER_S,
        embedding_key=key,
        context=chunk.embedding_text.removesuffix(chunk.text),
    )

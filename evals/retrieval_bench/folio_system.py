"""Folio as `folio up` runs it: the store in a process of its own, the search service in this one."""

import itertools
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from core import ids
from core.clock import SystemClock
from core.config import load_settings
from core.ports import Embedder, SparseEncoder
from core.search import ChunkPoint
from evals.retrieval_bench.corpus import PRINCIPAL, Row
from evals.retrieval_bench.timing import resident_mb
from evals.store_process import store_process
from folio.assembly import Parts, create_parts, create_redactor, open_collections
from inference.embed.factory import create_embedder

_BATCH_COUNT = 512


@dataclass(frozen=True, slots=True)
class FolioSystem:
    """An open knowledge base's search, with the access filter and the checkpoints for personal data on."""

    parts: Parts
    store_process_id: int
    redaction: str

    async def search(self, question: str) -> list[str]:
        """The ten best texts that may be read."""
        result = await self.parts.search.search(question, principal=PRINCIPAL, limit=10)
        return [hit.text for hit in result.hits]

    async def load(self, rows: Iterable[Row]) -> None:
        """Write chunks, visible at once."""
        for batch in _batches(rows):
            points = [to_point(row, sparse=self.parts.sparse, redaction=self.redaction) for row in batch]
            await self.parts.index.write(points)

    @property
    def store_mb(self) -> float:
        """Resident memory of the store process."""
        return resident_mb(self.store_process_id)


@asynccontextmanager
async def open_folio(embedder: Embedder | None = None) -> AsyncIterator[FolioSystem]:
    """A new knowledge base with the default settings; removed at the end."""
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings(home=Path(home), vectors={"url": None})
        redactor = create_redactor(settings, tenant=PRINCIPAL.tenant)
        async with store_process(settings) as process_id, open_collections(settings) as collections:
            model = embedder or create_embedder(settings.embedding)
            parts = create_parts(settings, collections, embedder=model, clock=SystemClock())
            await parts.index.prepare()
            yield FolioSystem(parts, process_id, redactor.fingerprint)


def to_point(row: Row, *, sparse: SparseEncoder, redaction: str) -> ChunkPoint:
    """A chunk as an active point of a Markdown file."""
    size = len(row.text)
    return ChunkPoint(
        point_id=ids.point_id(row.doc_id, version=1, ordinal=row.ordinal),
        dense=tuple(row.dense.tolist()),
        sparse=sparse.encode_passage(row.embedding_text, title=row.title),
        doc_id=row.doc_id,
        version=1,
        ordinal=row.ordinal,
        source_id="bench",
        external_id=None,
        path=f"{row.doc_id}.md",
        title=row.title,
        mime_type="text/markdown",
        heading="",
        page=None,
        start=size * row.ordinal,
        end=size * (row.ordinal + 1),
        parent_start=size * row.ordinal,
        parent_end=size * (row.ordinal + 1),
        text=row.text,
        access=row.access,
        active=True,
        context="",
        redaction=redaction,
    )


def hidden(points: Iterable[ChunkPoint]) -> list[ChunkPoint]:
    """The points as ingest writes them: not visible before their version is complete."""
    return [replace(point, active=False) for point in points]


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while batch := list(itertools.islice(iterator, _BATCH_COUNT)):
        yield batch

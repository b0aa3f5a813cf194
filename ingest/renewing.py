"""Reading what documents say of entities again, from what is stored of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.documents import Chunk, DocumentRecord, ParsedDocument
from core.errors import NotFoundError
from core.graph_ports import EvidenceKeeper, GraphExtractor
from core.ports import ArtifactStore, PointReader
from core.search import ChunkPoint
from ingest.evidence import ReadEvidence, read_evidence
from ingest.records import with_key


@dataclass(frozen=True, slots=True)
class EvidenceRenewer:
    """Reads the evidence of indexed documents again from the stored text. Hold the document's lease."""

    extractor: GraphExtractor
    keeper: EvidenceKeeper
    points: PointReader
    artifacts: ArtifactStore

    async def renew(self, record: DocumentRecord) -> int | None:
        """Bring the evidence of a document up to date with what searches find of it; how many rows it has now.

        None if it could not be read: what is there of the version that is shown stays, what is there of another one goes.
        """
        shown = _shown(await self.points.stored(record.doc_id))
        if not shown:
            await self.keeper.remove(record.doc_id)
            return 0
        text = await self._text_of(record, shown)
        read = await asyncio.to_thread(self._read, text, shown) if text is not None else None
        if read is None:
            await self._drop_others(record.doc_id, version=shown[0].version)
            return None
        # The label is that of the chunks: it is what searches go by.
        as_shown = replace(record, version=shown[0].version, access=shown[0].access)
        evidence = read.of(as_shown, redaction=shown[0].redaction)
        await self.keeper.replace(evidence)
        return len(evidence.rows)

    def _read(self, text: str, shown: Sequence[ChunkPoint]) -> ReadEvidence | None:
        first = shown[0]
        document = ParsedDocument(text, first.title, first.mime_type, language=first.language or None)
        return read_evidence(self.extractor, document, chunks=stored_chunks(shown), names=None)

    async def _text_of(self, record: DocumentRecord, shown: Sequence[ChunkPoint]) -> str | None:
        """The stored text that the chunks were cut from: a version that failed later may have left another one."""
        for key in with_key(record.retired_keys, record.artifact_key)[::-1]:
            try:
                text = await self.artifacts.get(key)
            except NotFoundError:
                continue
            if all(text[point.start : point.end] == point.text for point in shown):
                return text
        return None

    async def _drop_others(self, doc_id: str, *, version: int) -> None:
        known = await self.keeper.extractors([doc_id])
        if doc_id in known and known[doc_id][0] != version:
            await self.keeper.remove(doc_id)


def _shown(points: Sequence[ChunkPoint]) -> list[ChunkPoint]:
    """The chunks that searches find, in reading order."""
    active = [point for point in points if point.active]
    version = max((point.version for point in active), default=0)
    return sorted((point for point in active if point.version == version), key=lambda point: point.ordinal)


def stored_chunks(points: Sequence[ChunkPoint]) -> list[Chunk]:
    """The chunks of a document that searches find, in reading order, as they were cut; tokens are not counted again."""
    return [_chunk(point) for point in _shown(points)]


def _chunk(point: ChunkPoint) -> Chunk:
    return Chunk(
        ordinal=point.ordinal,
        text=point.text,
        start=point.start,
        end=point.end,
        heading=point.heading,
        page=point.page,
        parent_start=point.parent_start,
        parent_end=point.parent_end,
        embedding_text=(point.context or "") + point.text,
        token_count=0,
    )

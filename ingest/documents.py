"""The life of one document in catalog, artifacts and index. The order of the writes is what makes a crash harmless."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core import ids
from core.documents import DocumentRecord, DocumentState
from core.errors import FolioError, TamperedError, TransientError
from core.generation_ports import DocumentHider
from core.graph import DocumentEvidence
from core.graph_ports import EvidenceKeeper
from core.lexical import added_terms
from core.ports import (
    ArtifactStore,
    Clock,
    DocumentCatalog,
    Embedder,
    PointReader,
    SparseEncoder,
    VectorIndex,
)
from core.privacy_ports import Vault
from core.pseudonyms import Mention
from core.search import ChunkPoint
from core.tracing import staged
from ingest.evidence import carried_evidence
from ingest.moves import carried_mentions
from ingest.pii.file_names import Veil
from ingest.plan import Change
from ingest.points import build_points, moved_points
from ingest.preparing import RUN_ERRORS, Failed, Prepared
from ingest.pseudonyms import chunk_pseudonyms
from ingest.records import attempts, begun, carried, described, emptied, known_record, with_key
from ingest.renames import stand_in
from ingest.vectors import PassageVectors, passage_vectors

_STILL_SEARCHABLE = "; the version indexed before stays searchable"


@dataclass(frozen=True, slots=True)
class Stores:
    """Where a document's parts are kept, and what computes its vectors.

    With a `hider`, the points of a deleted document are hidden and stay until compaction; without, they are removed.
    What is behind its pseudonyms, and what it says of entities, goes at once in either case. Without a `vault` nothing is kept of
    the one, without a `graph` nothing of the other.
    """

    documents: DocumentCatalog
    artifacts: ArtifactStore
    index: VectorIndex
    points: PointReader
    embedder: Embedder
    sparse: SparseEncoder
    clock: Clock
    hider: DocumentHider | None = None
    vault: Vault | None = None
    graph: EvidenceKeeper | None = None


@dataclass(frozen=True, slots=True)
class Indexed:
    """A document that is searchable in its new version. `stage_seconds` by stage name.

    `embedded_count` of its chunks have a vector that was computed for this version.
    """

    record: DocumentRecord
    stage_seconds: dict[str, float]
    embedded_count: int = 0


class DocumentWriter:
    """Indexes, fails and removes single documents in one run. One at a time."""

    def __init__(
        self,
        stores: Stores,
        *,
        run_id: str | None,
        fingerprints: Mapping[str, str],
        veils: Mapping[str, Veil] | None = None,
    ) -> None:
        """`fingerprints` are the pipelines' by source id; a removal needs none. `veils` are those of redacted sources by id."""
        self._stores = stores
        self._run_id = run_id
        self._fingerprints = fingerprints
        self._veils = veils or {}

    @staged("ingest_write")
    async def index(self, prepared: Prepared) -> Indexed | Failed:
        """Make a document searchable in a new version: insert, read back, flip, retire.

        The catalog says `indexing` before the first point is written, so a crash anywhere is seen by the next sync, which
        takes a higher version number; activating that one retires whatever the crash left.

        Raises:
            FolioError: A store is down or refuses the request; no other document would fare better.
        """
        started_s = self._stores.clock.monotonic_s()
        before = known_record(prepared.change, prepared.candidate)
        texts = [chunk.embedding_text for chunk in prepared.chunks]
        try:
            vectors = await self._vectors(texts, before=before, moved_from=prepared.change.moved_from)
        except RUN_ERRORS:
            raise
        except FolioError as error:
            return Failed(prepared.change, prepared.candidate, f"it could not be embedded: {error.detail}")
        embedded_s = self._stores.clock.monotonic_s()
        pseudonyms = chunk_pseudonyms(prepared.chunks, prepared.mentions)
        sparse = [
            self._stores.sparse.encode_passage(
                chunk.embedding_text,
                terms=added_terms(names, chunk.embedding_text),
                title=prepared.document.title,
                language=prepared.document.language,
                tenant=prepared.candidate.access.tenant,
            )
            for chunk, names in zip(prepared.chunks, pseudonyms, strict=True)
        ]
        artifact_key = ids.text_key(prepared.document.text)
        started = await self._started(before, artifact_key=artifact_key)
        await self._stores.artifacts.put(prepared.document.text)
        fingerprint = self._fingerprints[started.source_id]
        record = described(started, prepared, artifact_key=artifact_key, fingerprint=fingerprint)
        points = build_points(record, prepared, vectors=vectors, sparse=sparse, pseudonyms=pseudonyms)
        change = replace(prepared.change, record=started)
        failed = await self._swap(record, points, change=change, mentions=prepared.mentions)
        if failed:
            return failed
        done_s = self._stores.clock.monotonic_s()
        seconds = {
            **prepared.stage_seconds,
            "embeddings": embedded_s - started_s,
            "vector_index": done_s - embedded_s,
        }
        record = replace(record, seconds=round(sum(seconds.values()), 3))
        read = prepared.evidence
        evidence = read.of(record, redaction=prepared.redaction) if read else None
        await self._settle(started, record, evidence=evidence)
        return Indexed(record, seconds, vectors.computed_count)

    async def move(self, change: Change) -> Indexed | Failed | None:
        """Make a moved document searchable at its new path with all that is stored of it; the old one is left to `remove`.

        None if not everything is stored that it takes: then the file is to be read again.

        Raises:
            FolioError: As for `index`.
        """
        origin, started_s = change.moved_from, self._stores.clock.monotonic_s()
        if origin is None or origin.artifact_key is None:
            return None
        stored = await self._stores.points.stored(origin.doc_id)
        active = [point for point in stored if point.active and point.version == origin.version]
        if len(active) != origin.chunk_count:
            return None
        mentions = await self._carried_mentions(origin, path=change.candidate.path)
        if mentions is None:
            return None
        before = known_record(change, change.candidate)
        started = await self._started(before, artifact_key=origin.artifact_key)
        fingerprint = self._fingerprints[started.source_id]
        record = carried(started, origin, change=change, fingerprint=fingerprint)
        failed = await self._swap(
            record,
            moved_points(record, active, policy=change.source.options.redaction),
            change=replace(change, record=started),
            mentions=mentions,
        )
        if failed:
            return failed
        seconds = {"vector_index": self._stores.clock.monotonic_s() - started_s}
        record = replace(record, seconds=origin.seconds)
        await self._settle(started, record, evidence=await self._carried_evidence(origin, record))
        return Indexed(record, seconds)

    async def fail(self, failed: Failed) -> str:
        """Record why a document is not indexed; the reason as it was recorded.

        What trying again cannot help goes to quarantine, until its file or the pipeline changes or somebody retries it.
        An earlier version stays searchable, unless its access label is not the one that the document has now.
        """
        before = known_record(failed.change, failed.candidate)
        candidate, known = failed.candidate, failed.change.record
        relabelled = known is not None and known.access != candidate.access
        record = replace(
            before,
            state=DocumentState.QUARANTINED if failed.permanent else DocumentState.FAILED,
            reason=failed.reason,
            content_hash=candidate.content_hash if failed.final else before.content_hash,
            # Without a fingerprint the failure is not taken for the pipeline's last word: the next sync tries again.
            fingerprint=self._fingerprints[before.source_id] if failed.final else None,
            access=before.access if failed.hides else candidate.access,
            attempt_count=attempts(before),
            run_id=self._run_id,
        )
        # One without visible points has at most those that a deletion hid or a crash left.
        if before.version and (failed.hides or relabelled or not before.chunk_count):
            await self._drop_evidence(before.doc_id)
            await self._stores.index.delete_document(before.doc_id)
            await self._save_emptied(record)
        else:
            kept = _STILL_SEARCHABLE if before.chunk_count else ""
            record = replace(record, reason=failed.reason.removesuffix(_STILL_SEARCHABLE) + kept)
            await self._stores.documents.save([record])
        return record.reason or ""

    async def remove(self, record: DocumentRecord, *, reason: str | None = None) -> DocumentRecord:
        """Take a document out of searches, artifacts and catalog. With a reason it stays out until its file changes.

        Raises:
            TransientError: Points remain; the record says `deleting`, and the next sync goes on.
        """
        deleted_at = record.deleted_at or self._stores.clock.now()
        is_clear = self.is_clear(record)
        if is_clear:
            record = await self._without_path(replace(record, reason=reason))
        going = replace(
            record,
            state=DocumentState.DELETING,
            reason=reason,
            run_id=self._run_id,
            deleted_at=deleted_at,
        )
        await self._stores.documents.save([going])
        # Before the points: the store that has them may be down, and the graph is shown without it.
        await self._drop_evidence(record.doc_id)
        # Hidden points keep their path, and that of a clear one must not be kept.
        if self._stores.hider and not is_clear:
            await self._stores.hider.hide_document(record.doc_id)
        else:
            await self._stores.index.delete_document(record.doc_id)
        return await self._save_emptied(replace(going, state=DocumentState.DELETED, seconds=0.0))

    def veils_names_of(self, source_id: str) -> bool:
        """Whether the names of a source's files are veiled."""
        return source_id in self._veils

    def is_clear(self, record: DocumentRecord) -> bool:
        """Whether a record's path says more than it may: it is from before the names of its source were veiled."""
        veil = self._veils.get(record.source_id)
        return veil is not None and veil.path(record.path) != record.path

    async def veil_removed(self, record: DocumentRecord) -> None:
        """Leave nothing of the clear path of a document that was deleted before names were veiled."""
        await self._stores.index.delete_document(record.doc_id)
        veiled = await self._without_path(record)
        await self._stores.documents.save([replace(veiled, reason=None, content_hash=None)])

    async def _without_path(self, record: DocumentRecord) -> DocumentRecord:
        """The record with a token for a path; one that stays out on request does so under its veiled path from now on."""
        veil = self._veils[record.source_id]
        if record.reason is not None and record.content_hash is not None:
            other = stand_in(record, path=veil.path(record.path))
            if await self._stores.documents.get(other.doc_id) is None:
                await self._stores.documents.save([other])
        return replace(record, path=veil.whole(record.path), external_id=None)

    async def _vectors(
        self, texts: Sequence[str], *, before: DocumentRecord, moved_from: DocumentRecord | None
    ) -> PassageVectors:
        stored = [before.doc_id] if before.version else []
        if moved_from:
            stored.append(moved_from.doc_id)
        stores = self._stores
        return await passage_vectors(texts, embedder=stores.embedder, points=stores.points, doc_ids=stored)

    async def _swap(
        self,
        record: DocumentRecord,
        points: Sequence[ChunkPoint],
        *,
        change: Change,
        mentions: Sequence[Mention],
    ) -> Failed | None:
        try:
            if self._stores.vault:
                await self._stores.vault.remember(
                    record.doc_id, tenant=record.tenant, version=record.version, mentions=mentions
                )
            await self._stores.index.write(points)
            if change.record and change.record.access != record.access:
                # Who may read no more what it says now must not see for a moment what it said.
                await self._drop_evidence(record.doc_id)
            await self._stores.index.activate(
                record.doc_id, version=record.version, chunk_count=record.chunk_count
            )
        except RUN_ERRORS:
            raise
        except TransientError as error:
            return Failed(change, change.candidate, error.detail)
        return None

    async def _settle(
        self, started: DocumentRecord, record: DocumentRecord, *, evidence: DocumentEvidence | None
    ) -> None:
        """Forget what other versions left, keep what this one says, and record that it is indexed."""
        # While the catalog says `indexing`: after a crash in between, the next sync comes back to the document.
        await self._drop_texts(started, but=record.artifact_key)
        await self._retire(record.doc_id, keep_version=record.version)
        if self._stores.graph and evidence:
            await self._stores.graph.replace(evidence)
        else:
            await self._drop_evidence(record.doc_id)
        await self._stores.documents.save([record])

    async def _carried_mentions(self, origin: DocumentRecord, *, path: str) -> list[Mention] | None:
        if self._stores.vault is None:
            return []
        try:
            kept = await self._stores.vault.mentions(origin.doc_id, version=origin.version)
        except TamperedError:
            return None
        return carried_mentions(kept, path=path)

    async def _carried_evidence(
        self, origin: DocumentRecord, record: DocumentRecord
    ) -> DocumentEvidence | None:
        if self._stores.graph is None:
            return None
        return carried_evidence(await self._stores.graph.of_documents([origin.doc_id]), origin, record)

    async def _drop_evidence(self, doc_id: str) -> None:
        if self._stores.graph:
            await self._stores.graph.remove(doc_id)

    async def _retire(self, doc_id: str, *, keep_version: int | None = None) -> None:
        if self._stores.vault:
            await self._stores.vault.retire(doc_id, keep_version=keep_version)

    async def _started(self, before: DocumentRecord, *, artifact_key: str) -> DocumentRecord:
        started = begun(before, artifact_key=artifact_key, run_id=self._run_id)
        await self._stores.documents.save([started])
        return started

    async def _save_emptied(self, record: DocumentRecord) -> DocumentRecord:
        # First of all: it is shown by itself, and no search is between.
        await self._drop_evidence(record.doc_id)
        await self._drop_texts(record)
        await self._retire(record.doc_id)
        empty = emptied(record)
        await self._stores.documents.save([empty])
        return empty

    async def _drop_texts(self, record: DocumentRecord, *, but: str | None = None) -> None:
        """Remove the stored texts of a document that no other one has, except that of the key `but`."""
        # While the catalog still names them: a crash in between must not make a text an orphan.
        for key in with_key(record.retired_keys, record.artifact_key):
            own_count = int(key == record.artifact_key)
            if key != but and await self._stores.documents.artifact_users(key) <= own_count:
                await self._stores.artifacts.delete(key)

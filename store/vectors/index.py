"""Chunks in a Qdrant collection: written inactive, made visible together, searched inside the principal's filter."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from typing import Any

from qdrant_client import AsyncQdrantClient, models

from core.errors import NotFoundError, StaleGenerationError, TransientError
from core.filters import All, AtMost, Condition, Equals, Not, Visible
from core.search import ChunkPoint, Hit, HybridQuery
from store.vectors import schema
from store.vectors.failures import classified
from store.vectors.filters import to_qdrant
from store.vectors.payload import DENSE, HIT_FIELDS, SPARSE, from_record, to_hit, to_point

# Qdrant scores 1 / (k + rank) with ranks from 0: this is 1 / (60 + rank) with ranks from 1 (Cormack et al. 2009).
_RRF_K = 61
# Fused beyond the limit, so that ties at the border are cut in a stable order (the engine's differs from call to
# call), and a document that is caught in its swap costs no place.
_SPARE_COUNT = 10
_PAGE_COUNT = 256
_SCAN_COUNT = 1000
_ACTIVE = Equals("active", value=True)


class QdrantIndex:
    """Implements VectorIndex, DocumentHider, PassageReader, PointReader and GenerationPoints.

    It reads and writes the collection of its own embedding model by name, not through the alias: a process that still
    runs with the former model must not have its vectors compared with another model's. Once another collection is live it
    writes no more.
    """

    def __init__(
        self,
        client: AsyncQdrantClient,
        *,
        collection: str,
        dimension: int,
        batch_count: int,
        embedding: str = "",
        beside: bool = False,
    ) -> None:
        """Over an open client.

        Args:
            client: Stays open for as long as the index is used; the caller closes it.
            collection: The alias; the collection behind it carries a fingerprint in its name.
            dimension: Numbers per dense vector.
            batch_count: Points per write request.
            embedding: Fingerprint of the embedder; another one means another collection.
            beside: Writes go on although, or before, another collection is live.
        """
        self.collection = schema.collection_name(collection, dimension=dimension, embedding=embedding)
        self._client = client
        self._alias = collection
        self._dimension = dimension
        self._batch_count = batch_count
        self._beside = beside
        self._others: list[str] = []

    async def prepare(self) -> None:
        """Create the collection, its payload indexes and its alias if they are missing."""
        with classified():
            await schema.prepare(self._client, self.collection, alias=self._alias, dimension=self._dimension)
            self._others = await schema.others(self._client, self.collection, alias=self._alias)

    async def write(self, points: Sequence[ChunkPoint]) -> None:
        """Insert or replace points; returns when the store has acknowledged every one.

        Raises:
            StaleGenerationError: Another collection is live.
        """
        await self._check_live()
        for start in range(0, len(points), self._batch_count):
            batch = [to_point(chunk) for chunk in points[start : start + self._batch_count]]
            with classified():
                result = await self._client.upsert(self.collection, batch, wait=True)
            _check_completed(result)

    async def activate(self, doc_id: str, *, version: int, chunk_count: int) -> None:
        """Make chunks 0 to `chunk_count` - 1 of a version the only points of the document, and visible.

        Raises:
            TransientError: Fewer points are stored than `chunk_count`; nothing was changed.
            StaleGenerationError: Another collection is live.
        """
        await self._check_live()
        document = Equals("doc_id", doc_id)
        # By ordinal, because an attempt that was broken off may have left more chunks under the same version.
        fresh = All((document, Equals("version", version), AtMost("ordinal", chunk_count - 1)))
        stored_count = await self.count(fresh)
        if stored_count != chunk_count:
            raise TransientError(
                f"document {doc_id}: {stored_count} of {chunk_count} chunks of version {version} are stored; "
                "the former version stays visible. Ingest the document again."
            )
        shown = models.SetPayload(payload={"active": 1}, filter=_selected(fresh))
        retired = models.FilterSelector(filter=_selected(All((document, Not(fresh)))))
        # One request, worked through in this order.
        steps: list[models.UpdateOperation] = [
            models.SetPayloadOperation(set_payload=shown),
            models.DeleteOperation(delete=retired),
        ]
        with classified():
            results = await self._client.batch_update_points(self.collection, steps, wait=True)
        for result in results:
            _check_completed(result)
        await self._delete_from_others(document)

    async def delete_document(self, doc_id: str) -> int:
        """Remove every point of a document; the number of points that were there. Read back: 0 remain."""
        document = Equals("doc_id", doc_id)
        with classified():
            # Looked up anew: another process may have made a collection since this one was opened.
            self._others = await schema.others(self._client, self.collection, alias=self._alias)
        found_count = await self._delete_from_others(document) + await self.count(document)
        await self._delete(self.collection, document)
        left_count = await self.count(document) + await self._count_in(self._others, document)
        if left_count:
            raise TransientError(
                f"document {doc_id}: {left_count} of {found_count} chunks are still stored after the delete; "
                "delete it again"
            )
        return found_count

    async def hide_document(self, doc_id: str) -> int:
        """Take every point of a document out of all searches; the number that stay stored. Read back: 0 are visible."""
        document = Equals("doc_id", doc_id)
        with classified():
            names = [self.collection, *await schema.others(self._client, self.collection, alias=self._alias)]
        visible = All((document, _ACTIVE))
        for name in names:
            with suppress(NotFoundError):
                await self._hide(name, document)
        left_count = await self._count_in(names, visible)
        if left_count:
            raise TransientError(
                f"document {doc_id}: {left_count} chunks are still visible after they were hidden; delete it again"
            )
        return await self._count_in(names, document)

    async def count(self, condition: Condition) -> int:
        """How many points meet the condition (exact)."""
        return await self._count(self.collection, condition)

    async def search(self, query: HybridQuery) -> list[Hit]:
        """The visible active chunks, dense and BM25 arms fused by reciprocal rank (k=60, ranks from 1), best first.

        Of a document with two active versions, for the moment of its swap, only the highest is returned.
        """
        with classified():
            response = await self._client.query_points(
                self.collection,
                prefetch=_arms(query),
                query=models.RrfQuery(rrf=models.Rrf(k=_RRF_K)),
                limit=query.limit + _SPARE_COUNT,
                with_payload=HIT_FIELDS,
            )
        hits = [to_hit(point.payload or {}, score=point.score) for point in response.points]
        hits.sort(key=lambda hit: (-hit.score, hit.doc_id, hit.ordinal))
        return _highest_versions(hits)[: query.limit]

    async def passages(self, doc_id: str, *, visible: Visible) -> list[Hit]:
        """The visible active chunks of a document in reading order, score 0."""
        condition = All((Equals("doc_id", doc_id), visible.condition, _ACTIVE))
        hits = _highest_versions([to_hit(payload, score=0.0) for payload in await self._payloads(condition)])
        return sorted(hits, key=lambda hit: hit.ordinal)

    async def stored(self, doc_id: str) -> list[ChunkPoint]:
        """Every point of a document, of any version, active or not, by version and ordinal."""
        points: list[ChunkPoint] = []
        offset: Any = None
        while True:
            with classified():
                records, offset = await self._client.scroll(
                    self.collection,
                    scroll_filter=to_qdrant(Equals("doc_id", doc_id)),
                    limit=_PAGE_COUNT,
                    offset=offset,
                    with_payload=True,
                    with_vectors=True,
                )
            points += [from_record(record) for record in records]
            if offset is None:
                return sorted(points, key=lambda point: (point.version, point.ordinal))

    async def scan(self) -> AsyncIterator[ChunkPoint]:
        """Every point of this collection by its id, without its vectors."""
        offset: Any = None
        while True:
            with classified():
                records, offset = await self._client.scroll(
                    self.collection, limit=_SCAN_COUNT, offset=offset, with_payload=True
                )
            for record in records:
                yield from_record(record)
            if offset is None:
                return

    async def remove_points(self, point_ids: Sequence[str]) -> None:
        """Remove points of this collection by their ids."""
        for start in range(0, len(point_ids), self._batch_count):
            chosen = models.PointIdsList(points=list(point_ids[start : start + self._batch_count]))
            with classified():
                result = await self._client.delete(self.collection, points_selector=chosen, wait=True)
            _check_completed(result)

    async def _payloads(self, condition: Condition) -> list[dict[str, Any]]:
        payloads: list[dict[str, Any]] = []
        offset: Any = None
        while True:
            with classified():
                records, offset = await self._client.scroll(
                    self.collection,
                    scroll_filter=to_qdrant(condition),
                    limit=_PAGE_COUNT,
                    offset=offset,
                    with_payload=HIT_FIELDS,
                )
            payloads += [record.payload or {} for record in records]
            if offset is None:
                return payloads

    async def _count(self, collection: str, condition: Condition) -> int:
        with classified():
            result = await self._client.count(collection, count_filter=to_qdrant(condition), exact=True)
        return result.count

    async def _delete(self, collection: str, condition: Condition) -> None:
        with classified():
            result = await self._client.delete(collection, points_selector=_selected(condition), wait=True)
        _check_completed(result)

    async def _hide(self, collection: str, document: Condition) -> None:
        with classified():
            result = await self._client.set_payload(
                collection, {"active": 0}, points=_selected(document), wait=True
            )
        _check_completed(result)

    async def _count_in(self, collections: Sequence[str], condition: Condition) -> int:
        count = 0
        for name in collections:
            with suppress(NotFoundError):
                count += await self._count(name, condition)
        return count

    async def _delete_from_others(self, document: Condition) -> int:
        """Remove a document from the collections beside this one; how many points it had there."""
        found_count = 0
        for name in list(self._others):
            try:
                found_count += await self._count(name, document)
                await self._delete(name, document)
            except NotFoundError:
                # It has been dropped since.
                self._others.remove(name)
        return found_count

    async def _check_live(self) -> None:
        if self._beside:
            return
        with classified():
            live = await schema.live(self._client, self._alias)
        if live not in {None, self.collection}:
            raise StaleGenerationError(
                f"the vectors of another embedding model, in {live}, went live: do it again, with that model"
            )


def _arms(query: HybridQuery) -> list[models.Prefetch]:
    """The dense and the BM25 arm, each inside the principal's filter."""
    wanted = to_qdrant(All((query.visible.condition, query.narrowed, _ACTIVE)))
    dense = models.Prefetch(query=list(query.dense), using=DENSE, filter=wanted, limit=query.candidate_count)
    if not query.sparse.indices:
        return [dense]
    terms = models.SparseVector(indices=list(query.sparse.indices), values=list(query.sparse.values))
    sparse = models.Prefetch(
        query=terms,
        using=SPARSE,
        filter=wanted,
        limit=query.candidate_count,
        params=_within_tenant(query.visible),
    )
    return [dense, sparse]


def _within_tenant(visible: Visible) -> models.SearchParams | None:
    """Count how rare a term is among the tenant's chunks only: what other tenants write moves no ranks.

    Not among exactly the visible chunks: that costs 10 ms more at 60,000 points.
    """
    condition = visible.condition
    parts = condition.conditions if isinstance(condition, All) else (condition,)
    tenant = [part for part in parts if isinstance(part, Equals) and part.field == "tenant"]
    corpus = to_qdrant(All(tuple(tenant)))
    if corpus is None:
        return None
    return models.SearchParams(idf=models.IdfCorpusParams(corpus=corpus))


def _selected(condition: Condition) -> models.Filter:
    """The filter of a write. Never empty, so that no slip can address a whole collection."""
    selected = to_qdrant(condition)
    if selected is None:
        msg = "a write needs a condition"
        raise ValueError(msg)
    return selected


def _highest_versions(hits: Iterable[Hit]) -> list[Hit]:
    """Without the hits of a version that is being replaced."""
    listed = list(hits)
    highest: dict[str, int] = {}
    for hit in listed:
        highest[hit.doc_id] = max(hit.version, highest.get(hit.doc_id, hit.version))
    return [hit for hit in listed if hit.version == highest[hit.doc_id]]


def _check_completed(result: models.UpdateResult) -> None:
    if result.status != models.UpdateStatus.COMPLETED:
        raise TransientError(
            f"the vector store did not finish a write in time ({result.status.value}); try again, "
            "or raise FOLIO_VECTORS__TIMEOUT_S"
        )

"""Chunks in a Qdrant collection: written inactive, made visible together, searched inside the principal's filter."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from qdrant_client import AsyncQdrantClient, models

from core import ids
from core.errors import NotFoundError, StaleGenerationError, TransientError
from core.filters import All, AtMost, Condition, Equals, Not, Visible
from core.search import Candidates, ChunkPoint, Hit, HybridQuery
from store.vectors import schema
from store.vectors.arms import ACTIVE, arms, chosen, highest_versions
from store.vectors.facets import counted_values
from store.vectors.failures import classified
from store.vectors.filters import to_qdrant
from store.vectors.payload import HIT_FIELDS, from_record, to_hit, to_point
from store.vectors.readers import HIDDEN, LABEL, shown, shown_to
from store.vectors.reading import payloads, scored_ids
from store.vectors.storage import VectorStorage

# Qdrant scores 1 / (k + rank) with ranks from 0: this is 1 / (60 + rank) with ranks from 1 (Cormack et al. 2009).
_RRF_K = 61
# Fused beyond the limit, so that ties at the border are cut in a stable order (the engine's differs from call to
# call), and a document that is caught in its swap costs no place.
_SPARE_COUNT = 10
_PAGE_COUNT = 256
_SCAN_COUNT = 1000


class QdrantIndex:
    """Implements VectorIndex, CandidateIndex, DocumentHider, PassageReader, PointReader and GenerationPoints.

    It reads and writes the collection of its own embedding model by name, not through the alias: a process that still
    runs with the former model must not have its vectors compared with another model's. Once another collection is live it
    writes no more.
    """

    def __init__(  # noqa: PLR0913 - every argument is a property of the collection
        self,
        client: AsyncQdrantClient,
        *,
        collection: str,
        dimension: int,
        batch_count: int,
        embedding: str = "",
        beside: bool = False,
        storage: VectorStorage | None = None,
    ) -> None:
        """Over an open client.

        Args:
            client: Stays open for as long as the index is used; the caller closes it.
            collection: The alias; the collection behind it carries a fingerprint in its name.
            dimension: Numbers per dense vector.
            batch_count: Points per write request.
            embedding: Fingerprint of the embedder; another one means another collection.
            beside: Writes go on although, or before, another collection is live.
            storage: How its dense vectors are kept, if it has to be created, and asked; None: in full, in memory.
        """
        self.collection = schema.collection_name(collection, dimension=dimension, embedding=embedding)
        self._client = client
        self._alias = collection
        self._dimension = dimension
        self._batch_count = batch_count
        self._beside = beside
        self._storage = storage or VectorStorage()
        self._others: list[str] = []

    async def prepare(self) -> None:
        """Create the collection, its payload indexes and its alias if they are missing."""
        with classified():
            await schema.prepare(
                self._client,
                self.collection,
                alias=self._alias,
                dimension=self._dimension,
                storage=self._storage,
            )
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
        shown = models.SetPayload(payload=await self._shown(doc_id, version), filter=_selected(fresh))
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
        visible = All((document, ACTIVE))
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

    async def facet(
        self, field: str, *, visible: Visible, narrowed: Condition, limit: int
    ) -> list[tuple[str | int, int]]:
        """The most frequent values of a field among the visible active chunks that meet the filter (exact), ties by value.

        Raises:
            InvalidInputError: A field has no index.
        """
        counted = All((shown_to(visible), narrowed))
        return await counted_values(self._client, self.collection, field, condition=counted, limit=limit)

    async def search(self, query: HybridQuery) -> list[Hit]:
        """The visible active chunks, dense and BM25 arms fused by reciprocal rank (k=60, ranks from 1), best first.

        Of a document with two active versions, for the moment of its swap, only the highest is returned.
        """
        prefetch = [models.Prefetch(**arm) for arm in self._arms(query)]
        with classified():
            response = await self._client.query_points(
                self.collection,
                prefetch=prefetch,
                query=models.RrfQuery(rrf=models.Rrf(k=_RRF_K)),
                limit=query.limit + _SPARE_COUNT,
                with_payload=HIT_FIELDS,
            )
        hits = [to_hit(point.payload or {}, score=point.score) for point in response.points]
        hits.sort(key=lambda hit: (-hit.score, hit.doc_id, hit.ordinal))
        return highest_versions(hits)[: query.limit]

    async def candidates(self, query: HybridQuery) -> Candidates:
        """The best visible active chunks of each arm with their own scores, in one request.

        How rare a word is, is counted among the chunks that the principal may read.

        Raises:
            InvalidInputError: A field of the filter has no index.
        """
        found = await scored_ids(self._client, self.collection, self._arms(query))
        return Candidates(tuple(found[0]), tuple(found[1]) if len(found) > 1 else ())

    async def hits(self, scores: Mapping[str, float], *, visible: Visible) -> list[Hit]:
        """The visible active chunks of these point ids by falling score, ties by document and ordinal.

        Of a document that is caught in its swap, those of the highest version.
        """
        if not scores:
            return []
        wanted = chosen(scores, shown_to(visible))
        found = await payloads(
            self._client, self.collection, wanted=wanted, limit=len(scores), fields=HIT_FIELDS
        )
        hits = [to_hit(payload, score=scores[point_id]) for point_id, payload in found]
        return sorted(highest_versions(hits), key=lambda hit: (-hit.score, hit.doc_id, hit.ordinal))

    async def passages(self, doc_id: str, *, visible: Visible) -> list[Hit]:
        """The visible active chunks of a document in reading order, score 0."""
        condition = All((Equals("doc_id", doc_id), visible.condition, ACTIVE))
        hits = highest_versions([to_hit(payload, score=0.0) for payload in await self._payloads(condition)])
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

    def _arms(self, query: HybridQuery) -> list[dict[str, Any]]:
        return arms(query, dense_params=self._storage.search_params())

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

    async def _shown(self, doc_id: str, version: int) -> dict[str, Any]:
        """What shows the chunks of a version. They have one label, that of the first."""
        first = ids.point_id(doc_id, version=version, ordinal=0)
        with classified():
            records = await self._client.retrieve(self.collection, [first], with_payload=LABEL)
        if not records:
            raise TransientError(
                f"document {doc_id}: the first chunk of version {version} is gone; ingest it again"
            )
        return shown(records[0].payload or {})

    async def _hide(self, collection: str, document: Condition) -> None:
        with classified():
            result = await self._client.set_payload(collection, HIDDEN, points=_selected(document), wait=True)
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


def _selected(condition: Condition) -> models.Filter:
    """The filter of a write. Never empty, so that no slip can address a whole collection."""
    selected = to_qdrant(condition)
    if selected is None:
        msg = "a write needs a condition"
        raise ValueError(msg)
    return selected


def _check_completed(result: models.UpdateResult) -> None:
    if result.status != models.UpdateStatus.COMPLETED:
        raise TransientError(
            f"the vector store did not finish a write in time ({result.status.value}); try again, "
            "or raise FOLIO_VECTORS__TIMEOUT_S"
        )

"""BM25 vectors of a collection replaced in place; how they were computed is in the collection's metadata."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from qdrant_client import AsyncQdrantClient, models

from core.filters import All, Condition, Equals
from core.lexical import LexicalState
from core.search import ChunkPoint, SparseVector
from store.vectors.arms import ACTIVE
from store.vectors.failures import classified
from store.vectors.filters import to_qdrant
from store.vectors.payload import SPARSE, from_record

_KEY = "bm25"
_SCAN_COUNT = 1000
_ID_COUNT = 10_000
_MAX_TENANTS = 100_000


class QdrantLexical:
    """Implements LexicalPoints and ShownChunks over an open client."""

    def __init__(self, client: AsyncQdrantClient, *, collection: str, batch_count: int) -> None:
        self._client = client
        self._collection = collection
        self._batch_count = batch_count

    async def state(self) -> LexicalState | None:
        """How the vectors were computed; None if nobody has recorded it."""
        with classified():
            metadata = (await self._client.get_collection(self._collection)).config.metadata or {}
        row = metadata.get(_KEY)
        # Once it was one mean for all tenants: that is as good as none.
        if not row or not isinstance(row["average_words"], dict):
            return None
        return LexicalState(str(row["weighting"]), dict(row["average_words"]))

    async def save(self, state: LexicalState) -> None:
        """Record how they were computed."""
        row = {"weighting": state.weighting, "average_words": dict(state.average_words)}
        with classified():
            await self._client.update_collection(self._collection, metadata={_KEY: row})

    async def tenants(self) -> list[str]:
        """Who has active points, sorted."""
        with classified():
            response = await self._client.facet(
                self._collection,
                "tenant",
                facet_filter=to_qdrant(ACTIVE),
                limit=_MAX_TENANTS,
                exact=True,
            )
        return sorted(str(row.value) for row in response.hits)

    async def shown(self, tenant: str) -> AsyncIterator[ChunkPoint]:
        """The active points of a tenant by their ids, without vectors."""
        wanted = to_qdrant(All((Equals("tenant", tenant), ACTIVE)))
        offset: Any = None
        while True:
            with classified():
                records, offset = await self._client.scroll(
                    self._collection,
                    scroll_filter=wanted,
                    limit=_SCAN_COUNT,
                    offset=offset,
                    with_payload=True,
                )
            for record in records:
                yield from_record(record)
            if offset is None:
                return

    async def ids(self, condition: Condition) -> list[str]:
        """The active points that meet a condition, by id."""
        found: list[str] = []
        offset: Any = None
        while True:
            with classified():
                records, offset = await self._client.scroll(
                    self._collection,
                    scroll_filter=to_qdrant(All((condition, ACTIVE))),
                    limit=_ID_COUNT,
                    offset=offset,
                    with_payload=False,
                )
            found += [str(record.id) for record in records]
            if offset is None:
                return found

    async def read(self, point_ids: Sequence[str]) -> list[ChunkPoint]:
        """These points without vectors; those that are gone are left out."""
        found: list[ChunkPoint] = []
        for start in range(0, len(point_ids), _SCAN_COUNT):
            wanted = list(point_ids[start : start + _SCAN_COUNT])
            with classified():
                records = await self._client.retrieve(self._collection, wanted, with_payload=True)
            found += [from_record(record) for record in records]
        return found

    async def replace(self, vectors: Mapping[str, SparseVector]) -> int:
        """Replace the BM25 vectors of points that are still there; how many were.

        An active point is never written again under its id, so what was read of it is what it is weighted by.
        """
        with classified():
            records = await self._client.retrieve(self._collection, list(vectors), with_payload=False)
        there = [str(record.id) for record in records]
        for start in range(0, len(there), self._batch_count):
            await self._replace({point: vectors[point] for point in there[start : start + self._batch_count]})
        return len(there)

    async def _replace(self, vectors: Mapping[str, SparseVector]) -> None:
        changed = [
            models.PointVectors(id=point, vector={SPARSE: _sparse(vector)})
            for point, vector in vectors.items()
            if vector.indices
        ]
        if changed:
            with classified():
                await self._client.update_vectors(self._collection, changed, wait=True)


def _sparse(vector: SparseVector) -> models.SparseVector:
    return models.SparseVector(indices=list(vector.indices), values=list(vector.values))

"""Looks at everything that lies behind an alias: all collections, all versions, visible or not."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from qdrant_client import AsyncQdrantClient, models

from core.errors import NotFoundError
from core.filters import All, Condition, Equals
from core.inspection import Holding, PointGroup, StoredChunk
from store.vectors import schema
from store.vectors.failures import classified
from store.vectors.filters import to_qdrant
from store.vectors.payload import DENSE, SPARSE

_PAGE_COUNT = 1000
_GROUPED = ["doc_id", "version", "active"]
_CHUNK = [*_GROUPED, "ordinal", "text"]


class QdrantInspector:
    """Implements IndexInspector. It asks for the collections anew each time: another process may have made one."""

    def __init__(self, client: AsyncQdrantClient, *, alias: str, current: str) -> None:
        """Over an open client; `current` is the collection of the embedding model in use."""
        self._client = client
        self._alias = alias
        self._current = current

    async def holdings(self, doc_id: str) -> list[Holding]:
        """What each collection holds of a document, the current collection first."""
        holdings = []
        for name in await self._collections():
            try:
                holdings.append(await self._holding(name, doc_id))
            except NotFoundError:
                # Dropped since it was listed: it holds nothing.
                continue
        return holdings

    async def census(self) -> list[PointGroup]:
        """All points, counted by collection, document, version and visibility."""
        groups: Counter[tuple[str, str, int, bool]] = Counter()
        for name in await self._collections():
            async for record in self._records(name, _GROUPED):
                row = record.payload or {}
                groups[name, row["doc_id"], row["version"], bool(row["active"])] += 1
        return [
            PointGroup(name, name == self._current, doc_id, version, active, count)
            for (name, doc_id, version, active), count in groups.items()
        ]

    async def chunks(
        self, *, limit: int | None = None, with_vectors: bool = False
    ) -> AsyncIterator[StoredChunk]:
        """The stored chunks by point id, at most `limit` of each collection."""
        for name in await self._collections():
            left = limit
            async for record in self._records(name, _CHUNK, vectors=[DENSE] if with_vectors else False):
                if left == 0:
                    break
                left = None if left is None else left - 1
                yield _chunk(name, record)

    async def _collections(self) -> list[str]:
        with classified():
            others = await schema.others(self._client, self._current, alias=self._alias)
        return [self._current, *others]

    async def _holding(self, name: str, doc_id: str) -> Holding:
        document = Equals("doc_id", doc_id)
        return Holding(
            collection=name,
            point_count=await self._count(name, to_qdrant(document)),
            dense_count=await self._count(name, _with_vector(document, DENSE)),
            sparse_count=await self._count(name, _with_vector(document, SPARSE)),
            visible_count=await self._count(name, to_qdrant(All((document, Equals("active", value=True))))),
        )

    async def _count(self, name: str, condition: models.Filter | None) -> int:
        with classified():
            return (await self._client.count(name, count_filter=condition, exact=True)).count

    async def _records(
        self, name: str, fields: list[str], *, vectors: bool | list[str] = False
    ) -> AsyncIterator[models.Record]:
        offset: Any = None
        while True:
            with classified():
                records, offset = await self._client.scroll(
                    name, limit=_PAGE_COUNT, offset=offset, with_payload=fields, with_vectors=vectors
                )
            for record in records:
                yield record
            if offset is None:
                return


def _with_vector(condition: Condition, vector: str) -> models.Filter:
    met = to_qdrant(condition)
    return models.Filter(must=[models.HasVectorCondition(has_vector=vector), *([met] if met else [])])


def _chunk(collection: str, record: models.Record) -> StoredChunk:
    row = record.payload or {}
    vectors: Any = record.vector or {}
    return StoredChunk(
        collection=collection,
        doc_id=row["doc_id"],
        version=row["version"],
        ordinal=row["ordinal"],
        active=bool(row["active"]),
        text=row["text"],
        dense=tuple(vectors.get(DENSE) or ()),
    )

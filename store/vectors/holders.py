"""Which chunks have a pseudonym, of any version and collection: for requests of data subjects."""

from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from typing import Any

from qdrant_client import AsyncQdrantClient, models

from core.errors import NotFoundError
from core.filters import All, AnyOf, Condition, Equals
from core.subjects import HeldChunk
from store.vectors import schema
from store.vectors.failures import classified
from store.vectors.filters import to_qdrant

_FIELDS = ["doc_id", "version", "active", "start", "end", "page", "text", "pseudonyms"]
_PAGE_COUNT = 500


class QdrantHolders:
    """Implements SubjectReader. It asks for the collections anew each time: another process may have made one."""

    def __init__(self, client: AsyncQdrantClient, *, alias: str, current: str) -> None:
        """Over an open client; `current` is the collection of the embedding model in use."""
        self._client = client
        self._alias = alias
        self._current = current

    async def held(self, tenant: str, pseudonyms: Collection[str]) -> list[HeldChunk]:
        """The chunks that have one of the pseudonyms, by document, version and place."""
        if not pseudonyms:
            return []
        wanted = _having(tenant, pseudonyms)
        found = [chunk for name in await self._collections() async for chunk in self._chunks(name, wanted)]
        return sorted(found, key=lambda chunk: (chunk.doc_id, chunk.version, chunk.start, chunk.collection))

    async def drop(self, tenant: str, pseudonyms: Collection[str]) -> None:
        """Remove what no search can reach of the chunks that have one of them: hidden ones, and all of collections not in use."""
        if not pseudonyms:
            return
        these = _having(tenant, pseudonyms)
        hidden = All((these, Equals("active", value=False)))
        for name in await self._collections():
            condition = to_qdrant(hidden if name == self._current else these)
            if condition is not None:
                with suppress(NotFoundError), classified():
                    selector = models.FilterSelector(filter=condition)
                    await self._client.delete(name, points_selector=selector, wait=True)

    async def _collections(self) -> list[str]:
        with classified():
            others = await schema.others(self._client, self._current, alias=self._alias)
        return [self._current, *others]

    async def _chunks(self, name: str, wanted: Condition) -> AsyncIterator[HeldChunk]:
        offset: Any = None
        while True:
            try:
                with classified():
                    records, offset = await self._client.scroll(
                        name,
                        scroll_filter=to_qdrant(wanted),
                        limit=_PAGE_COUNT,
                        offset=offset,
                        with_payload=_FIELDS,
                    )
            except NotFoundError:
                return  # dropped since it was listed
            for record in records:
                yield _chunk(name, record.payload or {})
            if offset is None:
                return


def _having(tenant: str, pseudonyms: Collection[str]) -> Condition:
    return All((Equals("tenant", tenant), AnyOf("pseudonyms", tuple(sorted(set(pseudonyms))))))


def _chunk(collection: str, row: dict[str, Any]) -> HeldChunk:
    values = {field: row[field] for field in _FIELDS}
    return HeldChunk(collection=collection, **{**values, "pseudonyms": tuple(values["pseudonyms"])})

"""The collections behind an alias: which one it names, letting it name another, removing those that are done with."""

from contextlib import suppress

from qdrant_client import AsyncQdrantClient

from core.errors import InvalidInputError, NotFoundError
from store.vectors import schema
from store.vectors.failures import classified
from store.vectors.index import QdrantIndex
from store.vectors.inspector import QdrantInspector


class QdrantCollections:
    """Implements CollectionStore over an open client."""

    def __init__(self, client: AsyncQdrantClient, *, alias: str, batch_count: int) -> None:
        self._client = client
        self._alias = alias
        self._batch_count = batch_count

    def index(self, *, dimension: int, embedding: str, beside: bool = False) -> QdrantIndex:
        """The index over the collection of an embedding model; `beside` the live one, to build another."""
        return QdrantIndex(
            self._client,
            collection=self._alias,
            dimension=dimension,
            embedding=embedding,
            batch_count=self._batch_count,
            beside=beside,
        )

    def inspector(self, current: str) -> QdrantInspector:
        """Looks at all collections, of which `current` is in use."""
        return QdrantInspector(self._client, alias=self._alias, current=current)

    async def live(self) -> str | None:
        """The collection that the alias names."""
        with classified():
            return await schema.live(self._client, self._alias)

    async def names(self) -> list[str]:
        """All collections of the alias."""
        with classified():
            return await schema.others(self._client, "", alias=self._alias)

    async def point_count(self, collection: str) -> int:
        """How many points a collection has; 0 if there is none."""
        with suppress(NotFoundError), classified():
            return (await self._client.count(collection, exact=True)).count
        return 0

    async def switch(self, collection: str) -> None:
        """Let the alias name another collection, in one step."""
        with classified():
            await schema.point_alias(self._client, self._alias, name=collection)

    async def drop(self, collection: str) -> None:
        """Remove a collection.

        Raises:
            InvalidInputError: It is the live one.
        """
        if await self.live() == collection:
            raise InvalidInputError(f"the collection {collection} is live: it cannot be removed")
        with suppress(NotFoundError), classified():
            await self._client.delete_collection(collection)

"""The collections behind an alias: which one it names, letting it name another, removing those that are done with."""

from contextlib import suppress

from qdrant_client import AsyncQdrantClient

from core.errors import InvalidInputError, NotFoundError
from store.vectors import schema
from store.vectors.chunk_reader import QdrantChunkReader
from store.vectors.failures import classified
from store.vectors.holders import QdrantHolders
from store.vectors.index import QdrantIndex
from store.vectors.inspector import QdrantInspector
from store.vectors.lexical import QdrantLexical
from store.vectors.pseudonyms import QdrantPseudonyms
from store.vectors.storage import VectorStorage


class QdrantCollections:
    """Implements CollectionStore over an open client."""

    def __init__(
        self,
        client: AsyncQdrantClient,
        *,
        alias: str,
        batch_count: int,
        storage: VectorStorage | None = None,
    ) -> None:
        self._client = client
        self._alias = alias
        self._batch_count = batch_count
        self._storage = storage

    def index(self, *, dimension: int, embedding: str, beside: bool = False) -> QdrantIndex:
        """The index over the collection of an embedding model; `beside` the live one, to build another."""
        return QdrantIndex(
            self._client,
            collection=self._alias,
            dimension=dimension,
            embedding=embedding,
            batch_count=self._batch_count,
            beside=beside,
            storage=self._storage,
        )

    def pseudonyms(self, current: str) -> QdrantPseudonyms:
        """Says which pseudonyms the collection `current` has."""
        return QdrantPseudonyms(self._client, collection=current)

    def holders(self, current: str) -> QdrantHolders:
        """Looks for pseudonyms in all collections, of which `current` is in use."""
        return QdrantHolders(self._client, alias=self._alias, current=current)

    def inspector(self, current: str) -> QdrantInspector:
        """Looks at all collections, of which `current` is in use."""
        return QdrantInspector(self._client, alias=self._alias, current=current)

    def chunk_reader(self, collection: str) -> QdrantChunkReader:
        """Reads single chunks of a collection."""
        return QdrantChunkReader(self._client, collection=collection)

    def lexical(self, collection: str) -> QdrantLexical:
        """The BM25 vectors of a collection."""
        return QdrantLexical(self._client, collection=collection, batch_count=self._batch_count)

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

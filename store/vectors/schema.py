"""The collection: its vectors, its payload indexes, its alias.

There is one collection per embedding model, `<alias>_<fingerprint>`, because cosines of two models cannot be compared. When
the model changes, a new collection is created and the alias moved to it. The former one is not dropped at once: the
catalog still says that its documents are indexed with the old model, and if somebody goes back to that model (or had
merely mistyped the new one) that must still be true. Documents leave it one by one, as they are indexed anew or
deleted (see `store.vectors.index`), and once it is empty the next `prepare` drops it.
"""

import re

from qdrant_client import AsyncQdrantClient, models
from qdrant_client.http.exceptions import UnexpectedResponse

from core.errors import SettingsError
from core.ids import fingerprint
from store.vectors.payload import DENSE, SPARSE

_KEYWORD = models.PayloadSchemaType.KEYWORD
_INTEGER = models.PayloadSchemaType.INTEGER
_PAYLOAD_INDEXES: dict[str, models.PayloadFieldSchema] = {
    "tenant": models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True),
    "tier": _INTEGER,
    "groups": _KEYWORD,
    "doc_id": _KEYWORD,
    "version": _INTEGER,
    "active": _INTEGER,
    "source_id": _KEYWORD,
    "mime_type": _KEYWORD,
    "external_id": _KEYWORD,
    "modified_s": _INTEGER,
}


def collection_name(alias: str, *, dimension: int, embedding: str) -> str:
    """The collection behind an alias for vectors of this model and dimension."""
    return f"{alias}_{fingerprint({'dimension': dimension, 'embedding': embedding})}"


async def prepare(client: AsyncQdrantClient, name: str, *, alias: str, dimension: int) -> list[str]:
    """Create what is missing and point the alias at the collection; safe to repeat and to run twice at once.

    Returns the former collections of this alias that still hold documents.
    """
    existing = {row.name for row in (await client.get_collections()).collections}
    if alias in existing:
        raise SettingsError(
            f"the vector store has a collection called '{alias}', where Folio needs that name as an alias; "
            "choose another with FOLIO_VECTORS__COLLECTION"
        )
    if name not in existing:
        await _create(client, name, dimension=dimension)
    await _create_indexes(client, name)
    await _point_alias(client, alias, name=name)
    return await _drop_empty(client, sorted(_of_alias(existing, alias) - {name}))


async def others(client: AsyncQdrantClient, name: str, *, alias: str) -> list[str]:
    """The collections of an alias beside this one: former models', or one that another process has begun."""
    existing = {row.name for row in (await client.get_collections()).collections}
    return sorted(_of_alias(existing, alias) - {name})


async def _create(client: AsyncQdrantClient, name: str, *, dimension: int) -> None:
    try:
        await client.create_collection(
            name,
            vectors_config={DENSE: models.VectorParams(size=dimension, distance=models.Distance.COSINE)},
            sparse_vectors_config={SPARSE: models.SparseVectorParams(modifier=models.Modifier.IDF)},
        )
    except UnexpectedResponse:
        # Another process may have been faster.
        if not await client.collection_exists(name):
            raise


async def _create_indexes(client: AsyncQdrantClient, name: str) -> None:
    present = (await client.get_collection(name)).payload_schema
    for field, schema in _PAYLOAD_INDEXES.items():
        if field not in present:
            await client.create_payload_index(name, field, field_schema=schema, wait=True)


async def _point_alias(client: AsyncQdrantClient, alias: str, *, name: str) -> None:
    aliases = {row.alias_name: row.collection_name for row in (await client.get_aliases()).aliases}
    if aliases.get(alias) == name:
        return
    moved: list[models.AliasOperations] = [
        models.CreateAliasOperation(create_alias=models.CreateAlias(collection_name=name, alias_name=alias))
    ]
    if alias in aliases:
        # Both in one request: there is no moment without the alias.
        moved.insert(0, models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=alias)))
    await client.update_collection_aliases(moved)


def _of_alias(collections: set[str], alias: str) -> set[str]:
    pattern = re.compile(re.escape(alias) + r"_[0-9a-f]{16}")
    return {name for name in collections if pattern.fullmatch(name)}


async def _drop_empty(client: AsyncQdrantClient, names: list[str]) -> list[str]:
    kept = []
    for name in names:
        if (await client.count(name, exact=True)).count:
            kept.append(name)
        else:
            await client.delete_collection(name)
    return kept

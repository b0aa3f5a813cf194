"""The collection: its vectors, its payload indexes, its alias.

There is one collection per embedding model, `<alias>_<fingerprint>`, because cosines of two models cannot be compared. The
alias names the live one, which searches and syncs use. Another model's collection is built beside it, and the alias is
moved when it is complete (see `ingest.rebuild`); nothing here moves it by itself.
"""

import re

from qdrant_client import AsyncQdrantClient, models
from qdrant_client.http.exceptions import UnexpectedResponse

from core.errors import SettingsError
from core.ids import fingerprint
from store.vectors.derived import FOLDERS, MODIFIED_YEAR, fill_derived
from store.vectors.payload import DENSE, SPARSE
from store.vectors.readers import READERS, fill_readers
from store.vectors.storage import VectorStorage

_STORAGE = VectorStorage()
_KEYWORD = models.PayloadSchemaType.KEYWORD
_INTEGER = models.PayloadSchemaType.INTEGER
PAYLOAD_INDEXES: dict[str, models.PayloadFieldSchema] = {
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
    "pseudonyms": _KEYWORD,
    READERS: _KEYWORD,
    "ordinal": _INTEGER,
    "language": _KEYWORD,
    "path": _KEYWORD,
    FOLDERS: _KEYWORD,
    MODIFIED_YEAR: _INTEGER,
}


def collection_name(alias: str, *, dimension: int, embedding: str) -> str:
    """The collection behind an alias for vectors of this model and dimension."""
    return f"{alias}_{fingerprint({'dimension': dimension, 'embedding': embedding})}"


async def prepare(
    client: AsyncQdrantClient,
    name: str,
    *,
    alias: str,
    dimension: int,
    storage: VectorStorage = _STORAGE,
) -> None:
    """Create what is missing. An alias that is there stays as it is. Safe to repeat and to run twice at once."""
    existing = {row.name for row in (await client.get_collections()).collections}
    if alias in existing:
        raise SettingsError(
            f"the vector store has a collection called '{alias}', where Folio needs that name as an alias; "
            "choose another with FOLIO_VECTORS__COLLECTION"
        )
    if name not in existing:
        await _create(client, name, dense=storage.vector_params(dimension))
    await _create_indexes(client, name)
    if await live(client, alias) is None:
        await point_alias(client, alias, name=name)


async def live(client: AsyncQdrantClient, alias: str) -> str | None:
    """The collection that the alias names; None if there is no such alias."""
    aliases = (await client.get_aliases()).aliases
    return next((row.collection_name for row in aliases if row.alias_name == alias), None)


async def others(client: AsyncQdrantClient, name: str, *, alias: str) -> list[str]:
    """The collections of an alias beside this one: other models', kept or being built."""
    existing = {row.name for row in (await client.get_collections()).collections}
    return sorted(_of_alias(existing, alias) - {name})


async def point_alias(client: AsyncQdrantClient, alias: str, *, name: str) -> None:
    """Let the alias name this collection."""
    known = await live(client, alias)
    if known == name:
        return
    moved: list[models.AliasOperations] = [
        models.CreateAliasOperation(create_alias=models.CreateAlias(collection_name=name, alias_name=alias))
    ]
    if known is not None:
        # Both in one request: there is no moment without the alias.
        moved.insert(0, models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=alias)))
    await client.update_collection_aliases(moved)


async def _create(client: AsyncQdrantClient, name: str, *, dense: models.VectorParams) -> None:
    try:
        await client.create_collection(
            name,
            vectors_config={DENSE: dense},
            sparse_vectors_config={SPARSE: models.SparseVectorParams(modifier=models.Modifier.IDF)},
        )
    except UnexpectedResponse:
        # Another process may have been faster.
        if not await client.collection_exists(name):
            raise


async def _create_indexes(client: AsyncQdrantClient, name: str) -> None:
    present = (await client.get_collection(name)).payload_schema
    for field, schema in PAYLOAD_INDEXES.items():
        if field not in present:
            if field == READERS:
                await fill_readers(client, name)
            if field == FOLDERS:
                await fill_derived(client, name)
            await client.create_payload_index(name, field, field_schema=schema, wait=True)


def _of_alias(collections: set[str], alias: str) -> set[str]:
    pattern = re.compile(re.escape(alias) + r"_[0-9a-f]{16}")
    return {name for name in collections if pattern.fullmatch(name)}

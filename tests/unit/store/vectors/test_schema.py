"""The collection behind the alias, and what becomes of it when the embedding model changes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from qdrant_client import AsyncQdrantClient, models

from core.access import Principal
from core.config import load_settings
from core.errors import InvalidInputError, SettingsError, StaleGenerationError
from core.filters import All
from retrieval.filters import visible_to
from store.vectors.collections import QdrantCollections
from store.vectors.connection import connect
from store.vectors.index import QdrantIndex
from store.vectors.schema import collection_name
from tests.contract.chunk_points import DIMENSION, chunk

SEEN = visible_to(Principal())


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[AsyncQdrantClient]:
    async with connect(load_settings(home=tmp_path)) as opened:
        yield opened


def collections(client: AsyncQdrantClient) -> QdrantCollections:
    return QdrantCollections(client, alias="folio", batch_count=100)


async def prepared(
    client: AsyncQdrantClient, embedding: str, *, beside: bool = False, live: bool = False
) -> QdrantIndex:
    index = collections(client).index(dimension=DIMENSION, embedding=embedding, beside=beside)
    await index.prepare()
    if live:
        await collections(client).switch(index.collection)
    return index


async def ingest(index: QdrantIndex, doc: str, version: int = 1) -> None:
    await index.write([chunk(doc, version=version)])
    await index.activate(doc, version=version, chunk_count=1)


async def target(client: AsyncQdrantClient) -> str:
    (alias,) = (await client.get_aliases()).aliases
    assert alias.alias_name == "folio"
    return alias.collection_name


async def names(client: AsyncQdrantClient) -> set[str]:
    return {row.name for row in (await client.get_collections()).collections}


def test_model_and_dimension_shape_the_name() -> None:
    made = {collection_name("folio", dimension=d, embedding=e) for d in (4, 8) for e in ("one", "two")}
    assert len(made) == 4
    assert all(name.startswith("folio_") for name in made)


async def test_prepare_creates_vectors_indexes_and_alias(client: AsyncQdrantClient) -> None:
    index = await prepared(client, "one")
    info = await client.get_collection(index.collection)
    assert info.config.params.vectors["dense"].size == DIMENSION
    assert info.config.params.vectors["dense"].distance == models.Distance.COSINE
    assert info.config.params.sparse_vectors["bm25"].modifier == models.Modifier.IDF
    assert set(info.payload_schema) == {
        "tenant", "tier", "groups", "doc_id", "version", "active", "source_id", "mime_type", "external_id",
        "modified_s",
        *("ordinal", "language", "path", "folders", "modified_year"),
        "pseudonyms",
        "readers",
    }  # fmt: skip
    assert await target(client) == index.collection


async def test_two_that_prepare_at_once_make_one_collection(client: AsyncQdrantClient) -> None:
    await asyncio.gather(prepared(client, "one"), prepared(client, "one"))
    assert len(await names(client)) == 1


async def test_a_new_model_gets_its_own_collection_and_the_alias_stays(client: AsyncQdrantClient) -> None:
    former = await prepared(client, "one")
    await ingest(former, "a")
    index = await prepared(client, "two")
    assert await target(client) == former.collection
    assert await index.passages("a", visible=SEEN) == []
    assert await names(client) == {former.collection, index.collection}


async def test_nothing_is_written_beside_the_live_collection_by_mistake(client: AsyncQdrantClient) -> None:
    live = await prepared(client, "one")
    index = await prepared(client, "two")
    with pytest.raises(StaleGenerationError, match=live.collection):
        await index.write([chunk("a")])
    with pytest.raises(StaleGenerationError):
        await index.activate("a", version=1, chunk_count=0)


async def test_after_a_switch_the_former_index_writes_no_more(client: AsyncQdrantClient) -> None:
    former = await prepared(client, "one")
    index = await prepared(client, "two")
    await collections(client).switch(index.collection)
    await ingest(index, "a")
    with pytest.raises(StaleGenerationError):
        await former.write([chunk("a")])
    assert await target(client) == index.collection


async def test_a_document_that_is_indexed_anew_leaves_the_collections_beside(
    client: AsyncQdrantClient,
) -> None:
    beside = await prepared(client, "two", beside=True)
    live = await prepared(client, "one", live=True)
    await beside.write([chunk("a"), chunk("b")])
    await ingest(live, "a", version=2)
    assert await beside.count(All(())) == 1
    assert await beside.passages("a", visible=SEEN) == []


async def test_deleting_and_hiding_reach_every_collection(client: AsyncQdrantClient) -> None:
    live = await prepared(client, "one")
    beside = await prepared(client, "two", beside=True)
    await ingest(live, "a")
    await beside.write([chunk("a", active=True)])
    assert await live.hide_document("a") == 2
    assert await beside.passages("a", visible=SEEN) == []
    assert await live.delete_document("a") == 2
    assert await beside.count(All(())) == 0


async def test_a_collection_that_another_process_dropped_is_no_error(client: AsyncQdrantClient) -> None:
    live = await prepared(client, "one")
    beside = await prepared(client, "two", beside=True)
    await beside.write([chunk("a")])
    await live.prepare()
    await collections(client).drop(beside.collection)
    await collections(client).drop(beside.collection)
    assert await live.delete_document("a") == 0


async def test_the_live_collection_cannot_be_dropped(client: AsyncQdrantClient) -> None:
    live = await prepared(client, "one")
    with pytest.raises(InvalidInputError, match="is live"):
        await collections(client).drop(live.collection)


async def test_collections_are_those_of_the_alias(client: AsyncQdrantClient) -> None:
    assert await collections(client).live() is None
    live = await prepared(client, "one")
    await ingest(live, "a")
    shelf = collections(client)
    assert (await shelf.live(), await shelf.names()) == (live.collection, [live.collection])
    assert [await shelf.point_count(name) for name in (live.collection, "folio_none")] == [1, 0]


async def test_another_knowledge_base_on_the_server_is_left_alone(client: AsyncQdrantClient) -> None:
    other = QdrantIndex(client, collection="folio_b", dimension=DIMENSION, batch_count=100)
    await other.prepare()
    await prepared(client, "one")
    await prepared(client, "two")
    assert other.collection in await names(client)


async def test_a_collection_in_the_aliass_place_is_named(client: AsyncQdrantClient) -> None:
    plain = models.VectorParams(size=2, distance=models.Distance.COSINE)
    await client.create_collection("folio", vectors_config=plain)
    with pytest.raises(SettingsError, match="FOLIO_VECTORS__COLLECTION"):
        await prepared(client, "one")

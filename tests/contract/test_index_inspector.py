"""IndexInspector over the fake and the real index: whatever is stored is seen, visible or not, of any model."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from qdrant_client import AsyncQdrantClient

from core.config import load_settings
from core.inspection import Holding, PointGroup
from core.ports import IndexInspector
from store.vectors.connection import connect
from store.vectors.index import QdrantIndex
from store.vectors.inspector import QdrantInspector
from tests.contract.chunk_points import DIMENSION, chunk, document
from tests.fakes.vector_index import FakeVectorIndex

Pair = tuple[QdrantIndex | FakeVectorIndex, IndexInspector]


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[AsyncQdrantClient]:
    async with connect(load_settings(home=tmp_path)) as opened:
        yield opened


async def opened(client: AsyncQdrantClient, *, embedding: str = "") -> tuple[QdrantIndex, QdrantInspector]:
    index = QdrantIndex(
        client, collection="kb", dimension=DIMENSION, batch_count=100, embedding=embedding, beside=True
    )
    await index.prepare()
    return index, QdrantInspector(client, alias="kb", current=index.collection)


@pytest.fixture(params=["fake", "in process"])
async def pair(request: pytest.FixtureRequest, client: AsyncQdrantClient) -> Pair:
    if request.param == "fake":
        fake = FakeVectorIndex()
        return fake, fake
    return await opened(client)


async def groups(inspector: IndexInspector) -> set[tuple[str, int, bool, int]]:
    return {(row.doc_id, row.version, row.active, row.point_count) for row in await inspector.census()}


async def test_an_empty_index_holds_nothing(pair: Pair) -> None:
    _, inspector = pair
    assert await inspector.census() == []
    assert [chunk async for chunk in inspector.chunks()] == []
    assert sum(holding.point_count for holding in await inspector.holdings("a")) == 0


async def test_the_census_counts_by_document_version_and_visibility(pair: Pair) -> None:
    index, inspector = pair
    await index.write(document("a", 3))
    await index.activate("a", version=1, chunk_count=3)
    await index.write(document("a", 2, version=2))
    await index.write(document("b", 1))
    assert await groups(inspector) == {("a", 1, True, 3), ("a", 2, False, 2), ("b", 1, False, 1)}
    assert all(row.current for row in await inspector.census())


async def test_holdings_count_each_kind_of_vector(pair: Pair) -> None:
    index, inspector = pair
    # `the` is a stop word: a chunk of it alone has no BM25 vector.
    await index.write([chunk("a", "fox"), chunk("a", "the", ordinal=1), chunk("b", "fox")])
    (holding,) = await inspector.holdings("a")
    assert (holding.point_count, holding.dense_count, holding.sparse_count) == (2, 2, 1)


async def test_a_deleted_document_is_held_nowhere(pair: Pair) -> None:
    index, inspector = pair
    await index.write([*document("a", 3), *document("b", 1)])
    await index.delete_document("a")
    (holding,) = await inspector.holdings("a")
    assert (holding.point_count, holding.dense_count, holding.sparse_count) == (0, 0, 0)
    assert await groups(inspector) == {("b", 1, False, 1)}


async def test_chunks_have_their_text_and_on_request_their_vector(pair: Pair) -> None:
    index, inspector = pair
    await index.write([chunk("a", "first", degrees=90.0), chunk("a", "second", ordinal=1)])
    plain = {row.text: row async for row in inspector.chunks()}
    assert {(row.ordinal, row.active, row.dense) for row in plain.values()} == {
        (0, False, ()),
        (1, False, ()),
    }
    exact = {row.text: row.dense async for row in inspector.chunks(with_vectors=True)}
    assert exact["first"] == pytest.approx((0.0, 1.0, 0.0, 0.0), abs=1e-6)
    assert exact["second"] == pytest.approx((1.0, 0.0, 0.0, 0.0), abs=1e-6)


async def test_hidden_chunks_are_stored_and_not_visible(pair: Pair) -> None:
    index, inspector = pair
    await index.write(document("a", 2))
    await index.activate("a", version=1, chunk_count=2)
    (shown,) = await inspector.holdings("a")
    assert await index.hide_document("a") == 2
    (hidden,) = await inspector.holdings("a")
    assert (shown.visible_count, hidden.visible_count, hidden.point_count) == (2, 0, 2)
    assert await index.hide_document("unknown") == 0


async def test_scan_gives_every_point_without_vectors(pair: Pair) -> None:
    index, _ = pair
    await index.write([*document("a", 3, context="Title\n"), *document("b", 1)])
    points = [point async for point in index.scan()]
    assert {(point.doc_id, point.ordinal, point.dense) for point in points} == {
        ("a", 0, ()), ("a", 1, ()), ("a", 2, ()), ("b", 0, ()),
    }  # fmt: skip
    assert {point.context for point in points if point.doc_id == "a"} == {"Title\n"}


async def test_points_are_removed_by_id(pair: Pair) -> None:
    index, _ = pair
    points = document("a", 3)
    await index.write(points)
    await index.remove_points([point.point_id for point in points[:2]])
    assert [point.ordinal async for point in index.scan()] == [2]
    await index.remove_points([])


async def test_a_limit_is_kept(pair: Pair) -> None:
    index, inspector = pair
    await index.write(document("a", 5))
    assert len([row async for row in inspector.chunks(limit=2)]) == 2
    assert [row async for row in inspector.chunks(limit=0)] == []


async def test_more_points_than_fit_a_page_are_all_counted(pair: Pair) -> None:
    index, inspector = pair
    await index.write(document("a", 2100))
    assert await groups(inspector) == {("a", 1, False, 2100)}


async def test_the_collection_of_a_former_model_is_looked_at_too(client: AsyncQdrantClient) -> None:
    former, _ = await opened(client, embedding="old")
    await former.write(document("a", 2))
    index, inspector = await opened(client, embedding="new")
    await index.write(document("a", 1))
    assert await inspector.holdings("a") == [
        Holding(index.collection, 1, 1, 1),
        Holding(former.collection, 2, 2, 2),
    ]
    assert PointGroup(former.collection, False, "a", 1, False, 2) in await inspector.census()


async def test_deletion_reaches_a_collection_that_another_process_has_made_since(
    client: AsyncQdrantClient,
) -> None:
    early, inspector = await opened(client, embedding="old")
    await early.write(document("a", 1))
    late, _ = await opened(client, embedding="new")
    await late.write(document("a", 2))
    assert await early.delete_document("a") == 3
    assert [holding.point_count for holding in await inspector.holdings("a")] == [0, 0]

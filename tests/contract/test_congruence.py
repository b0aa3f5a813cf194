"""The embedded store against qdrant-client's own local mode on the same random data: same hits, same order up to ties.

Random data comes from a fixed seed, random filters from hypothesis.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing
from itertools import groupby

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qdrant_client import AsyncQdrantClient, models

from tests.contract.conftest import in_process_client, open_shelf

NAME = "random"
POINT_COUNT = 300
DIMENSION = 16
VOCABULARY = 40
TAGS = ["red", "green", "blue", "grey"]
Pair = tuple[AsyncQdrantClient, AsyncQdrantClient]


def random_dense(rng: random.Random) -> list[float]:
    return [rng.gauss(0, 1) for _ in range(DIMENSION)]


def random_sparse(rng: random.Random) -> models.SparseVector:
    indices = rng.sample(range(VOCABULARY), rng.randint(1, 8))
    return models.SparseVector(indices=indices, values=[rng.uniform(0.1, 3) for _ in indices])


def random_payload(rng: random.Random) -> dict:
    payload = {
        "tag": rng.choice(TAGS),
        "tags": rng.sample(TAGS, rng.randint(0, 3)),
        "size": rng.randint(0, 20),
        "price": round(rng.uniform(0, 10), 3),
        "open": rng.random() < 0.5,
        "when": f"2024-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T00:00:00Z",
        "parts": [{"x": rng.randint(0, 3), "y": rng.randint(0, 3)} for _ in range(rng.randint(0, 2))],
        "maybe": rng.choice([None, "yes"]),
    }
    return {key: value for key, value in payload.items() if rng.random() > 0.1}


def random_points(seed: int) -> list[models.PointStruct]:
    rng = random.Random(seed)
    return [
        models.PointStruct(
            id=number,
            vector={"dense": random_dense(rng), "bm25": random_sparse(rng)},
            payload=random_payload(rng),
        )
        for number in range(POINT_COUNT)
    ]


async def fill(client: AsyncQdrantClient) -> None:
    await client.create_collection(
        NAME,
        vectors_config={"dense": models.VectorParams(size=DIMENSION, distance=models.Distance.COSINE)},
        sparse_vectors_config={"bm25": models.SparseVectorParams(modifier=models.Modifier.IDF)},
    )
    await client.upsert(NAME, random_points(seed=7), wait=True)
    # Deleting and replacing must leave both with the same statistics.
    await client.delete(NAME, list(range(0, POINT_COUNT, 17)), wait=True)
    await client.upsert(NAME, random_points(seed=8)[1:40:3], wait=True)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    local = AsyncQdrantClient(":memory:")
    with closing(open_shelf(tmp_path_factory.mktemp("congruence"))) as shelf:
        embedded = in_process_client(shelf)
        asyncio.run(_fill_both(embedded, local))
        yield embedded, local


async def _fill_both(*clients: AsyncQdrantClient) -> None:
    for client in clients:
        await fill(client)


def assert_same_ranking(ours: Sequence[models.ScoredPoint], theirs: Sequence[models.ScoredPoint]) -> None:
    """Equal scores in order; within one score, the same ids in any order (the cut-off may split the last tie)."""
    assert [hit.score for hit in ours] == pytest.approx([hit.score for hit in theirs], abs=1e-4)
    ours_tied, theirs_tied = tied(ours), tied(theirs)
    assert ours_tied[:-1] == theirs_tied[:-1]
    assert len(ours) > 0


def tied(hits: Sequence[models.ScoredPoint]) -> list[set]:
    return [{hit.id for hit in group} for _, group in groupby(hits, key=lambda hit: round(hit.score, 4))]


FILTERS = {
    "none": None,
    "value": models.Filter(must=[models.FieldCondition(key="tag", match=models.MatchValue(value="red"))]),
    "list field": models.Filter(
        must=[models.FieldCondition(key="tags", match=models.MatchAny(any=["red", "blue"]))]
    ),
    "range": models.Filter(must=[models.FieldCondition(key="size", range=models.Range(gte=5, lt=15))]),
    "not": models.Filter(must_not=[models.FieldCondition(key="open", match=models.MatchValue(value=True))]),
}


@pytest.mark.parametrize("chosen", FILTERS)
async def test_dense_search_agrees(pair, chosen):
    rng = random.Random(1)
    for _ in range(10):
        vector = random_dense(rng)
        ours, theirs = [
            (
                await client.query_points(
                    NAME, query=vector, using="dense", query_filter=FILTERS[chosen], limit=20
                )
            ).points
            for client in pair
        ]
        assert_same_ranking(ours, theirs)


@pytest.mark.parametrize("chosen", FILTERS)
async def test_sparse_search_with_idf_agrees(pair, chosen):
    rng = random.Random(2)
    for _ in range(10):
        vector = random_sparse(rng)
        ours, theirs = [
            (
                await client.query_points(
                    NAME, query=vector, using="bm25", query_filter=FILTERS[chosen], limit=20
                )
            ).points
            for client in pair
        ]
        assert_same_ranking(ours, theirs)


async def test_idf_over_a_part_of_the_collection_agrees(pair):
    rng = random.Random(5)
    scope = models.SearchParams(idf=models.IdfCorpusParams(corpus=FILTERS["value"]))
    for _ in range(10):
        vector = random_sparse(rng)
        ours, theirs = [
            (
                await client.query_points(NAME, query=vector, using="bm25", search_params=scope, limit=20)
            ).points
            for client in pair
        ]
        assert_same_ranking(ours, theirs)


@pytest.mark.parametrize(
    "fusion",
    [
        models.FusionQuery(fusion=models.Fusion.RRF),
        models.RrfQuery(rrf=models.Rrf(k=61)),
        models.FusionQuery(fusion=models.Fusion.DBSF),
    ],
    ids=["rrf", "rrf 61", "dbsf"],
)
@pytest.mark.parametrize("chosen", ["none", "value", "range"])
async def test_hybrid_fusion_agrees(pair, fusion, chosen):
    rng = random.Random(3)
    for _ in range(5):
        arms = [
            models.Prefetch(query=random_dense(rng), using="dense", filter=FILTERS[chosen], limit=30),
            models.Prefetch(query=random_sparse(rng), using="bm25", filter=FILTERS[chosen], limit=30),
        ]
        ours, theirs = [
            (await client.query_points(NAME, prefetch=arms, query=fusion, limit=20)).points for client in pair
        ]
        assert_same_ranking(ours, theirs)


async def test_payload_and_vectors_of_hits_agree(pair):
    vector = random_dense(random.Random(4))
    ours, theirs = [
        (
            await client.query_points(NAME, query=vector, using="dense", with_payload=True, with_vectors=True)
        ).points
        for client in pair
    ]
    for mine, other in zip(ours, theirs, strict=True):
        assert (mine.id, mine.payload) == (other.id, other.payload)
        assert mine.vector["dense"] == pytest.approx(other.vector["dense"], abs=1e-6)
        assert weights(mine) == pytest.approx(weights(other), abs=1e-6)


def weights(hit: models.ScoredPoint) -> dict[int, float]:
    return dict(zip(hit.vector["bm25"].indices, hit.vector["bm25"].values, strict=True))


def field(key: str, **condition) -> models.FieldCondition:
    return models.FieldCondition(key=key, **condition)


def nested(x: int, y: int) -> models.NestedCondition:
    both = [field("x", match=models.MatchValue(value=x)), field("y", match=models.MatchValue(value=y))]
    return models.NestedCondition(nested=models.Nested(key="parts", filter=models.Filter(must=both)))


tags = st.sampled_from([*TAGS, "pink"])
sizes = st.integers(-1, 21)
months = st.integers(1, 12).map(lambda month: f"2024-{month:02}-15T00:00:00Z")
leaves = st.one_of(
    st.builds(lambda tag: field("tag", match=models.MatchValue(value=tag)), tags),
    st.builds(lambda some: field("tags", match=models.MatchAny(any=some)), st.lists(tags, max_size=3)),
    st.builds(
        lambda some: field("tag", match=models.MatchExcept(**{"except": some})), st.lists(tags, min_size=1)
    ),
    st.builds(lambda size: field("size", match=models.MatchValue(value=size)), sizes),
    st.builds(lambda low, high: field("size", range=models.Range(gte=low, lt=high)), sizes, sizes),
    st.builds(lambda low: field("price", range=models.Range(gt=low)), st.floats(0, 10)),
    st.builds(lambda low: field("when", range=models.DatetimeRange(gte=low)), months),
    st.builds(lambda flag: field("open", match=models.MatchValue(value=flag)), st.booleans()),
    st.builds(
        lambda ids: models.HasIdCondition(has_id=ids), st.lists(st.integers(0, POINT_COUNT), max_size=5)
    ),
    st.builds(
        lambda key: models.IsEmptyCondition(is_empty=models.PayloadField(key=key)),
        st.sampled_from(["tags", "maybe", "parts", "absent"]),
    ),
    st.just(models.IsNullCondition(is_null=models.PayloadField(key="maybe"))),
    st.builds(nested, st.integers(0, 3), st.integers(0, 3)),
)


def clauses(children: st.SearchStrategy) -> st.SearchStrategy:
    listed = st.lists(children, min_size=1, max_size=3)
    minimum = st.builds(
        lambda conditions, count: models.MinShould(conditions=conditions, min_count=count),
        listed,
        st.integers(1, 3),
    )
    maybe = st.none() | listed
    return st.builds(models.Filter, must=maybe, should=maybe, must_not=maybe, min_should=st.none() | minimum)


filters = clauses(st.recursive(leaves, clauses, max_leaves=4))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(condition=filters)
def test_any_filter_chooses_the_same_points(pair, condition):
    ours, theirs = asyncio.run(_chosen(pair, condition))
    assert ours == theirs


async def _chosen(pair: Pair, condition: models.Filter) -> list[tuple[list, int]]:
    found = []
    for client in pair:
        records, _ = await client.scroll(NAME, scroll_filter=condition, limit=POINT_COUNT, with_payload=False)
        count = (await client.count(NAME, condition, exact=True)).count
        found.append(([record.id for record in records], count))
    return found


async def test_scroll_pages_agree(pair):
    pages = [[page async for page in _pages(client)] for client in pair]
    assert pages[0] == pages[1]
    assert len(pages[0]) > 3


async def _pages(client: AsyncQdrantClient) -> AsyncIterator[list]:
    offset = None
    while True:
        records, offset = await client.scroll(NAME, limit=50, offset=offset)
        yield [(record.id, record.payload) for record in records]
        if offset is None:
            return

"""Whatever the condition, the store selects what the reference in memory selects."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qdrant_client import AsyncQdrantClient, models

from core.config import load_settings
from core.filters import All, AnyOf, AtLeast, AtMost, Condition, Either, Equals, IsEmpty, Not
from store.vectors.connection import connect
from store.vectors.filters import to_qdrant
from store.vectors.index import QdrantIndex
from tests.fakes.conditions import meets

POINT_COUNT = 150
WORDS = ("", "a", "b", "Ä☃", "0", "1", "true")
# Indexed keywords, numbers and lists; then fields without an index, one of which no point has.
KEYWORDS = ("tenant", "doc_id", "groups")
NUMBERS = ("tier", "version", "active")
FIELDS = (*KEYWORDS, *NUMBERS, "heading", "page", "nowhere")

field = st.sampled_from(FIELDS)
word = st.sampled_from((*WORDS, "absent"))
number = st.integers(-2, 4)
value = st.one_of(word, number, st.booleans())
limit = st.one_of(st.floats(-3, 5), number)
leaf = st.one_of(
    st.builds(Equals, field, value),
    st.builds(AnyOf, field, st.lists(st.one_of(word, number), max_size=4).map(tuple)),
    st.builds(AtMost, field, limit),
    st.builds(AtLeast, field, limit),
    st.builds(IsEmpty, field),
)
condition = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Either, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)


def random_payloads(seed: int) -> list[dict]:
    """Every field is now and then absent, null, an empty list or a list of several values."""
    dice = random.Random(seed)

    def some(values) -> object:
        kind = dice.randrange(8)
        shapes = {0: None, 1: [], 2: dice.choices(values, k=3), 3: [dice.choice(values)]}
        return shapes.get(kind, dice.choice(values))

    rows = []
    for _ in range(POINT_COUNT):
        row = {name: some(WORDS) for name in (*KEYWORDS, "heading")}
        row |= {name: some((0, 1)) if name == "active" else some(range(-1, 4)) for name in (*NUMBERS, "page")}
        rows.append({name: row[name] for name in row if dice.random() > 0.1})
    return rows


class Store:
    """An embedded store that holds random payloads; every call runs on one event loop."""

    def __init__(self, home) -> None:
        self.payloads = random_payloads(seed=7)
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._client: AsyncQdrantClient
        self._index: QdrantIndex
        self._runner.run(self._open(home))

    def selected(self, query: models.Filter | None) -> set[int]:
        records, _ = self._runner.run(
            self._client.scroll(self._index.collection, scroll_filter=query, limit=POINT_COUNT)
        )
        return {record.id for record in records}

    def count(self, asked: Condition) -> int:
        return self._runner.run(self._index.count(asked))

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()

    async def _open(self, home) -> None:
        self._client = await self._stack.enter_async_context(connect(load_settings(home=home)))
        self._index = QdrantIndex(self._client, collection="folio", dimension=2, batch_count=100)
        await self._index.prepare()
        points = [
            models.PointStruct(id=n, vector={"dense": [1.0, 0.0]}, payload=payload)
            for n, payload in enumerate(self.payloads)
        ]
        await self._client.upsert(self._index.collection, points, wait=True)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(tmp_path_factory.mktemp("filters"))
    yield opened
    opened.close()


@given(asked=condition)
@settings(max_examples=300, deadline=None)
def test_the_store_selects_what_the_condition_means(store: Store, asked: Condition) -> None:
    expected = {n for n, payload in enumerate(store.payloads) if meets(payload, asked)}
    assert store.selected(to_qdrant(asked)) == expected
    assert store.count(asked) == len(expected)


@given(asked=condition)
@settings(max_examples=100, deadline=None)
def test_a_condition_and_its_negation_divide_the_points(store: Store, asked: Condition) -> None:
    assert store.count(asked) + store.count(Not(asked)) == POINT_COUNT


@pytest.mark.parametrize(
    ("asked", "expected"),
    [(All(()), POINT_COUNT), (Not(All(())), 0), (Either(()), 0), (Not(Either(())), POINT_COUNT)],
)
def test_empty_lists_of_conditions_mean_always_and_never(
    store: Store, asked: Condition, expected: int
) -> None:
    assert store.count(asked) == expected

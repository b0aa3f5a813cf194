"""The search service over the real embedded store: what may not be read is neither found nor felt."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qdrant_client import AsyncQdrantClient, models

from core.access import AccessLabel, Principal, Tier
from core.clock import SystemClock
from core.config import RetrievalSettings, load_settings
from core.filters import Condition
from core.search import ChunkPoint, SearchResult
from core.search_trace import Explanation
from retrieval.service import SearchService
from retrieval.user_filters import parse_filter
from store.vectors.connection import connect
from store.vectors.index import QdrantIndex
from tests.contract.chunk_points import ENCODER, chunk
from tests.fakes.conditions import meets
from tests.fakes.embedder import FakeEmbedder

READER = Principal("acme", clearance=Tier.INTERNAL, groups=frozenset({"staff"}))
WORDS = ("fox", "owl", "elk", "leave", "days", "board")
MIME_TYPES = ("text/plain", "application/pdf")
EMBEDDER = FakeEmbedder(dimension=32)

GROUPS = (frozenset(), frozenset({"staff"}), frozenset({"board"}), frozenset({"staff", "board"}))
LABELS = [AccessLabel(*parts) for parts in product(("acme", "other"), Tier, GROUPS)]
READABLE = [label for label in LABELS if label.readable_by(READER)]
UNREADABLE = [label for label in LABELS if not label.readable_by(READER)]

labels = st.sampled_from(LABELS)
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)
queries = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True).map(" ".join)
fusions = st.sampled_from(("convex", "rrf", "dbsf"))


def some(label) -> st.SearchStrategy:
    return st.tuples(texts, label, st.sampled_from(MIME_TYPES), st.integers(0, 10), st.booleans())


documents = some(labels)
corpora = st.lists(documents, max_size=12)
# Large enough that a word which unreadable documents make common would lose its weight against another.
readable_corpora = st.lists(some(st.sampled_from(READABLE)), min_size=3, max_size=8)
unreadable_corpora = st.lists(some(st.sampled_from(UNREADABLE)), min_size=6, max_size=12)
several_words = st.lists(st.sampled_from(WORDS), min_size=3, max_size=4, unique=True).map(" ".join)

comparison = st.one_of(
    st.builds(
        lambda kind, value: {"type": kind, "key": "mime_type", "value": value},
        st.sampled_from(("eq", "ne")),
        st.sampled_from((*MIME_TYPES, "image/png")),
    ),
    st.builds(
        lambda kind, values: {"type": kind, "key": "doc_id", "value": values},
        st.sampled_from(("in", "nin")),
        st.lists(st.sampled_from([f"d{n:02}" for n in range(12)]), min_size=1, max_size=4),
    ),
    st.builds(
        lambda kind, second: {"type": kind, "key": "modified", "value": f"1970-01-01T00:00:0{second}Z"},
        st.sampled_from(("gt", "gte", "lt", "lte", "eq", "ne")),
        st.integers(0, 9),
    ),
    st.builds(lambda value: {"type": "exists", "key": "external_id", "value": value}, st.booleans()),
)
trees = st.recursive(
    comparison,
    lambda inner: st.one_of(
        st.builds(lambda part: {"type": "not", "filter": part}, inner),
        st.builds(
            lambda kind, parts: {"type": kind, "filters": parts},
            st.sampled_from(("and", "or")),
            st.lists(inner, min_size=1, max_size=3),
        ),
    ),
    max_leaves=5,
)


def points(corpus: Sequence[tuple], *, prefix: str = "d") -> list[ChunkPoint]:
    """One chunk per document, with the vectors that its text has."""
    return [
        chunk(
            f"{prefix}{number:02}",
            text,
            dense=EMBEDDER._vector(text),
            access=label,
            mime_type=mime_type,
            modified_s=modified_s,
            external_id=f"x{number}" if with_id else None,
            active=True,
        )
        for number, (text, label, mime_type, modified_s, with_id) in enumerate(corpus)
    ]


class World:
    """An embedded store and the service over it; every call runs on one event loop."""

    def __init__(self, home) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._client: AsyncQdrantClient
        self._index: QdrantIndex
        self._runner.run(self._open(home))

    def fill(self, stored: Sequence[ChunkPoint]) -> None:
        """Make these the only points."""
        self._runner.run(self._fill(stored))

    def add(self, stored: Sequence[ChunkPoint]) -> None:
        self._runner.run(self._index.write(stored))

    def search(self, query: str, *, fusion: str = "convex", **more) -> SearchResult:
        return self._runner.run(self._service(fusion).search(query, principal=READER, limit=50, **more))

    def explain(self, query: str, doc_id: str, *, narrowed: Condition | None = None) -> Explanation:
        service = self._service("convex")
        return self._runner.run(
            service.explain_document(query, doc_id, principal=READER, limit=3, narrowed=narrowed)
        )

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()

    def _service(self, fusion: str) -> SearchService:
        return SearchService(
            self._index,
            embedder=EMBEDDER,
            sparse=ENCODER,
            settings=RetrievalSettings.model_validate({"fusion": fusion}),
            clock=SystemClock(),
        )

    async def _open(self, home) -> None:
        self._client = await self._stack.enter_async_context(connect(load_settings(home=home)))
        self._index = QdrantIndex(
            self._client, collection="folio", dimension=EMBEDDER.dimension, batch_count=100
        )
        await self._index.prepare()

    async def _fill(self, stored: Sequence[ChunkPoint]) -> None:
        await self._client.delete(self._index.collection, models.Filter(), wait=True)
        await self._index.write(stored)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    opened = World(tmp_path_factory.mktemp("search"))
    yield opened
    opened.close()


def ranking(result: SearchResult) -> list[tuple[str, float]]:
    return [(hit.doc_id, round(hit.score, 5)) for hit in result.hits]


@given(corpus=corpora, query=queries, fusion=fusions)
@settings(max_examples=60, deadline=None)
def test_exactly_the_visible_documents_are_found(world: World, corpus, query, fusion) -> None:
    stored = points(corpus)
    world.fill(stored)
    readable = {point.doc_id for point in stored if point.access.readable_by(READER)}
    assert {hit.doc_id for hit in world.search(query, fusion=fusion).hits} == readable


@given(corpus=corpora, query=queries, tree=trees)
@settings(max_examples=60, deadline=None)
def test_a_filter_narrows_to_what_it_means_and_never_widens(world: World, corpus, query, tree) -> None:
    stored = points(corpus)
    world.fill(stored)
    narrowed = parse_filter(tree)
    expected = {
        point.doc_id
        for point in stored
        if point.access.readable_by(READER)
        and meets({name: getattr(point, name) for name in point.__slots__}, narrowed)
    }
    assert {hit.doc_id for hit in world.search(query, narrowed=narrowed).hits} == expected


@given(corpus=readable_corpora, others=unreadable_corpora, query=several_words, fusion=fusions)
@settings(max_examples=60, deadline=None)
def test_what_may_not_be_read_moves_no_rank_and_no_score(world: World, corpus, others, query, fusion) -> None:
    """Documents of another tenant, of a higher tier and of other groups, whatever words they hold."""
    world.fill(points(corpus))
    before = ranking(world.search(query, fusion=fusion))
    world.add(points(others, prefix="u"))
    assert ranking(world.search(query, fusion=fusion)) == before


@given(corpus=corpora, query=queries, fusion=fusions, seed=st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_insertion_moves_nothing(world: World, corpus, query, fusion, seed) -> None:
    stored = points(corpus)
    world.fill(stored)
    before = ranking(world.search(query, fusion=fusion))
    seed.shuffle(stored)
    world.fill(stored)
    assert ranking(world.search(query, fusion=fusion)) == before


@given(corpus=corpora, query=queries, doc_id=st.sampled_from([f"d{n:02}" for n in range(14)]))
@settings(max_examples=60, deadline=None)
def test_an_unknown_and_an_unreadable_document_are_explained_alike(
    world: World, corpus, query, doc_id
) -> None:
    stored = points(corpus)
    world.fill(stored)
    explanation = world.explain(query, doc_id)
    readable = any(p.doc_id == doc_id and p.access.readable_by(READER) for p in stored)
    if readable:
        assert explanation.verdict in {"found", "beyond_limit"}
    else:
        assert explanation == Explanation(
            doc_id, explanation.verdict, "there is no such document, or you may not read it"
        )
        assert explanation.verdict == "not_visible"


@given(corpus=corpora, query=queries)
@settings(max_examples=40, deadline=None)
def test_a_trace_names_visible_documents_only(world: World, corpus, query) -> None:
    stored = points(corpus)
    world.fill(stored)
    trace = world.search(query, explain=True).trace
    assert trace is not None
    readable = {point.doc_id for point in stored if point.access.readable_by(READER)}
    assert {hit.doc_id for stage in trace.stages for hit in stage.hits} <= readable
    assert (trace.visible_count, trace.denied_count) == (len(readable), None)

"""The search service over the real embedded store: what may not be read is neither found nor felt."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qdrant_client import AsyncQdrantClient, models

from core import ids
from core.access import AccessLabel, Principal, Tier
from core.clock import SystemClock
from core.config import RetrievalSettings, load_settings
from core.filters import Condition
from core.search import ChunkPoint, FacetsWanted, SearchOptions, SearchResult
from core.search_trace import Explanation
from retrieval.service import SearchService
from retrieval.user_filters import parse_filter
from store.vectors.connection import connect
from store.vectors.derived import derived
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
    st.builds(
        lambda key, value: {"type": "exists", "key": key, "value": value},
        st.sampled_from(("external_id", "language", "path", "modified", "folder")),
        st.booleans(),
    ),
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


def payload_of(point: ChunkPoint) -> dict:
    plain = {name: getattr(point, name) for name in point.__slots__}
    return plain | derived(point.path, modified_s=point.modified_s)


def point_id(doc_id: str, ordinal: int) -> str:
    return ids.point_id(doc_id, version=1, ordinal=ordinal)


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

    def found(self, query: str, options: SearchOptions, *, fusion: str = "convex", **more) -> SearchResult:
        service = self._service(fusion, **more)
        return self._runner.run(service.found(query, principal=READER, options=options))

    def remove(self, stored: Sequence[ChunkPoint]) -> None:
        self._runner.run(self._index.remove_points([point.point_id for point in stored]))

    def explain(self, query: str, doc_id: str, *, narrowed: Condition | None = None) -> Explanation:
        service = self._service("convex")
        return self._runner.run(
            service.explain_document(query, doc_id, principal=READER, limit=3, narrowed=narrowed)
        )

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()

    def _service(self, fusion: str, **more) -> SearchService:
        return SearchService(
            self._index,
            embedder=EMBEDDER,
            sparse=ENCODER,
            settings=RetrievalSettings.model_validate({"fusion": fusion} | more),
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
        if point.access.readable_by(READER) and meets(payload_of(point), narrowed)
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


@given(corpus=readable_corpora, others=unreadable_corpora, query=several_words, fusion=fusions)
@settings(max_examples=25, deadline=None)
def test_what_comes_and_goes_beside_a_reader_leaves_every_number_as_it_is(
    world: World, corpus, others, query, fusion
) -> None:
    """To the last bit: scores, cosines and counts, while others write and delete documents with the same words."""

    def numbers() -> tuple:
        wanted = SearchOptions(50, facets=FacetsWanted(("mime_type", "modified_year")))
        found = world.found(query, wanted, fusion=fusion)
        return [(hit.doc_id, hit.score, hit.similarity) for hit in found.hits], found.facets, found.notes

    world.fill(points(corpus))
    before = numbers()
    beside = points(others, prefix="u")
    world.add(beside)
    with_others = numbers()
    world.remove(beside)
    assert with_others == before
    assert numbers() == before


@given(corpus=corpora, query=queries, tree=trees, value_count=st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_facets_count_what_is_visible_and_meets_the_filter(
    world: World, corpus, query, tree, value_count
) -> None:
    stored = points(corpus)
    world.fill(stored)
    narrowed = parse_filter(tree)
    counted = [
        point for point in stored if point.access.readable_by(READER) and meets(payload_of(point), narrowed)
    ]
    wanted = FacetsWanted(("mime_type", "modified_year", "language"), value_count)
    types, years, languages = world.found(query, SearchOptions(narrowed=narrowed, facets=wanted)).facets
    expected = Counter(point.mime_type for point in counted)
    # What counts as much as the last one that is named may be named in its place.
    assert [one.count for one in types.values] == sorted(expected.values(), reverse=True)[:value_count]
    assert all(expected[one.value] == one.count for one in types.values)
    assert sum(one.count for one in types.values) + types.other_count == len(counted)
    dated = sum(point.modified_s > 0 for point in counted)
    assert [(one.value, one.count) for one in years.values] == ([(1970, dated)] if dated else [])
    assert years.missing_count == len(counted) - dated
    assert (languages.values, languages.missing_count) == ((), len(counted))


@given(corpus=corpora, query=queries, limit=st.integers(1, 14), size=st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_as_many_documents_as_there_are_come_with_their_best_passages(
    world: World, corpus, query, limit, size
) -> None:
    """The first document has most chunks, and so few are candidates that it may have them all."""
    stored = [
        replace(point, doc_id=name, ordinal=number, point_id=point_id(name, number))
        for number, point in enumerate(points(corpus))
        for name in ["g0" if number < 8 else f"g{number}"]
    ]
    world.fill(stored)
    readable = {point.doc_id for point in stored if point.access.readable_by(READER)}
    options = SearchOptions(limit, group_size=size)
    found = world.found(query, options, candidate_count=1)
    starts = [sum(found.groups[:place]) for place in range(len(found.groups))]
    groups = [found.hits[at : at + count] for at, count in zip(starts, found.groups, strict=True)]
    names = [{hit.doc_id for hit in group} for group in groups]
    assert len(groups) == min(limit, len(readable))
    assert all(len(name) == 1 and len(group) <= size for name, group in zip(names, groups, strict=True))
    assert len(set.union(set(), *names)) == len(groups)
    bests = [group[0].score for group in groups]
    assert bests == sorted(bests, reverse=True)
    assert all(
        [hit.score for hit in group] == sorted((hit.score for hit in group), reverse=True) for group in groups
    )


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

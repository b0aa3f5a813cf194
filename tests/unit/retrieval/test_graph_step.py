"""Passages that the graph leads to: ranked among the others, never beside the filters, and never at the price of the search."""

import math
from dataclasses import replace

import pytest

from core import ids
from core.access import AccessLabel, Principal, Tier
from core.config import RetrievalSettings
from core.errors import DependencyDownError
from core.filters import All, Equals
from core.graph import ChunkRef
from core.graph_ports import Walked
from core.graph_settings import GraphSettings
from core.search import Candidates, ChunkPoint, SearchResult
from core.search_trace import Verdict
from retrieval.graph_step import GraphStep, joined
from retrieval.service import SearchService
from retrieval.stages import SearchSteps
from tests.contract.chunk_points import chunk
from tests.fakes.clock import FakeClock
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.graph_recall import FakeGraphRecall
from tests.fakes.sparse import FakeSparseEncoder
from tests.fakes.vector_index import FakeVectorIndex

READER = Principal()
TWO_HOPS = "Who manages the office that handles the claims of Acme?"
ONE_HOP = "How many days of leave?"


class World:
    """A service with the graph, over chunks that are candidates only among the best two."""

    def __init__(self, *walked: Walked, use: str = "auto", budget_ms: int = 60_000) -> None:
        self.index = FakeVectorIndex()
        self.recall = FakeGraphRecall(*walked)
        self._embedder = FakeEmbedder(dimension=64)
        self._sparse = FakeSparseEncoder()
        settings = GraphSettings(use=use, budget_ms=budget_ms)
        self.service = SearchService(
            self.index,
            embedder=self._embedder,
            sparse=self._sparse,
            settings=RetrievalSettings(candidate_count=2),
            clock=FakeClock(),
            steps=SearchSteps(graph=GraphStep(self.index, self.recall.open, settings)),
        )
        self.add("near", "manages the office that handles the claims of Acme")
        self.add("also", "who handles claims of Acme")
        self.add("far", "Jane runs Berlin")

    def add(self, doc_id: str, text: str, **more) -> ChunkPoint:
        point = chunk(
            doc_id,
            text,
            dense=self._embedder._vector(text),
            sparse=self._sparse.encode_passage(text),
            active=True,
            **more,
        )
        self.index.points[point.point_id] = point
        return point

    async def search(self, query: str = TWO_HOPS, **more) -> SearchResult:
        return await self.service.search(query, principal=READER, limit=2, explain=True, **more)


def led_to(doc_id: str, score: float = 3.0, *, version: int = 1, ordinal: int = 0) -> Walked:
    return Walked(ChunkRef(doc_id, version, ordinal), score, ("acme",))


async def test_a_passage_that_only_the_graph_leads_to_is_found_and_the_trace_says_over_what() -> None:
    world = World(led_to("far"))
    found = await world.search()
    assert [hit.doc_id for hit in found.hits] == ["far", "near"]
    stages = {stage.name: stage for stage in found.trace.stages}
    assert stages["graph"].hits[0].doc_id == "far"
    assert {hit.doc_id: hit.via for hit in stages["graph"].hits} == {"far": ("acme",), "near": (), "also": ()}
    assert "1 entities lead to 1 passages" in stages["graph"].note
    assert "far" not in {hit.doc_id for hit in stages["fusion"].hits}
    explained = await world.service.explain_document(TWO_HOPS, "far", principal=READER, limit=2)
    assert explained.verdict is Verdict.FOUND
    assert explained.reason == "it is hit 1 of 2; found over the graph, from acme"


async def test_walks_begin_at_the_best_hits_the_very_best_with_weight_one() -> None:
    world = World(led_to("far"))
    await world.search()
    (begun,) = world.recall.begun
    assert [(ref.doc_id, ref.version, ref.ordinal) for ref, _ in begun.chunks] == [
        ("near", 1, 0),
        ("also", 1, 0),
    ]
    weights = [weight for _, weight in begun.chunks]
    assert weights[0] == 1.0
    assert 0 <= weights[1] < 1


@pytest.mark.parametrize(("use", "query", "is_opened"), [
    ("auto", TWO_HOPS, True),
    ("auto", ONE_HOP, False),
    ("always", ONE_HOP, True),
    ("off", TWO_HOPS, False),
])  # fmt: skip
async def test_only_a_search_that_is_sent_to_the_graph_opens_it(
    use: str, query: str, is_opened: bool
) -> None:
    world = World(led_to("far"), use=use)
    found = await world.search(query)
    assert bool(world.recall.opened_count) is is_opened
    assert ("far" in [hit.doc_id for hit in found.hits]) is is_opened


async def test_a_question_that_is_not_sent_there_ranks_as_without_a_graph() -> None:
    plain, world = World(use="off"), World(led_to("far"))
    assert (await world.search(ONE_HOP)).hits == (await plain.search(ONE_HOP)).hits


@pytest.mark.parametrize(
    "label",
    [AccessLabel("other"), AccessLabel(tier=Tier.RESTRICTED), AccessLabel(groups=frozenset({"board"}))],
)
async def test_what_may_not_be_read_is_not_found_whatever_the_graph_says(label: AccessLabel) -> None:
    world = World(led_to("hidden"))
    world.add("hidden", "of the board", access=label)
    found = await world.search()
    assert "hidden" not in {hit.doc_id for hit in found.hits}
    assert all(hit.doc_id != "hidden" for stage in found.trace.stages for hit in stage.hits)
    assert (
        await world.service.explain_document(TWO_HOPS, "hidden", principal=READER)
    ).verdict is Verdict.NOT_VISIBLE


async def test_the_filter_of_the_request_holds_for_what_the_graph_leads_to() -> None:
    world = World(led_to("far"))
    world.add("mine", "claims", mime_type="application/pdf")
    pdf = Equals("mime_type", "application/pdf")
    assert [hit.doc_id for hit in (await world.search(narrowed=pdf)).hits] == ["mine"]


@pytest.mark.parametrize(
    "walked",
    [
        led_to("far", version=7),
        led_to("far", ordinal=9),
        led_to("no such document"),
        led_to("far", math.nan),
        led_to("far", -math.inf),
    ],
)
async def test_what_the_graph_says_of_chunks_that_are_not_there_changes_nothing(walked: Walked) -> None:
    found = await World(walked).search()
    assert found.hits == (await World(use="off").search()).hits
    assert found.notes == ()


async def test_inactive_chunks_are_not_found() -> None:
    world = World(led_to("far"))
    point_id = ids.point_id("far", version=1, ordinal=0)
    world.index.points[point_id] = replace(world.index.points[point_id], active=False)
    assert "far" not in {hit.doc_id for hit in (await world.search()).hits}


@pytest.mark.parametrize("failure", [DependencyDownError("the catalog is down"), KeyError("Jane Smith")])
async def test_a_graph_that_fails_costs_the_search_nothing_but_a_note(failure: Exception, caplog) -> None:
    world = World(led_to("far"))
    world.recall.failure = failure
    found = await world.search()
    assert found.hits == (await World(use="off").search()).hits
    assert found.notes == ("the knowledge graph could not be asked: the hits are those of the search alone",)
    assert "Jane Smith" not in caplog.text


async def test_a_graph_that_is_too_slow_is_not_waited_for() -> None:
    world = World(led_to("far"), budget_ms=1)
    world.recall.delay_s = 30
    found = await world.search()
    assert found.hits == (await World(use="off").search()).hits
    assert found.notes == (
        "the knowledge graph was not ready in time: the hits are those of the search alone",
    )


async def test_a_question_that_names_nothing_known_is_searched_as_any_other() -> None:
    world = World(led_to("far"))
    world.recall.keys = ()
    found = await world.search()
    assert found.hits == (await World(use="off").search()).hits
    assert world.recall.begun == []
    note = next(stage.note for stage in found.trace.stages if stage.name == "graph")
    assert note == "multi_hop: the question names nothing that the graph knows"


async def test_nothing_is_asked_where_nothing_was_found() -> None:
    world = World(led_to("far"))
    found = await world.search(narrowed=All((Equals("doc_id", "nobody"),)))
    assert found.hits == ()
    assert world.recall.opened_count == 0


def test_scores_of_what_the_graph_leads_to_lie_on_the_scale_of_the_search() -> None:
    arms = Candidates((("a", 0.9), ("b", 0.5), ("c", 0.1)), (("a", 9.0), ("b", 1.0)))
    more = Candidates((("b", 0.5), ("x", 0.1), ("unasked", 0.8)), (("x", 1.0),))
    ranking = dict(joined(arms, more, gains={"x": 0.0, "b": 0.25}))
    plain = dict(joined(arms, Candidates((), ()), gains={}))
    assert set(ranking) == {"a", "b", "c", "x"}
    assert ranking["a"] == plain["a"]
    assert ranking["b"] == pytest.approx(plain["b"] + 0.25)
    # As far by meaning as c, as near by words as b.
    words_of_b = plain["b"] - dict(joined(replace(arms, lexical=()), Candidates((), ()), gains={}))["b"]
    assert ranking["x"] == pytest.approx(plain["c"] + words_of_b)


def test_an_arm_whose_scores_are_all_the_same_says_nothing() -> None:
    arms = Candidates((("a", 0.5), ("b", 0.5)), ())
    assert joined(arms, Candidates((("x", 0.1),), ()), gains={"x": 1.0}) == [
        ("x", 1.5),
        ("a", 0.5),
        ("b", 0.5),
    ]

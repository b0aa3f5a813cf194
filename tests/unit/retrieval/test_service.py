"""The search service over fakes: its bounds, its notes, its stages and checkpoints."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from core.access import AccessLabel, Principal, Tier
from core.config import RetrievalSettings
from core.errors import DependencyDownError, InvalidInputError
from core.filters import Equals, Visible
from core.privacy_ports import PrivateQuery
from core.search import ChunkPoint, Hit
from core.search_trace import ACCESS_SCOPE
from retrieval.question import MAX_QUERY_CHARS
from retrieval.service import SearchService, best_per_document
from retrieval.stages import Question, SearchSteps, StageOutcome
from tests.contract.chunk_points import chunk
from tests.fakes.clock import FakeClock
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.sparse import FakeSparseEncoder
from tests.fakes.vector_index import FakeVectorIndex

READER = Principal()


class World:
    """A service over an index with one chunk per text."""

    def __init__(self, *texts: str, steps: SearchSteps | None = None, embedder: FakeEmbedder | None = None):
        self.embedder = embedder or FakeEmbedder(dimension=64)
        self.sparse = FakeSparseEncoder()
        self.index = FakeVectorIndex()
        for number, text in enumerate(texts):
            self.add(f"d{number}", text)
        self.service = SearchService(
            self.index,
            embedder=self.embedder,
            sparse=self.sparse,
            settings=RetrievalSettings(max_limit=50),
            clock=FakeClock(),
            steps=steps,
        )

    def add(self, doc_id: str, text: str, **more) -> ChunkPoint:
        point = chunk(
            doc_id,
            text,
            dense=FakeEmbedder(dimension=64)._vector(text),
            sparse=self.sparse.encode_passage(text),
            active=True,
            **more,
        )
        self.index.points[point.point_id] = point
        return point

    async def found(self, query: str, **more) -> list[str]:
        result = await self.service.search(query, principal=READER, **more)
        return [hit.doc_id for hit in result.hits]


class Shouting:
    """A stage that reverses and marks, a checkpoint of queries and one of hits."""

    name = "shouting"
    candidate_count = 30

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.seen_count = 0

    async def apply(self, question: Question, hits: Sequence[Hit]) -> StageOutcome:
        self.asked.append(question)
        self.seen_count = len(hits)
        return StageOutcome([replace(hit, text=hit.text.upper()) for hit in reversed(hits)], note="louder")

    async def private(self, query: str, *, visible: Visible, tenant: str) -> PrivateQuery:
        return PrivateQuery(query.replace("Smith", "PERSON_7f3a9c"), terms=("alias",))

    async def checked(self, hits: Sequence[Hit]) -> list[Hit]:
        return [replace(hit, text=hit.text.replace("secret", "<SECRET>")) for hit in hits]


@pytest.mark.parametrize(
    ("query", "limit", "message"),
    [
        ("", 5, "empty"),
        ("  \0 ", 5, "empty"),
        ("x" * (MAX_QUERY_CHARS + 1), 5, str(MAX_QUERY_CHARS)),
        ("x " * 50_000, 5, str(MAX_QUERY_CHARS)),
        ("fine", 0, "between 1 and 50"),
        ("fine", -1, "between 1 and 50"),
        ("fine", 51, "between 1 and 50"),
        ("fine", 10_000, "between 1 and 50"),
    ],
)
async def test_a_bad_query_is_refused_with_the_limit(query: str, limit: int, message: str) -> None:
    world = World("fine")
    with pytest.raises(InvalidInputError, match=message):
        await world.service.search(query, principal=READER, limit=limit)
    with pytest.raises(InvalidInputError, match=message):
        await world.service.search_documents(query, principal=READER, limit=limit)
    with pytest.raises(InvalidInputError, match=message):
        await world.service.explain_document(query, "d0", principal=READER, limit=limit)
    assert world.index.calls == []


@pytest.mark.parametrize(
    "query",
    [
        "\N{GRINNING FACE}\N{SLICE OF PIZZA}",
        ".*(a+)+$[",
        "'; DROP TABLE documents; --",
        "\udcff broken",
        "%s {0} ${x}",
        "\x07\x1b",
    ],
)
async def test_strange_queries_are_words_like_others(query: str) -> None:
    assert await World("fox", "owl").found(query) != []


@pytest.mark.parametrize("vector", [(math.nan,) * 64, (math.inf,) + (0.0,) * 63, (1.0, 0.0), ()])
async def test_a_vector_that_cannot_be_compared_is_an_error_of_the_model(vector: tuple[float, ...]) -> None:
    class Broken(FakeEmbedder):
        async def embed_query(self, text: str) -> tuple[float, ...]:
            return vector

    world = World("fox", embedder=Broken(dimension=64))
    with pytest.raises(DependencyDownError, match="embedding model"):
        await world.found("fox")


async def test_a_store_that_fails_gives_an_error_and_no_partial_result() -> None:
    world = World("fox")
    world.index.failure = DependencyDownError("the store is down")
    with pytest.raises(DependencyDownError):
        await world.found("fox")


async def test_a_filter_that_nothing_meets_says_so() -> None:
    result = await World("fox").service.search("fox", principal=READER, narrowed=Equals("mime_type", "none"))
    assert (result.hits, result.notes) == ((), ("no passage that you may read meets the filter",))


async def test_where_nothing_may_be_read_the_filter_is_not_blamed() -> None:
    world = World()
    world.add("secret", "fox", access=AccessLabel("default", Tier.RESTRICTED))
    for narrowed in (None, Equals("mime_type", "text/markdown")):
        result = await world.service.search("fox", principal=READER, narrowed=narrowed)
        assert (result.hits, result.notes) == ((), ("there is nothing here that you may read",))


async def test_words_that_occur_nowhere_are_said_to() -> None:
    result = await World("fox").service.search("zebra", principal=READER)
    assert len(result.hits) == 1
    assert result.notes == ("no word of the query was found: the hits are by meaning alone",)


async def test_a_preference_holds_where_something_meets_it() -> None:
    result = await World("fox", "fox").service.search(
        "fox", principal=READER, preferred=Equals("doc_id", "d1")
    )
    assert ([hit.doc_id for hit in result.hits], result.notes) == (["d1"], ())


async def test_a_preference_that_nothing_meets_is_dropped_and_said_to_be() -> None:
    result = await World("fox", "fox").service.search(
        "fox", principal=READER, narrowed=Equals("doc_id", "d0"), preferred=Equals("doc_id", "none")
    )
    assert [hit.doc_id for hit in result.hits] == ["d0"]
    assert result.notes == ("nothing meets the preferred filter: it was left out",)


async def test_stages_see_more_than_is_wanted_and_may_change_the_order() -> None:
    loud = Shouting()
    world = World("fox owl", "fox", "elk", steps=SearchSteps(stages=(loud,)))
    assert await world.found("fox", limit=1) == ["d2"]
    assert loud.seen_count == 3


async def test_queries_are_made_private_before_anything_sees_them() -> None:
    loud = Shouting()
    world = World("fox alias", "owl", steps=SearchSteps(query_privacy=loud, stages=(loud,)))
    result = await world.service.search("Smith zebra", principal=READER, explain=True)
    assert [question.text for question in loud.asked] == ["PERSON_7f3a9c zebra"]
    assert result.trace is not None
    assert result.trace.rewritten
    # The alias was searched for as a word.
    assert [hit.doc_id for stage in result.trace.stages if stage.name == "lexical" for hit in stage.hits] == [
        "d0"
    ]
    assert "Smith" not in repr(result)


async def test_hits_pass_their_checkpoint() -> None:
    world = World("secret fox", steps=SearchSteps(hit_privacy=Shouting()))
    (hit,) = (await world.service.search("fox", principal=READER)).hits
    assert hit.text == "<SECRET> fox"


async def test_the_best_chunk_stands_for_its_document() -> None:
    world = World()
    for ordinal in range(4):
        world.add("a", f"fox {'fox ' * ordinal}", ordinal=ordinal)
    world.add("b", "owl fox")
    result = await world.service.search_documents("fox", principal=READER, limit=2)
    assert [hit.doc_id for hit in result.hits] == ["a", "b"]


async def test_a_trace_tells_stages_ranks_and_what_was_filtered() -> None:
    world = World("fox", "fox owl", "elk", steps=SearchSteps(stages=(Shouting(),)))
    world.add("hidden", "fox", access=AccessLabel("default", Tier.RESTRICTED))
    result = await world.service.search(
        "fox", principal=READER, narrowed=Equals("doc_id", "d1"), limit=2, explain=True
    )
    trace = result.trace
    assert trace is not None
    assert [stage.name for stage in trace.stages] == [
        "query", "dense", "lexical", "fusion", "read", "shouting", "result",
    ]  # fmt: skip
    assert (trace.visible_count, trace.filtered_count, trace.denied_count) == (3, 2, None)
    (fused,) = trace.stages[3].hits
    assert (fused.doc_id, fused.rank, fused.dense_rank, fused.lexical_rank) == ("d1", 1, 1, 1)
    assert trace.stages[5].note == "louder"


async def test_how_much_may_not_be_read_is_told_with_a_scope_only() -> None:
    world = World("fox")
    world.add("hidden", "fox", access=AccessLabel("default", Tier.RESTRICTED))
    world.add("elsewhere", "fox", access=AccessLabel("other", Tier.PUBLIC))
    trusted = replace(READER, scopes=frozenset({ACCESS_SCOPE}))
    trace = (await world.service.search("fox", principal=trusted, explain=True)).trace
    assert trace is not None
    assert trace.denied_count == 1


async def test_a_search_that_is_not_explained_asks_the_store_twice() -> None:
    """Once for the candidates, once for the texts of the best."""
    world = World("fox")
    await world.found("fox")
    assert world.index.calls == ["candidates", "hits"]


async def explained(world: World, doc_id: str, **more) -> tuple[str, str]:
    explanation = await world.service.explain_document("fox", doc_id, principal=READER, **more)
    return explanation.verdict, explanation.reason


async def test_a_document_that_was_found_has_its_rank() -> None:
    world = World("fox", "owl")
    explanation = await world.service.explain_document("fox", "d0", principal=READER)
    assert (explanation.verdict, explanation.fused_rank, explanation.rank) == ("found", 1, 1)
    dense, lexical = explanation.arms
    assert (dense.arm, dense.rank, dense.candidate_count) == ("dense", 1, 2)
    assert (lexical.arm, lexical.rank, lexical.candidate_count) == ("lexical", 1, 1)


async def test_a_document_beyond_the_limit_says_where_it_was_fused() -> None:
    assert await explained(World("fox", "owl"), "d1", limit=1) == (
        "beyond_limit",
        "fused at rank 2; 1 hits were asked for",
    )


async def test_a_document_outside_both_arms_has_its_own_score_and_rank() -> None:
    world = World(*["fox"] * 120, "owl")
    explanation = await world.service.explain_document("fox", "d120", principal=READER)
    assert explanation.verdict == "not_a_candidate"
    assert [(place.arm, place.rank) for place in explanation.arms] == [("dense", 121), ("lexical", None)]


async def test_a_filtered_document_says_so() -> None:
    verdict, _ = await explained(World("fox", "owl"), "d1", narrowed=Equals("doc_id", "d0"))
    assert verdict == "filtered"


async def test_a_document_that_the_preferred_filter_left_out_says_so() -> None:
    world = World("fox", "owl")
    verdict, _ = await explained(world, "d1", preferred=Equals("doc_id", "d0"))
    assert verdict == "filtered"
    verdict, _ = await explained(world, "d1", preferred=Equals("doc_id", "none"))
    assert verdict == "found"


async def test_a_document_that_a_stage_dropped_names_the_stage() -> None:
    class First(Shouting):
        name = "first"

        async def apply(self, question: Question, hits: Sequence[Hit]) -> StageOutcome:
            return StageOutcome(hits[:1])

    world = World("fox", "owl", steps=SearchSteps(stages=(First(),)))
    assert await explained(world, "d1") == ("left_out", "fused at rank 2; the stage 'first' left it out")


def test_a_document_keeps_its_best_place() -> None:
    def hit(doc_id: str, ordinal: int) -> Hit:
        return Hit(doc_id, 1, ordinal, None, "p", "t", "", None, 0, 1, 0, 1, "x", 0.5)

    best = best_per_document([hit("a", 4), hit("b", 0), hit("a", 1)])

    assert [(one.doc_id, one.ordinal) for one in best] == [("a", 4), ("b", 0)]

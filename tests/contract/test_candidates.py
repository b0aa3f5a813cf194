"""CandidateIndex, one suite over every way to keep vectors, the fake included."""

import math
import random

import pytest
from qdrant_client import models

from core import ids
from core.access import AccessLabel, Tier
from core.errors import InvalidInputError
from core.filters import All, Equals, Not
from core.search import Candidates, Hit, HybridQuery
from retrieval.filters import visible_to
from retrieval.fusion import distribution_based
from store.vectors.arms import arms
from store.vectors.index import QdrantIndex
from tests.contract.chunk_points import READER, ask, chunk
from tests.fakes.vector_index import FakeVectorIndex

Index = QdrantIndex | FakeVectorIndex
SEEN = visible_to(READER)


async def add(index: Index, *texts: str, prefix: str = "d", **more) -> None:
    """One visible single-chunk document per text; the first is nearest to the query's direction."""
    points = [
        chunk(f"{prefix}{n}", text, degrees=10.0 * n, active=True, **more) for n, text in enumerate(texts)
    ]
    await index.write(points)


async def candidates_of(index: Index, query: HybridQuery) -> tuple[list[str], list[str]]:
    """Which documents the dense and the BM25 arm find, in their order."""
    arms = await index.candidates(query)
    names = {hit.doc_id: point for point, hit in await hits_by_point(index, arms)}
    points = {point: name for name, point in names.items()}
    return [points[p] for p, _ in arms.dense], [points[p] for p, _ in arms.lexical]


async def hits_by_point(index: Index, arms: Candidates) -> list[tuple[str, Hit]]:
    hits = await index.hits(dict([*arms.dense, *arms.lexical]), visible=SEEN)
    return [(ids.point_id(hit.doc_id, version=hit.version, ordinal=hit.ordinal), hit) for hit in hits]


async def test_both_arms_give_their_own_scores(index: Index) -> None:
    await add(index, "owl", "fox", "fox fox")
    arms = await index.candidates(ask("fox"))
    assert [score for _, score in arms.dense] == pytest.approx(
        [1.0, math.cos(math.radians(10)), math.cos(math.radians(20))], abs=1e-5
    )
    assert await candidates_of(index, ask("fox")) == (["d0", "d1", "d2"], ["d2", "d1"])
    assert arms.lexical[0][1] > arms.lexical[1][1] > 0


async def test_arms_are_inside_both_filters_and_no_longer_than_asked(index: Index) -> None:
    await add(index, *["fox"] * 5)
    await add(index, "fox", prefix="hidden", access=AccessLabel("default", Tier.RESTRICTED))
    query = ask("fox", narrowed=Not(Equals("doc_id", "d0")), candidate_count=3)
    dense, lexical = await candidates_of(index, query)
    assert dense == ["d1", "d2", "d3"]
    assert len(lexical) == 3
    assert not {"d0", "hidden0"} & {*dense, *lexical}


async def test_a_query_without_words_has_an_empty_arm(index: Index) -> None:
    await add(index, "fox")
    assert (await index.candidates(ask("who is it"))).lexical == ()


async def test_words_are_weighed_by_what_the_principal_may_read(index: Index) -> None:
    """Others' documents, in this tenant or another, would make the word common."""
    await add(index, "fox owl", "owl", "elk")
    before = await index.candidates(ask("fox owl"))
    unreadable = [AccessLabel("default", Tier.RESTRICTED), AccessLabel("other", Tier.PUBLIC)]
    for number, label in enumerate(unreadable):
        await add(index, *["fox"] * 20, prefix=f"u{number}", access=label)
    await index.write([chunk("old", "fox", active=False)])
    after = await index.candidates(ask("fox owl"))
    assert dict(after.lexical) == pytest.approx(dict(before.lexical))


async def test_hits_come_by_score_then_by_place_and_only_to_those_who_may_read(index: Index) -> None:
    await add(index, "one", "two", "three")
    secret = chunk("s", "secret", active=True, access=AccessLabel("default", Tier.RESTRICTED))
    gone = chunk("gone", "gone", active=False)
    await index.write([secret, gone])
    points = {f"d{n}": ids.point_id(f"d{n}", version=1, ordinal=0) for n in range(3)}
    scores = {points["d2"]: 0.5, points["d1"]: 0.5, points["d0"]: 0.1}
    hits = await index.hits(scores | {secret.point_id: 9.0, gone.point_id: 9.0}, visible=SEEN)
    assert [(hit.doc_id, hit.score) for hit in hits] == [("d1", 0.5), ("d2", 0.5), ("d0", 0.1)]
    assert await index.hits({}, visible=SEEN) == []


async def test_hits_of_a_document_in_its_swap_are_of_the_new_version(index: Index) -> None:
    both = [chunk("a", "fox", version=version, active=True) for version in (1, 2)]
    await index.write(both)
    hits = await index.hits({point.point_id: 1.0 for point in both}, visible=SEEN)
    assert [hit.version for hit in hits] == [2]


async def test_a_filter_by_a_field_without_an_index_is_refused(index: Index) -> None:
    if isinstance(index, FakeVectorIndex):
        pytest.skip("the fake reads every payload anyway")
    for field in ("heading", "nowhere"):
        with pytest.raises(InvalidInputError, match=f"'{field}' has no index"):
            await index.candidates(ask("fox", narrowed=Not(All((Equals(field, "x"),)))))


@pytest.mark.parametrize("seed", range(3))
async def test_our_distribution_based_fusion_is_the_engines(index: Index, seed: int) -> None:
    """Distribution-based fusion of the arms, against Qdrant's own."""
    if isinstance(index, FakeVectorIndex):
        pytest.skip("there is no engine")
    dice = random.Random(seed)
    words = ["fox", "owl", "elk", "ant"]
    texts = [" ".join(dice.choices(words, k=dice.randint(2, 9))) for _ in range(12)]
    await add(index, *texts)
    query = ask("fox owl", degrees=33.0)
    arms = await index.candidates(query)
    ours = dict(distribution_based([arms.dense, arms.lexical]))
    assert await engine_scores(index, query, models.FusionQuery(fusion=models.Fusion.DBSF)) == pytest.approx(
        ours, abs=1e-4
    )


async def engine_scores(
    index: QdrantIndex, query: HybridQuery, fusion: models.FusionQuery
) -> dict[str, float]:
    response = await index._client.query_points(
        index.collection,
        prefetch=[models.Prefetch(**arm) for arm in arms(query)],
        query=fusion,
        limit=100,
    )
    return {str(point.id): point.score for point in response.points}

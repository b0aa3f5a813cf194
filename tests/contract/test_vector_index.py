"""VectorIndex and PassageReader, one suite over every way to keep vectors, the fake included."""

import asyncio
import uuid
from dataclasses import replace
from itertools import product

import pytest

from core.access import AccessLabel, Principal, Tier
from core.errors import TransientError
from core.filters import All, Equals, Not
from core.search import HybridQuery
from retrieval.filters import visible_to
from store.vectors.index import QdrantIndex
from tests.contract.chunk_points import ENCODER, READER, ask, chunk, document, toward
from tests.fakes.vector_index import FakeVectorIndex

Index = QdrantIndex | FakeVectorIndex
SEEN = visible_to(READER)


async def add(index: Index, *texts: str, prefix: str = "d", **more) -> None:
    """One visible single-chunk document per text; the first is nearest to the query's direction."""
    points = [
        chunk(f"{prefix}{n}", text, degrees=10.0 * n, active=True, **more) for n, text in enumerate(texts)
    ]
    await index.write(points)


async def found(index: Index, query: HybridQuery) -> list[str]:
    return [hit.doc_id for hit in await index.search(query)]


async def scores(index: Index, query: HybridQuery) -> dict[str, float]:
    return {hit.doc_id: hit.score for hit in await index.search(query)}


async def test_an_empty_index_answers_with_nothing(index: Index) -> None:
    assert await index.search(ask("anything")) == []
    assert await index.passages("a", visible=SEEN) == []
    assert await index.count(All(())) == 0


async def test_prepare_can_be_repeated_and_keeps_what_is_there(index: Index) -> None:
    await add(index, "fox")
    await asyncio.gather(index.prepare(), index.prepare())
    assert await found(index, ask("fox")) == ["d0"]


async def test_written_chunks_are_counted_but_not_visible(index: Index) -> None:
    await index.write(document("a", 7))
    assert await index.count(Equals("doc_id", "a")) == 7
    assert await index.count(Equals("active", value=True)) == 0
    assert await index.search(ask("plain words")) == []
    assert await index.passages("a", visible=SEEN) == []


async def test_activate_shows_every_chunk_of_the_version(index: Index) -> None:
    await index.write(document("a", 7))
    await index.activate("a", version=1, chunk_count=7)
    assert {hit.ordinal for hit in await index.search(ask("plain words"))} == set(range(7))


async def test_a_repeated_write_replaces_the_chunk(index: Index) -> None:
    await index.write([chunk("a", "first text", active=True)])
    await index.write([chunk("a", "second text", active=True)])
    assert [hit.text for hit in await index.passages("a", visible=SEEN)] == ["second text"]


async def test_activate_of_an_incomplete_version_changes_nothing(index: Index) -> None:
    await index.write(document("a", 2))
    await index.activate("a", version=1, chunk_count=2)
    await index.write(document("a", 2, version=2))
    with pytest.raises(TransientError, match="2 of 3 chunks"):
        await index.activate("a", version=2, chunk_count=3)
    assert {hit.version for hit in await index.search(ask("plain words"))} == {1}
    assert await index.count(Equals("doc_id", "a")) == 4


async def test_activate_retires_the_other_versions_of_this_document_only(index: Index) -> None:
    for doc in ("a", "b"):
        await index.write(document(doc, 2))
        await index.activate(doc, version=1, chunk_count=2)
    await index.write(document("a", 1, version=2))
    await index.activate("a", version=2, chunk_count=1)
    assert await index.count(Equals("doc_id", "a")) == 1
    assert [hit.version for hit in await index.passages("a", visible=SEEN)] == [2]
    assert len(await index.passages("b", visible=SEEN)) == 2


async def test_chunks_of_a_broken_off_attempt_never_show(index: Index) -> None:
    """The attempt before wrote five chunks under the version that now has two."""
    await index.write(document("a", 5))
    await index.activate("a", version=1, chunk_count=2)
    assert [hit.ordinal for hit in await index.passages("a", visible=SEEN)] == [0, 1]
    assert await index.count(Equals("doc_id", "a")) == 2


async def test_activate_can_be_repeated(index: Index) -> None:
    await index.write(document("a", 2))
    await index.activate("a", version=1, chunk_count=2)
    await index.activate("a", version=1, chunk_count=2)
    assert len(await index.passages("a", visible=SEEN)) == 2


async def test_of_two_visible_versions_only_the_higher_is_returned(index: Index) -> None:
    """The state between making a version visible and removing the former one."""
    await index.write(document("a", 2, active=True) + document("a", 2, version=2, active=True))
    assert {hit.version for hit in await index.search(ask("plain words"))} == {2}
    assert {hit.version for hit in await index.passages("a", visible=SEEN)} == {2}


async def test_a_swap_is_never_seen_half_done(index: Index) -> None:
    await index.write(document("a", 5))
    await index.activate("a", version=1, chunk_count=5)
    await index.write(document("a", 5, version=2))
    swap = asyncio.create_task(index.activate("a", version=2, chunk_count=5))
    seen = []
    while not swap.done():
        seen.append({hit.version for hit in await index.search(ask("plain words"))})
        await asyncio.sleep(0)
    await swap
    seen.append({hit.version for hit in await index.search(ask("plain words"))})
    assert all(versions in ({1}, {2}) for versions in seen)
    assert seen[-1] == {2}


async def test_delete_says_how_many_and_leaves_none(index: Index) -> None:
    await index.write(document("a", 4) + document("a", 3, version=2) + document("b", 1))
    assert await index.delete_document("a") == 7
    assert await index.count(Equals("doc_id", "a")) == 0
    assert await index.count(Equals("doc_id", "b")) == 1
    assert await index.delete_document("a") == 0


async def test_scores_are_reciprocal_ranks_with_k_60_from_rank_1(index: Index) -> None:
    """Dense ranks 1, 2, 3; BM25 ranks 3, 1, 2 by how often the word occurs in equally long texts."""
    await add(index, "fox owl elk ant", "fox fox fox ant", "fox fox elk ant")
    assert await scores(index, ask("fox")) == pytest.approx(
        {"d0": 1 / 61 + 1 / 63, "d1": 1 / 62 + 1 / 61, "d2": 1 / 63 + 1 / 62}
    )
    assert await found(index, ask("fox")) == ["d1", "d0", "d2"]


async def test_a_chunk_that_only_one_arm_finds_has_that_arms_share(index: Index) -> None:
    await add(index, "owl", "fox")
    assert await scores(index, ask("fox")) == pytest.approx({"d0": 1 / 61, "d1": 1 / 62 + 1 / 61})


async def test_each_arm_gives_its_candidates_only(index: Index) -> None:
    await add(index, "owl", "owl", "owl", "fox")
    assert set(await found(index, ask("fox", candidate_count=1))) == {"d0", "d3"}


async def test_no_more_hits_than_the_limit(index: Index) -> None:
    await add(index, *["fox"] * 30)
    assert len(await index.search(ask("fox", limit=4))) == 4
    assert len(await index.search(ask("fox", limit=25))) == 25


async def test_a_document_in_its_swap_costs_no_place(index: Index) -> None:
    await index.write([chunk("a", "fox", version=v, degrees=v, active=True) for v in (1, 2)])
    await index.write([chunk("b", "fox", degrees=30, active=True)])
    assert await found(index, ask("fox", limit=2)) == ["a", "b"]


async def test_ties_at_the_border_are_cut_the_same_way_every_time(index: Index) -> None:
    """Each arm finds another one at rank 1."""
    await add(index, "owl", "fox")
    assert [await found(index, ask("fox", candidate_count=1, limit=1)) for _ in range(20)] == [["d0"]] * 20


async def test_texts_and_questions_of_stop_words_only_are_found_by_meaning(index: Index) -> None:
    await add(index, "the of and", "fox")
    assert await found(index, ask("who is it")) == ["d0", "d1"]


async def test_narrowing_restricts_both_arms(index: Index) -> None:
    await add(index, "fox", "fox owl", "owl")
    query = ask("fox", narrowed=Not(Equals("doc_id", "d0")))
    assert sorted(await found(index, query)) == ["d1", "d2"]


async def test_narrowing_cannot_widen_what_is_visible(index: Index) -> None:
    await add(index, "fox", access=AccessLabel("other", Tier.PUBLIC))
    assert await index.search(ask("fox", narrowed=Equals("tenant", "other"))) == []


async def test_every_principal_finds_exactly_what_the_labels_allow(index: Index) -> None:
    subsets = [frozenset(), frozenset({"x"}), frozenset({"y"}), frozenset({"x", "y"})]
    labels = [AccessLabel(t, tier, g) for t in ("a", "b") for tier in Tier for g in subsets]
    await index.write([chunk(f"d{n:02}", "fox", access=label, active=True) for n, label in enumerate(labels)])
    for tenant, clearance, groups in product(("a", "c"), Tier, [*subsets, frozenset({"x", "z"})]):
        principal = Principal(tenant, "somebody", clearance, groups)
        readable = [f"d{n:02}" for n, label in enumerate(labels) if label.readable_by(principal)]
        assert sorted(await found(index, ask("fox", principal=principal, limit=100))) == readable
        assert await index.count(visible_to(principal).condition) == len(readable)


async def test_passages_come_in_reading_order_and_only_to_those_who_may_read(index: Index) -> None:
    label = AccessLabel("default", Tier.RESTRICTED)
    await index.write(list(reversed(document("a", 300, access=label, active=True))))
    cleared = visible_to(Principal(clearance=Tier.RESTRICTED))
    assert [hit.ordinal for hit in await index.passages("a", visible=cleared)] == list(range(300))
    assert await index.passages("a", visible=SEEN) == []


async def test_a_hit_carries_what_a_citation_needs(index: Index) -> None:
    point = chunk(
        "a",
        "Größe 7 µm — \u2603 \N{GRINNING FACE}",
        ordinal=3,
        external_id="x-1",
        path="sub/Ä b.md",
        heading="One > Two",
        page=9,
        start=100,
        end=120,
        parent_start=50,
        parent_end=400,
        active=True,
    )
    await index.write([point])
    (hit,) = await index.search(ask("size"))
    of_a_search = {"score", "tenant", "offsets", "restored", "similarity", "highlight"}
    fields = [name for name in hit.__slots__ if name not in of_a_search]
    assert {name: getattr(hit, name) for name in fields} == {name: getattr(point, name) for name in fields}


async def test_other_tenants_words_move_no_ranks(index: Index) -> None:
    """In the tenant `alpha` is rarer than `beta` and weighs more, however common it is next door."""
    await add(index, "beta one", "beta two", "alpha three")
    before = await scores(index, ask("alpha beta"))
    await add(index, *["alpha"] * 40, prefix="other", access=AccessLabel("other", Tier.PUBLIC))
    assert await scores(index, ask("alpha beta")) == pytest.approx(before)
    assert before["d2"] == pytest.approx(1 / 63 + 1 / 61)


async def test_deleted_documents_move_no_ranks(index: Index) -> None:
    await add(index, "beta one", "beta two", "alpha three")
    before = await scores(index, ask("alpha beta"))
    await add(index, *["alpha"] * 12, prefix="gone")
    for n in range(12):
        await index.delete_document(f"gone{n}")
    assert await scores(index, ask("alpha beta")) == pytest.approx(before)


async def test_the_query_vector_decides_where_words_do_not(index: Index) -> None:
    await index.write([chunk("near", "owl", degrees=50, active=True), chunk("far", "owl", active=True)])
    query = HybridQuery(toward(60), ENCODER.encode_query(""), SEEN)
    assert await found(index, query) == ["near", "far"]


async def test_stored_points_come_back_as_they_were_written(index: Index) -> None:
    rows = document("d", 3, version=2, active=True, embedding_key="k", page=4, external_id="x")
    rows += document("d", 2, version=3, access=AccessLabel("t", Tier.RESTRICTED, frozenset({"a", "b"})))
    rows.append(chunk("d", "the", ordinal=2, version=3))
    await index.write([*reversed(rows), chunk("other")])
    stored = await index.stored("d")
    assert [(row.version, row.ordinal) for row in stored] == [(2, 0), (2, 1), (2, 2), (3, 0), (3, 1), (3, 2)]
    for found_row, row in zip(stored, rows, strict=True):
        assert found_row.sparse.indices == row.sparse.indices
        assert found_row.sparse.values == pytest.approx(row.sparse.values)
        assert found_row.dense == pytest.approx(row.dense)
        assert replace(found_row, sparse=row.sparse, dense=row.dense) == row


async def test_vector_that_is_read_back_and_written_again_is_the_same_to_the_bit(index: Index) -> None:
    rows = [chunk("d", ordinal=number, degrees=number * 1.7) for number in range(40)]
    await index.write(rows)
    first = await index.stored("d")
    await index.write([replace(row, doc_id="e", point_id=str(uuid.uuid4())) for row in first])
    second = await index.stored("e")
    assert [(row.dense, row.sparse) for row in second] == [(row.dense, row.sparse) for row in first]


async def test_nothing_is_stored_of_an_unknown_document(index: Index) -> None:
    assert await index.stored("nobody") == []

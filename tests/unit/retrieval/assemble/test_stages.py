"""The stages that make evidence of hits, one by one."""

from hypothesis import given
from hypothesis import strategies as st

from core.search import SparseVector
from retrieval.assemble.compression import compressed
from retrieval.assemble.diversity import capped, diversified
from retrieval.assemble.duplicates import without_duplicates
from retrieval.assemble.packing import best_at_ends, packed
from tests.fakes.hits import hit
from tests.fakes.sparse import FakeSparseEncoder

SENTENCE = "every employee has thirty days of paid annual leave in each calendar year of service"


def docs(hits: list) -> list[str]:
    return [row.doc_id for row in hits]


def test_a_copy_in_another_document_is_left_out() -> None:
    hits = [hit(SENTENCE, doc="a"), hit(SENTENCE.upper() + ".", doc="b"), hit("something else", doc="c")]
    assert docs(without_duplicates(hits, similarity=0.9)) == ["a", "c"]


def test_passages_that_differ_in_a_number_both_stay() -> None:
    hits = [hit(f"{SENTENCE} {number}", doc=str(number)) for number in (2025, 2026)]
    assert len(without_duplicates(hits, similarity=0.5)) == 2


def test_short_and_empty_texts_are_compared_as_a_whole() -> None:
    hits = [
        hit("yes", doc="a"),
        hit("no", doc="b"),
        hit("Yes!", doc="c"),
        hit("...", doc="d"),
        hit("-", doc="e"),
    ]
    assert docs(without_duplicates(hits, similarity=1.0)) == ["a", "b", "d"]


def test_a_document_gives_at_most_so_many_passages() -> None:
    hits = [hit(doc="a", ordinal=n) for n in range(3)] + [hit(doc="b")]
    assert docs(capped(hits, per_document_count=2)) == ["a", "a", "b"]
    assert capped(hits, per_document_count=0) == hits


def test_what_is_unlike_the_chosen_comes_forward() -> None:
    hits = [hit(doc="a", score=1.0), hit(doc="b", score=0.9), hit(doc="c", score=0.5)]
    alike, other = SparseVector((1, 2), (1.0, 1.0)), SparseVector((3,), (1.0,))
    terms = [alike, alike, other]
    assert docs(diversified(hits, terms, weight=0.7)) == ["a", "c", "b"]
    assert docs(diversified(hits, terms, weight=0.0)) == ["a", "b", "c"]


@given(st.lists(st.lists(st.integers(0, 5), max_size=4), max_size=8), st.floats(0, 1))
def test_diversity_loses_nothing_and_keeps_the_best_first(rows: list[list[int]], weight: float) -> None:
    hits = [hit(doc=f"{n}", score=1.0 - n / 10) for n in range(len(rows))]
    terms = [SparseVector(tuple(set(row)), (1.0,) * len(set(row))) for row in rows]
    after = diversified(hits, terms, weight=weight)
    assert sorted(docs(after)) == docs(hits)
    if hits and weight < 1:
        assert after[0] == hits[0]


def split(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for part in text.split("|"):
        spans.append((start, start + len(part)))
        start += len(part) + 1
    return spans


def test_a_passage_is_cut_to_the_run_of_sentences_that_share_a_word() -> None:
    passage = hit("intro|leave days|between|per year|outro", start=100)
    [short] = compressed("leave year", [passage], sparse=FakeSparseEncoder(), split=split)
    assert short.text == "leave days|between|per year"
    assert (short.start, short.end) == (106, 106 + len(short.text))


def test_a_passage_that_shares_no_word_stays_whole() -> None:
    passage = hit("vacation|holiday")
    assert compressed("leave", [passage], sparse=FakeSparseEncoder(), split=split) == [passage]


def test_a_passage_that_is_too_long_gives_way_to_a_shorter_one() -> None:
    hits = [hit("a b c", doc="a"), hit("a b c d e", doc="b"), hit("a", doc="c")]
    kept = packed(hits, budget_tokens=5, count=lambda text: len(text.split()))
    assert docs(kept) == ["a", "c"]
    assert packed(hits, budget_tokens=0, count=len) == hits


@given(st.lists(st.integers(0, 20), max_size=10), st.integers(1, 40))
def test_what_is_packed_fits(lengths: list[int], budget: int) -> None:
    hits = [hit("x" * length, doc=str(n)) for n, length in enumerate(lengths)]
    assert sum(len(row.text) for row in packed(hits, budget_tokens=budget, count=len)) <= budget


def test_the_weakest_stand_in_the_middle() -> None:
    hits = [hit(doc=str(n)) for n in range(1, 6)]
    assert docs(best_at_ends(hits)) == ["1", "3", "5", "4", "2"]

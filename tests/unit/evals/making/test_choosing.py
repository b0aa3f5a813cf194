"""The choice among drafts."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from evals.making.choosing import chosen
from tests.unit.evals.making.made_documents import draft

DRAFTS = [
    draft(f"What is {kind} {number} of {doc}?", doc_id=doc, kind=kind, start=number + 100 * turn)
    for turn, kind in enumerate(("fact", "cell", "heading"))
    for number in range(6)
    for doc in ("d1", "d2", "d3")
]


@given(count=st.integers(1, 60), per_document=st.integers(1, 20), seed=st.integers(0, 5))
def test_limits_hold_and_the_same_is_chosen_again(count: int, per_document: int, seed: int) -> None:
    found = chosen(DRAFTS, count=count, per_document=per_document, seed=seed)

    assert found == chosen(reversed(DRAFTS), count=count, per_document=per_document, seed=seed)
    assert len(found) == min(count, 3 * per_document, len(DRAFTS))
    assert max(Counter(one.doc_id for one in found).values()) <= per_document


def test_kinds_and_documents_are_balanced() -> None:
    found = chosen(DRAFTS, count=15, per_document=20)

    assert Counter(one.kind for one in found) == {"fact": 6, "cell": 6, "heading": 3}
    assert set(Counter(one.doc_id for one in found).values()) == {5}


def test_a_sentence_is_asked_about_once() -> None:
    same = [draft("How long is it?", start=7), draft("How many are there?", start=7)]

    assert len(chosen(same, count=9, per_document=9)) == 1


def test_another_seed_chooses_others() -> None:
    first, second = (chosen(DRAFTS, count=10, per_document=9, seed=seed) for seed in (0, 1))

    assert {one.question for one in first} != {one.question for one in second}

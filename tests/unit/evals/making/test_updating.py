"""A set that is made again."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from evals.datasets.model import EvalCase, GoldSpan
from evals.making.updating import ANSWERED, CHANGED, CHECKED, GONE, updated
from tests.unit.evals.making.made_documents import case

TEXTS = {"d1": "It takes twelve days."}
MADE = case(origin="entity")
CASES = st.lists(
    st.builds(
        lambda number, doc, origin, tags: case(
            f"c{number}", f"How long is {number}?", origin=origin, tags=tags, grades={doc: 1}, spans=(GoldSpan(doc, "twelve"),)
        ),
        st.integers(0, 20),
        st.sampled_from(["d1", "gone"]),
        st.sampled_from(["written", "entity", "table", "review", "somebody"]),
        st.sampled_from([(), (CHECKED,)]),
    ),
    max_size=12,
    unique_by=lambda one: one.case_id,
)  # fmt: skip


@given(existing=CASES, made=CASES)
def test_making_twice_is_stable_and_nothing_written_by_hand_is_lost(
    existing: list[EvalCase], made: list[EvalCase]
) -> None:
    first = updated(existing, made, texts=TEXTS)
    second = updated(first.cases, made, texts=TEXTS)

    kept = {one.case_id: one for one in first.cases}
    own = [one for one in existing if one.origin in {"written", "somebody"}]
    assert all(kept.get(one.case_id) == one for one in own)
    assert len(kept) == len(first.cases)
    assert (second.cases, second.added, second.dropped) == (first.cases, (), ())


def test_what_is_there_keeps_its_words_and_its_verdict() -> None:
    edited = replace(MADE, question="How many days?", tags=(CHECKED,))

    change = updated([edited], [MADE], texts=TEXTS)

    assert (change.cases, change.added) == ((edited,), ())


def test_what_was_rejected_is_not_made_again() -> None:
    assert updated([], [MADE], texts=TEXTS, rejected={"c1"}).cases == ()


def test_a_made_case_goes_with_its_document_or_its_words() -> None:
    assert updated([MADE], [], texts={}).reasons == {GONE: 1}
    assert updated([MADE], [], texts={"d1": "It takes ten days."}).reasons == {CHANGED: 1}


def test_an_unanswerable_case_goes_once_something_answers_it() -> None:
    empty = case(origin="unanswerable", grades={}, spans=(), answerable=False)

    assert updated([empty], [], texts={}, answered={"c1"}).reasons == {ANSWERED: 1}
    assert updated([empty], [], texts={}).cases == (empty,)


def test_an_own_case_stays_and_is_told_of() -> None:
    change = updated([case(origin="written")], [], texts={})

    assert (len(change.cases), change.stale) == (1, ("c1",))


def test_a_review_keeps_the_documents_that_are_left() -> None:
    said = case(origin="review", grades={"d1": 1, "gone": 1}, wrong=("gone",), spans=())

    (kept,) = updated([said], [], texts=TEXTS).cases

    assert (kept.grades, kept.wrong) == ({"d1": 1}, ())


def test_a_span_moves_with_its_words() -> None:
    placed = case(origin="entity", spans=(GoldSpan("d1", "twelve days", 0),))

    (kept,) = updated([placed], [], texts=TEXTS).cases

    assert kept.spans == (GoldSpan("d1", "twelve days", 9),)

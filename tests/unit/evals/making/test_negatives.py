"""Hard negatives, and what is not one."""

from dataclasses import replace

from evals.datasets.model import GoldSpan
from evals.making.negatives import with_negatives
from tests.fakes.hits import hit
from tests.unit.evals.making.made_documents import case

ASKED = case(
    answers=("12 days",), spans=(GoldSpan("d1", "Reports are submitted within 12 days of the trip."),)
)


def wrong(*found: tuple[str, str], texts: dict[str, str] | None = None, count: int = 3) -> tuple[str, ...]:
    hits = [replace(hit(text=text), doc_id=doc_id) for doc_id, text in found]
    return with_negatives(ASKED, hits, texts or {}, count=count).wrong


def test_what_ranks_high_and_is_not_gold_is_wrong() -> None:
    assert wrong(("d1", "gold"), ("d2", "Meals abroad."), ("d3", "Private cars.")) == ("d2", "d3")


def test_a_document_with_the_answer_is_not_called_wrong() -> None:
    assert wrong(("d2", "Something else."), texts={"d2": "Claims: 12 days at most."}) == ()


def test_a_document_that_says_nearly_the_same_is_not_called_wrong() -> None:
    assert wrong(("d2", "Reports are to be submitted within twelve days of the trip.")) == ()


def test_a_number_inside_another_one_is_no_answer() -> None:
    assert wrong(("d2", "It takes 112 days."), texts={"d2": "It takes 112 days."}) == ("d2",)


def test_as_many_as_are_wanted() -> None:
    assert wrong(("d2", "a"), ("d3", "b"), ("d2", "c"), ("d4", "d"), count=2) == ("d2", "d3")


def test_all_that_is_found_for_an_unanswerable_question_is_wrong() -> None:
    asked = replace(ASKED, answerable=False, grades={}, spans=(), answers=())

    assert with_negatives(asked, [replace(hit(text="12 days"), doc_id="d2")], {}).wrong == ("d2",)

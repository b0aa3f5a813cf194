"""Candidates that nothing answers."""

from evals.making.distinct import Corpus
from evals.making.drafts import Draft
from evals.making.unanswerable import unanswerable_drafts
from tests.unit.evals.making.made_documents import document, draft

TRAVEL = document(
    "In 2024 the rate is 45 pence. Code E07 is dirt. Notes on webhooks.",
    doc_id="travel",
    title="Travel policy",
)
BENCH = document("Thermometer bench: 18 months. Calibration records.", doc_id="bench", title="Bench manual")
CORPUS = Corpus([TRAVEL, BENCH])


def candidates(*drafts: Draft) -> list[tuple[str, str]]:
    return [(one.kind, one.question) for one in unanswerable_drafts(drafts, CORPUS)]


def test_another_year_is_one_that_no_document_names() -> None:
    assert candidates(draft("What is the mileage rate in 2024?", doc_id="travel")) == [
        ("no-year", "What is the mileage rate in 2026?")
    ]


def test_another_code_is_one_that_no_document_names() -> None:
    assert candidates(draft("What is the cause of the code E07?", doc_id="travel", kind="cell")) == [
        ("no-code", "What is the cause of the code E09?")
    ]


def test_a_section_of_another_document_is_asked_of_one_without_its_words() -> None:
    found = candidates(
        draft("What does the travel policy say about webhooks?", doc_id="travel", kind="heading"),
        draft("What does the bench manual say about calibration records?", doc_id="bench", kind="heading"),
    )

    assert set(found) == {
        ("no-section", "What does the bench manual say about webhooks?"),
        ("no-section", "What does the travel policy say about calibration records?"),
    }


def test_candidates_have_neither_gold_nor_answer() -> None:
    (one,) = unanswerable_drafts([draft("What is the mileage rate in 2024?", doc_id="travel")], CORPUS)

    assert (one.answers, one.quote, one.origin) == ((), "", "unanswerable")


def test_no_table_fills_the_set() -> None:
    drafts = [
        draft(f"What is the {word} of the code E07?", doc_id="travel", kind="cell")
        for word in ("cause", "name", "price", "place", "age")
    ]

    assert len(candidates(*drafts)) == 3

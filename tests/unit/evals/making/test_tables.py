"""Questions for cells."""

import pytest

from evals.making.tables import table_drafts
from tests.unit.evals.making.made_documents import document


def asked(header: str, row: str) -> list[str]:
    rule = "|---" * header.count("|")
    found = table_drafts(document(f"| {header} |\n{rule}|---|\n| {row} |\n"))
    return [one.question for one in found]


@pytest.mark.parametrize(
    ("header", "row", "question"),
    [
        ("Reference | Recalibration interval", "Balance RB-1 | 12 months", "What is the recalibration interval of the balance RB-1?"),
        ("Code | Cause", "E07 | dirt on the sensor", "What is the cause of the code E07?"),
        ("Code | What to do", "E07 | clean the sensor", "What should be done about the code E07?"),
        ("Time | What happened", "06:31 | the alarm rang", "What happened at 06:31?"),
        ("Release | Who approves", "Feature release | head of quality", "Who approves a feature release?"),
        ("Task | Who", "Order the laptop | manager", "Who has to do this: order the laptop?"),
        ("Site | Employees", "New York | 11", "How many employees are given for New York?"),
        ("Value of the order, without VAT | Offers needed", "up to 500 | 3", "How many offers are needed when the value of the order is up to 500?"),
        ("Inspector | Authorised until", "Second bench | 30 June 2026", "Until when is Second bench authorised?"),
        ("Project | Start", "Solar roof | June 2025", "When does the solar roof start?"),
    ],
)  # fmt: skip
def test_the_form_of_a_question_follows_the_header(header: str, row: str, question: str) -> None:
    assert asked(header, row) == [question]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Item | Remark", "Hotel room | breakfast included"),
        ("Item | Done", "New chairs | yes"),
        ("Item | Price", "New chairs | -"),
        ("Item | Price", "PERSON_0123456789ab | 12"),
        ("Item | PERSON_0123456789ab", "New chairs | 12"),
        ("Employee pays | Company pays", "3% | 5%"),
        ("Class | May be sent", "Public papers | to anyone"),
    ],
)
def test_nothing_is_asked_where_header_row_or_cell_says_little_or_too_much(header: str, row: str) -> None:
    assert asked(header, row) == []


def test_the_answer_is_the_cell_and_the_gold_the_row() -> None:
    text = "# Parts\n\n| Part | Unit price |\n|---|---|\n| Sensor tube | 61.75 |\n"

    (one,) = table_drafts(document(text))

    assert (one.answers, one.quote, text.index(one.quote)) == (
        ("61.75",),
        "| Sensor tube | 61.75 |",
        one.start,
    )


def test_a_name_that_two_rows_have_is_not_asked_about() -> None:
    assert table_drafts(document("| Part | Price |\n|---|---|\n| Seal ring | 1 |\n| Seal ring | 2 |\n")) == []


def test_german_tables_are_asked_about_in_german() -> None:
    text = "| Bauteil | Preis |\n|---|---|\n| Dichtung klein | 4 |\n"

    (one,) = table_drafts(document(text, language="de"))

    assert one.question == "Welche Angabe steht f\u00fcr \u201eDichtung klein\u201c unter \u201ePreis\u201c?"

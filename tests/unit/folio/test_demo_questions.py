from pathlib import Path

import pytest

from core.errors import InvalidInputError
from folio.demo_questions import handbook_questions, questions_about

PUMPS = "# Pumps\n\n## Oil level\n\nText.\n\n## **Spare parts** #\n\nText.\n\n## 4.2\n\nText.\n"


def test_headings_become_questions_but_not_the_title_or_numbers() -> None:
    assert questions_about([("Pumps", PUMPS)]) == [
        "What does Pumps say about Oil level?",
        "What does Pumps say about Spare parts?",
    ]


def test_every_document_comes_once_before_any_comes_again() -> None:
    questions = questions_about([("Pumps", PUMPS), ("Notes", "## Rules\n\nText.")])

    assert [question.split()[2] for question in questions] == ["Pumps", "Notes", "Pumps"]


def test_without_headings_the_opening_words_are_asked_about() -> None:
    text = "\n\n---\nThe dishwasher runs at noon, and again at five in the afternoon.\n"

    assert questions_about([("kitchen", text)]) == [
        "What does kitchen say about The dishwasher runs at noon, and again at?"
    ]


def test_a_document_without_words_gives_no_question() -> None:
    assert questions_about([("empty", "12 34\n\n--\n")]) == []


def test_what_stands_for_personal_data_is_no_word() -> None:
    heading = "Reply to PERSON_0a1b2c3d4e5f _EMAIL_ADDRESS_0a1b2c3d4e5f_ <SECRET>"
    assert questions_about([("Letter", f"## {heading}\n\nText.")]) == ["What does Letter say about Reply to?"]


def test_the_handbook_has_three_questions_for_the_demo() -> None:
    examples = Path(__file__).parents[3] / "examples" / "questions.jsonl"

    assert len(handbook_questions(examples)) == 3


def test_missing_questions_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"questions\.jsonl"):
        handbook_questions(tmp_path / "questions.jsonl")

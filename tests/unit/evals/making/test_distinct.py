"""Questions that one answer is right for."""

from evals.making.distinct import Corpus, distinct
from tests.unit.evals.making.made_documents import document, draft

OLD = document("The limit is 12 days.", doc_id="old", title="Travel policy 2024")
NEW = document("The limit is 20 days.", doc_id="new", title="Travel policy 2025")
CORPUS = Corpus([OLD, NEW])
QUESTION = "Within what time must reports be submitted?"


def test_a_question_of_two_documents_names_each() -> None:
    found = distinct([draft(QUESTION, doc_id="old"), draft(QUESTION, doc_id="new", answer="20 days")], CORPUS)

    assert [one.question for one in found] == [
        "Within what time must reports be submitted according to the travel policy 2024?",
        "Within what time must reports be submitted according to the travel policy 2025?",
    ]


def test_two_documents_with_one_answer_are_asked_once() -> None:
    found = distinct([draft(QUESTION, doc_id="old"), draft(QUESTION, doc_id="new")], CORPUS)

    assert [(one.question, one.doc_id) for one in found] == [(QUESTION, "old")]


def test_one_document_with_two_answers_is_not_asked() -> None:
    assert (
        distinct([draft(QUESTION, doc_id="old"), draft(QUESTION, doc_id="old", answer="3 days")], CORPUS)
        == []
    )


def test_a_vague_question_names_its_document_or_is_not_asked() -> None:
    nameless = document("It runs.", doc_id="x", title="PERSON_0123456789ab")
    corpus = Corpus([OLD, nameless])
    asked = "How long does the trial run?"

    found = distinct(
        [draft(asked, doc_id="old", is_vague=True), draft(asked, doc_id="x", is_vague=True)], corpus
    )

    assert [one.question for one in found] == [
        "How long does the trial run according to the travel policy 2024?"
    ]


def test_a_question_that_gives_its_answer_away_is_not_asked() -> None:
    assert distinct([draft("Is the limit of reports 12 days?", doc_id="old")], CORPUS) == []


def test_a_question_in_the_words_of_one_heading_is_not_asked() -> None:
    text = document("# When must reports be submitted?\n\nWithin 12 days.", doc_id="old")

    assert distinct([draft("When must reports be submitted?", doc_id="old")], Corpus([text])) == []

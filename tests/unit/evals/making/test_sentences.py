"""Questions from sentences and headings, with the parser of English."""

import pytest

from core.config import load_settings
from core.graph import EntityKind
from evals.making.drafts import GraphNotes, Relation
from evals.making.entities import fact_drafts, identifier_drafts, relation_drafts
from evals.making.headings import Parse, heading_drafts
from inference.nlp.factory import create_syntax
from tests.unit.evals.making.made_documents import document


@pytest.fixture(scope="module")
def parse() -> Parse:
    syntax = create_syntax(load_settings().redaction)
    if syntax is None:
        pytest.skip("needs the parser of English")
    return syntax.parse


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        ("The HF-200 must be recalibrated every 24 months.", "How often must the HF-200 be recalibrated?", "every 24 months"),
        ("Access tokens are valid for 60 minutes.", "How long are access tokens valid?", "for 60 minutes"),
        ("The summer party takes place on 5 July 2024.", "When does the summer party take place?", "on 5 July 2024"),
        ("A gateway serves up to 200 meters.", "How many meters does a gateway serve?", "up to 200 meters"),
        ("The monthly limit of a purchasing card is \u00a31,200.", "What is the monthly limit of a purchasing card?", "\u00a31,200"),
        ("The people team confirms all dates within a week.", "Who confirms all dates within a week?", "The people team"),
        ("The gateway outage of March cost \u00a338,000 in credits.", "How much did the gateway outage of March cost in credits?", "\u00a338,000"),
    ],
)  # fmt: skip
def test_a_part_of_a_sentence_is_asked_for(sentence: str, question: str, answer: str, parse: Parse) -> None:
    found = fact_drafts(document(f"{sentence}\n"), parse=parse, notes=GraphNotes())

    assert (question, (answer,)) in [(one.question, one.answers) for one in found]
    assert all(one.quote == sentence for one in found)


@pytest.mark.parametrize(
    "sentence",
    [
        "It must be recalibrated every 24 months.",
        "They were not paid for 60 minutes of work.",
        "Reviews take place after four weeks, three months and five months.",
        "PERSON_0123456789ab has run the support desk for 12 years.",
    ],
)
def test_nothing_is_asked_of_what_is_unclear_denied_listed_or_somebody(sentence: str, parse: Parse) -> None:
    assert fact_drafts(document(f"{sentence}\n"), parse=parse, notes=GraphNotes()) == []


def test_the_graph_says_what_is_a_place(parse: Parse) -> None:
    notes = GraphNotes({"bristol": EntityKind.PLACE})
    text = document("The signing keys are kept in Bristol.\n")

    assert [one.question for one in fact_drafts(text, parse=parse, notes=notes)] == [
        "Where are the signing keys kept?"
    ]
    assert fact_drafts(text, parse=parse, notes=GraphNotes()) == []


def test_a_subject_of_one_known_word_is_vague(parse: Parse) -> None:
    (one,) = fact_drafts(document("The trial runs for six months.\n"), parse=parse, notes=GraphNotes())

    assert (one.question, one.is_vague) == ("How long does the trial run?", True)


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("How to return an instrument", "How do you return an instrument in \"Pump manual, second edition\"?"),
        ("What the warranty does not cover", "What does the warranty not cover in \"Pump manual, second edition\"?"),
        ("Filling in the report", "How do you fill in the report in \"Pump manual, second edition\"?"),
        ("Foreign currency", "What does \"Pump manual, second edition\" say about foreign currency?"),
        ("Payment terms", "What are the payment terms in \"Pump manual, second edition\"?"),
        ("When a meter fails", "What happens when a meter fails in \"Pump manual, second edition\"?"),
        ("Is there a warranty for old pumps?", "Is there a warranty for old pumps in \"Pump manual, second edition\"?"),
    ],
)  # fmt: skip
def test_a_heading_is_asked_by_its_kind(heading: str, question: str, parse: Parse) -> None:
    text = f"# {heading}\n\nThis is what you are looking for.\n"

    (one,) = heading_drafts(document(text, title="Pump manual, second edition"), parse=parse)

    assert one.question == question
    assert text[one.start :].startswith("This is what you are looking for.")


@pytest.mark.parametrize("heading", ["Overview", "PERSON_0123456789ab", "Pump manual", "1. Contents"])
def test_an_empty_heading_is_not_asked_about(heading: str, parse: Parse) -> None:
    assert heading_drafts(document(f"# {heading}\n\nThis is what you look for.\n"), parse=parse) == []


def test_an_announcement_does_not_answer(parse: Parse) -> None:
    text = "# Building an image\n\nDo it like this:\n\n- Build it on two machines.\n"

    (one,) = heading_drafts(document(text), parse=parse)

    assert one.quote == "Build it on two machines."


def test_a_section_that_answers_in_code_is_not_asked_about(parse: Parse) -> None:
    text = "# Building an image\n\n```\nmake clean image TARGET=x\n```\n\nThe image is signed then.\n"

    assert heading_drafts(document(text), parse=parse) == []


def test_a_code_is_asked_for_where_the_text_says_what_it_is() -> None:
    found = identifier_drafts(document("Weigh it on reference balance RB-1.\n\nDocument QP-31 applies.\n"))

    assert [(one.question, one.answers) for one in found] == [("What is RB-1?", ("reference balance",))]


def test_a_labelled_line_is_asked_by_its_label() -> None:
    text = "Payment term: 45 days\n"
    relation = Relation("d1", "Corvane Castings", "payment_term", "45 days", 0, len(text) - 1)

    (one,) = relation_drafts(document(text), [relation])

    assert (one.question, one.answers) == ("What is the payment term of Corvane Castings?", ("45 days",))

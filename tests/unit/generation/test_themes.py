"""Answers about the whole: one line a theme, each sentence cited, nothing said twice."""

import pytest

from core.search import Hit
from generation.citations import is_verbatim
from generation.themes import Theme, overview, topic_words

TEXT = "Robin sued\nWren. Wren paid. Finch left."


def quote(text: str) -> Hit:
    start = TEXT.index(text)
    return Hit(
        doc_id="d",
        version=2,
        ordinal=0,
        external_id=None,
        path="birds.md",
        title="Birds",
        heading="Law",
        page=None,
        start=start,
        end=start + len(text),
        parent_start=0,
        parent_end=len(TEXT),
        text=text,
        score=1.0,
    )


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What are the main themes?", ()),
        ("Give me an overview of all documents.", ()),
        ("summarise the handbook", ()),
        ("What are the key topics of parental leave?", ("parental", "leave")),
        ("Overview of PERSON_7f3a9c2b41d0", ("7f3a9c2b41d0",)),
        ("", ()),
    ],
)
def test_the_topic_is_what_a_question_says_beside_asking(question: str, topic: tuple[str, ...]) -> None:
    assert topic_words(question)[-len(topic) or None :] == topic


def test_every_sentence_is_cited_and_verbatim() -> None:
    themes = [
        Theme("Robin, Wren", (quote("Robin sued\nWren."), quote("Wren paid."))),
        Theme("Finch", (quote("Finch left."),)),
    ]
    answer = overview(themes, quote_count=2)
    assert answer is not None
    assert answer.text == "Robin, Wren: Robin sued Wren. [1] Wren paid. [2]\nFinch: Finch left. [3]"
    assert all(is_verbatim(one, stored_text=TEXT) for one in answer.citations)
    assert [one.version for one in answer.citations] == [2, 2, 2]


def test_a_sentence_is_said_once() -> None:
    themes = [Theme("Wren", (quote("Wren paid."),)), Theme("Money", (quote("Wren paid."),))]
    answer = overview(themes, quote_count=2)
    assert answer is not None
    assert answer.text == "Wren: Wren paid. [1]"


def test_a_line_of_a_table_is_quoted_where_there_is_no_sentence() -> None:
    line, sentence = quote("Robin sued"), quote("Wren paid.")
    both = overview([Theme("Wren", (line, sentence))], quote_count=2)
    assert both is not None
    assert both.text == "Wren: Wren paid. [1]"
    alone = overview([Theme("Wren", (line,))], quote_count=2)
    assert alone is not None
    assert alone.text == "Wren: Robin sued [1]"


def test_without_a_sentence_there_is_no_answer() -> None:
    assert overview([Theme("Robin", ())], quote_count=2) is None
    assert overview([], quote_count=2) is None

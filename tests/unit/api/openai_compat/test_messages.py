"""What is made of messages and answers for OpenAI's clients. Pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.openai_compat.conversation import question_of, turns_before
from api.openai_compat.requests import ChatMessage
from api.openai_compat.responses import annotations_of
from api.schemas.answer import AnswerResponse
from core.answers import Answer, AnswerSentence, AnswerStatus, Citation
from core.errors import InvalidInputError


def message(role: str, content: str) -> ChatMessage:
    return ChatMessage.model_validate({"role": role, "content": content})


def test_each_question_has_what_was_answered_to_it() -> None:
    told = [
        message("assistant", "Hello!"),
        message("user", "one"),
        message("assistant", "first"),
        message("assistant", "and more"),
        message("system", "be brief"),
        message("user", "two"),
        message("user", "three"),
    ]
    turns = [(turn.question, turn.answer, turn.status) for turn in turns_before(told)]
    assert turns == [
        ("one", "first\nand more", AnswerStatus.GROUNDED),
        ("two", "", AnswerStatus.REFUSED),
    ]
    assert question_of(told) == "three"


@given(
    st.lists(st.tuples(st.sampled_from(["user", "assistant", "system"]), st.text(max_size=5000)), max_size=40)
)
def test_what_was_told_is_bounded_whatever_was_sent(rows: list[tuple[str, str]]) -> None:
    turns = turns_before([*(message(*row) for row in rows), message("user", "now")])
    assert len(turns) <= 8
    assert all(turn.question and len(turn.question) <= 4000 for turn in turns)


def test_a_tool_has_nothing_to_say() -> None:
    with pytest.raises(InvalidInputError):
        turns_before([message("tool", "42"), message("user", "now")])


def citation(doc_id: str) -> Citation:
    return Citation(doc_id, None, doc_id, f"{doc_id}.md", 1, None, "", "quote", 0, 5)


def answered(*sentences: tuple[str, tuple[int, ...]], cited: int) -> AnswerResponse:
    text = " ".join(f"{words} {''.join(f'[{one}]' for one in numbers)}" for words, numbers in sentences)
    said = tuple(AnswerSentence(words, numbers) for words, numbers in sentences)
    citations = tuple(citation(f"d{number}") for number in range(1, cited + 1))
    return AnswerResponse.of(Answer(text, AnswerStatus.GROUNDED, None, citations, said), took_ms=0)


WORDS = st.text(st.sampled_from("ab [1]2."), min_size=1, max_size=12).map(str.strip).filter(bool)


@given(st.lists(st.tuples(WORDS, st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple)), max_size=6))
def test_every_annotation_is_a_mark_of_a_sentence(sentences: list[tuple[str, tuple[int, ...]]]) -> None:
    answer = answered(*sentences, cited=3)
    found = annotations_of(answer, base_url="")
    places = [(one.url_citation.start_index, one.url_citation.end_index) for one in found]
    assert places == sorted(places)
    assert [answer.answer[start:end] for start, end in places] == [
        f"[{number}]" for _, numbers in sentences for number in numbers
    ]
    assert [one.url_citation.title for one in found] == [
        f"d{number}" for _, numbers in sentences for number in numbers
    ]


def test_a_mark_in_a_documents_own_words_is_no_citation() -> None:
    answer = answered(("See [2] there.", (1,)), cited=1)
    [one] = annotations_of(answer, base_url="https://kb")
    assert answer.answer[one.url_citation.start_index :] == "[1]"
    assert one.url_citation.url == "https://kb/v1/documents/d1/text#char=0,5"

"""What of a conversation goes into a prompt."""

from collections.abc import Callable
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from core.answers import AnswerStatus
from core.sessions import Fact, Owner, Session, Summary, Turn, new_id
from generation.sessions import context_for

AT = datetime(2026, 1, 1, tzinfo=UTC)


def words(text: str) -> int:
    return len(text.split())


def session(*facts: str, summary: str = "") -> Session:
    told = tuple(Fact(f"{number:032x}", text, AT) for number, text in enumerate(facts))
    kept = Summary(summary, 3) if summary else Summary()
    return Session(new_id(), Owner("acme", "me"), AT, AT, AT, facts=told, summary=kept)


def turn(question: str, answer: str = "") -> Turn:
    return Turn(1, AT, question, answer, AnswerStatus.GROUNDED)


def test_facts_stand_first_then_the_summary_then_the_turns() -> None:
    known = session("I work in Ghent", summary="Asked: Who?")
    found = context_for(known, [turn("A?", "B."), turn("C?")], budget_tokens=100, count=words)
    assert found == (
        "The user has said:\n- I work in Ghent\n\nEarlier:\nAsked: Who?\n\nQuestion: A?\nAnswer: B.\nQuestion: C?"
    )


def test_of_a_new_session_nothing_is_known() -> None:
    assert context_for(session(), [], budget_tokens=100, count=words) == ""


def test_the_newest_turns_win_over_older_ones_and_the_summary() -> None:
    told = [turn(f"question {number}?", "answer") for number in range(1, 5)]
    found = context_for(session(summary="long ago"), told, budget_tokens=10, count=words)
    assert found == "Question: question 3?\nAnswer: answer\nQuestion: question 4?\nAnswer: answer"


def test_a_long_answer_is_told_by_its_first_sentence_or_not_at_all() -> None:
    told = [turn("Why?", "Because it is so. " + "And so on. " * 50)]
    assert context_for(session(), told, budget_tokens=8, count=words) == (
        "Question: Why?\nAnswer: Because it is so."
    )
    assert context_for(session(), told, budget_tokens=5, count=words) == "Question: Why?"


def test_facts_leave_room_for_the_rest() -> None:
    known = session(*(f"fact number {number}" for number in range(50)))
    found = context_for(known, [turn("Why?", "So.")], budget_tokens=30, count=words)
    assert found == "The user has said:\n- fact number 49\n\nQuestion: Why?\nAnswer: So."


texts = st.text(max_size=80)


@given(
    facts=st.lists(texts, max_size=6),
    summary=texts,
    told=st.lists(st.tuples(texts, texts), max_size=8),
    budget=st.integers(1, 60),
    count=st.sampled_from([words, len]),
)
def test_the_budget_is_never_exceeded(
    facts: list[str], summary: str, told: list[tuple[str, str]], budget: int, count: Callable[[str], int]
) -> None:
    turns = [turn(question, answer) for question, answer in told]
    found = context_for(session(*facts, summary=summary), turns, budget_tokens=budget, count=count)
    assert count(found) <= budget

"""What of a conversation goes into a prompt: facts, the summary, the last turns; never more than a budget. Pure."""

from collections.abc import Callable, Sequence

from core.sentences import split_sentences
from core.sessions import Session, Turn

_FACTS = "The user has said:"
_EARLIER = "Earlier:"
_BUDGET_OF_FACTS = 1 / 3


def context_for(
    session: Session, turns: Sequence[Turn], *, budget_tokens: int, count: Callable[[str], int]
) -> str:
    """What is known from before, to understand a question by. It is never a source.

    `turns` are the last ones, those that the summary does not cover: the newest are there first, then the summary, as much of it
    as fits. Facts have a third of the budget, the newest first. `count` of the result is at most `budget_tokens`.
    """
    facts: list[str] = []
    for fact in reversed(session.facts):
        if _fits(_written([f"- {fact.text}", *facts], "", []), int(budget_tokens * _BUDGET_OF_FACTS), count):
            facts.insert(0, f"- {fact.text}")
    told = _newest(facts, turns, budget_tokens, count)
    lines = session.summary.text.splitlines() if session.summary.turn_count else []
    while lines and not _fits(_written(facts, "\n".join(lines), told), budget_tokens, count):
        del lines[0]
    return _written(facts, "\n".join(lines), told)


def first_sentence(text: str) -> str:
    """The first sentence of an answer; empty if there is none."""
    return next((text[one.start : one.end].strip() for one in split_sentences(text)), "")


def _newest(
    facts: list[str], turns: Sequence[Turn], budget_tokens: int, count: Callable[[str], int]
) -> list[str]:
    told: list[str] = []
    for turn in reversed(turns):
        form = next(
            (
                form
                for form in _forms(turn)
                if _fits(_written(facts, "", [form, *told]), budget_tokens, count)
            ),
            None,
        )
        if form is None:
            break
        told.insert(0, form)
    return told


def _forms(turn: Turn) -> list[str]:
    """A turn whole, with the first sentence of its answer, and without an answer."""
    asked = f"Question: {turn.question}"
    answers = dict.fromkeys((turn.answer, first_sentence(turn.answer)))
    return [*(f"{asked}\nAnswer: {answer}" for answer in answers if answer), asked]


def _fits(text: str, budget_tokens: int, count: Callable[[str], int]) -> bool:
    return count(text) <= budget_tokens


def _written(facts: Sequence[str], summary: str, told: Sequence[str]) -> str:
    blocks = (
        "\n".join([_FACTS, *facts]) if facts else "",
        f"{_EARLIER}\n{summary}" if summary else "",
        "\n".join(told),
    )
    return "\n\n".join(block for block in blocks if block)

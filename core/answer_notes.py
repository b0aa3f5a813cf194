"""What happens on the way to one answer and belongs in its record: rules that applied, and calls of language models."""

from contextvars import ContextVar
from dataclasses import dataclass, field

from core.guardrails import Action, Point
from core.language_models import TokenUsage

_MOST_DECISIONS = 100


@dataclass(slots=True)
class AnswerNotes:
    """The notes of one answer; tasks that it starts write into the same ones.

    `decisions` are kept once each, in the order of their coming. `cost` is in the currency of the settings, None as soon as a call
    has no price.
    """

    call_count: int = 0
    input_count: int = 0
    output_count: int = 0
    cost: float | None = 0.0
    decisions: dict[tuple[Point, str, Action], None] = field(default_factory=dict)


_NOTES: ContextVar[AnswerNotes | None] = ContextVar("folio_answer_notes", default=None)


def take_notes(notes: AnswerNotes) -> None:
    """Have the current task, and those it starts, write into these: at the beginning, and wherever a stream goes on."""
    _NOTES.set(notes)


def note_decision(point: Point, rule: str, action: Action) -> None:
    """A rule of the guardrails has applied; nothing happens where no answer is made."""
    notes = _NOTES.get()
    if notes is not None and len(notes.decisions) < _MOST_DECISIONS:
        notes.decisions[point, rule, action] = None


def note_call(usage: TokenUsage, cost: float | None) -> None:
    """A call has ended, with the tokens that its provider counted; nothing happens where no answer is made."""
    notes = _NOTES.get()
    if notes is None:
        return
    notes.call_count += 1
    notes.input_count += usage.input_count
    notes.output_count += usage.output_count
    notes.cost = None if notes.cost is None or cost is None else notes.cost + cost

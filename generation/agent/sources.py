"""Passages by number: what was seen first gets the next one, and keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.agents import AgentStep, StepOutcome, ToolFindings
from core.graph import ChunkRef
from core.search import Hit

_MAX_FACT_CHARS = 200
_MAX_FACTS = 20
_MAX_NOTE_CHARS = 500
_MAX_TITLE_CHARS = 200
# Of a passage, however many there are.
_LEAST_CHARS = 80


@dataclass(slots=True)
class Sources:
    """The passages of a run. Numbers begin with 1 and never change; the words are read when they are needed."""

    places: list[ChunkRef] = field(default_factory=list)

    def numbered(self, hits: Sequence[Hit]) -> list[tuple[int, Hit, bool]]:
        """Each passage once, with its number, and whether it is new."""
        found: dict[ChunkRef, tuple[int, Hit, bool]] = {}
        for hit in hits:
            place = ChunkRef(hit.doc_id, hit.version, hit.ordinal)
            if place in found:
                continue
            is_new = place not in self.places
            if is_new:
                self.places.append(place)
            found[place] = (self.places.index(place) + 1, hit, is_new)
        return list(found.values())


def in_turn(steps: Sequence[AgentStep]) -> list[int]:
    """Numbers of all sources: the first of each step, then the second of each, as often as there are more. Each once. Pure.

    What an answer is made of is cut somewhere: no step is to be left out for another's last passages.
    """
    deepest = max((len(step.sources) for step in steps), default=0)
    turns = (step.sources[rank] for rank in range(deepest) for step in steps if rank < len(step.sources))
    return list(dict.fromkeys(turns))


def result_data(
    found: Sequence[tuple[int, Hit, bool]], findings: ToolFindings, outcome: StepOutcome, *, max_chars: int
) -> dict[str, object]:
    """What a model is told of a step, in about `max_chars` characters of documents at most. Pure."""
    new_count = sum(is_new for _, _, is_new in found)
    each = max(max_chars // max(new_count, 1), _LEAST_CHARS)
    data: dict[str, object] = {"outcome": outcome.value}
    if found:
        data["passages"] = [
            _passage(number, hit, is_new=is_new, max_chars=each) for number, hit, is_new in found
        ]
    if findings.facts:
        data["relations"] = [fact[:_MAX_FACT_CHARS] for fact in findings.facts[:_MAX_FACTS]]
    if findings.note:
        data["note"] = findings.note[:_MAX_NOTE_CHARS]
    return data


def shown_again(found: Sequence[tuple[int, Hit]], *, max_chars: int) -> list[dict[str, object]]:
    """Passages as a model sees them that has not seen them before, in about so many characters of documents. Pure."""
    each = max(max_chars // max(len(found), 1), _LEAST_CHARS)
    return [_passage(number, hit, is_new=True, max_chars=each) for number, hit in found]


def _passage(number: int, hit: Hit, *, is_new: bool, max_chars: int) -> dict[str, object]:
    data: dict[str, object] = {"source": number, "document": hit.doc_id, "passage": hit.ordinal}
    if not is_new:
        return data | {"text": "(shown before)"}
    shown = hit.text if len(hit.text) <= max_chars else f"{hit.text[:max_chars]}..."
    return data | {
        "title": hit.title[:_MAX_TITLE_CHARS],
        "heading": hit.heading[:_MAX_TITLE_CHARS],
        "text": shown,
    }

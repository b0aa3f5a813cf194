"""One call over as many passages as fit."""

from collections.abc import Sequence

from core.search import Hit
from generation.modes.calls import Caller, Task
from generation.reasons import left_unread

PROMPT = "answer"


async def prepared(caller: Caller, hits: Sequence[Hit]) -> Task:
    """The one call of the mode: the best passages in their order, the rest is left out."""
    groups = await caller.groups(PROMPT, hits)
    first = groups[0]
    notes = [left_unread(len(first), len(hits))] if len(first) < len(hits) or first[-1].is_cut else []
    rows = [source.as_data() for source in first]
    return Task(PROMPT, {"sources": rows}, hits[: len(first)], notes=tuple(notes))

"""Group after group of passages: each call sees the draft so far and improves it with further sources.

What a call brings replaces the draft if any of it passes the check; else the draft stays. A source keeps its number throughout,
so that a sentence can keep its quotes.
"""

from collections.abc import Sequence

from core.search import Hit
from generation.keeping import Kept
from generation.modes.calls import Caller, Task
from generation.modes.compact import PROMPT as FIRST_PROMPT

PROMPT = "refine"


async def prepared(caller: Caller, hits: Sequence[Hit]) -> Task:
    """The last call of the mode; those before it are made.

    Raises:
        FolioError: The model does not answer, or the budget is spent.
    """
    groups = await caller.groups(PROMPT, hits, draft=[], reserved_tokens=caller.answer_tokens)
    first, *further = groups
    task = Task(FIRST_PROMPT, {"sources": [one.as_data() for one in first]}, hits[: len(first)])
    for sources in further:
        keeping, ending = await caller.kept(task)
        fallback = tuple(keeping.kept) or task.fallback
        task = Task(
            PROMPT,
            {"sources": [one.as_data() for one in sources], "draft": _draft(fallback)},
            hits[: sources[-1].number],
            fallback=fallback,
            removed=(*task.removed, *keeping.removed),
            faults=(*task.faults, *filter(None, [ending.fault])),
        )
    return task


def _draft(kept: Sequence[Kept]) -> list[dict[str, object]]:
    """The draft as the model would write it: with its quotes, not with citations."""
    return [
        {
            "quotes": [{"source": quote.source, "quote": quote.quote} for quote in one.draft.quotes],
            "text": one.draft.text,
        }
        for one in kept
    ]

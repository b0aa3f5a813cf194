"""Answers from groups of passages, made side by side, and then one answer from what they say.

The last call sees the sentences that passed the check, as numbered statements. A sentence of the answer names statements and has
their quotes; it is checked against them once more.
"""

import asyncio
from collections.abc import Sequence

from core.errors import FolioError
from core.search import Hit
from generation.context import Source
from generation.keeping import Keeping
from generation.modes.calls import Caller, Ending, Task
from generation.modes.compact import PROMPT as GROUP_PROMPT

PROMPT = "tree_summarize"
# Calls at a time for one question; the gateway has limits of its own, for all questions.
_CONCURRENT_COUNT = 4


async def prepared(caller: Caller, hits: Sequence[Hit]) -> Task:
    """The last call of the mode; those before it are made. Where all passages fit one prompt it is the only one.

    Raises:
        FolioError: The model does not answer, or the budget is spent.
    """
    groups = await caller.groups(GROUP_PROMPT, hits)
    tasks = [_of_group(sources, hits) for sources in groups]
    if len(tasks) == 1:
        return tasks[0]
    return await _combining(caller, await _answered(caller, tasks), hits)


def _of_group(sources: Sequence[Source], hits: Sequence[Hit]) -> Task:
    # Numbers count over all passages, so earlier ones could be cited too: what is quoted is looked for in any case.
    rows = [source.as_data() for source in sources]
    return Task(GROUP_PROMPT, {"sources": rows}, hits[: sources[-1].number])


async def _answered(caller: Caller, tasks: Sequence[Task]) -> list[tuple[Keeping, Ending]]:
    room = asyncio.Semaphore(_CONCURRENT_COUNT)

    async def one(task: Task) -> tuple[Keeping, Ending]:
        async with room:
            return await caller.kept(task)

    try:
        async with asyncio.TaskGroup() as running:
            asked = [running.create_task(one(task)) for task in tasks]
    except* FolioError as errors:
        first: BaseException = errors
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        failed = first
    else:
        return [task.result() for task in asked]
    raise failed


async def _combining(caller: Caller, found: Sequence[tuple[Keeping, Ending]], hits: Sequence[Hit]) -> Task:
    kept = list({one.checked.text.casefold(): one for keeping, _ in found for one in keeping.kept}.values())
    left = await caller.room(PROMPT, statements=[])
    rows: list[dict[str, object]] = []
    for number, one in enumerate(kept, start=1):
        row: dict[str, object] = {"statement": number, "text": one.checked.text}
        left -= caller.tokens_of(row)
        if left < 0:
            break
        rows.append(row)
    used = tuple(kept[: len(rows)])
    return Task(
        PROMPT,
        {"statements": rows},
        hits,
        statements=tuple(one.draft for one in used),
        fallback=used,
        removed=tuple(reason for keeping, _ in found for reason in keeping.removed),
        faults=tuple(ending.fault for _, ending in found if ending.fault),
        is_needed=bool(used),
    )

"""Several questions on their way at a time: on a busy machine most of a question's time is waiting for a turn."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

_Asked = TypeVar("_Asked")
_Found = TypeVar("_Found")
_AT_ONCE = 8


async def together(
    ask: Callable[[_Asked], Awaitable[_Found]], items: Iterable[_Asked], *, at_once: int = _AT_ONCE
) -> list[_Found]:
    """What is found for each item, in order; at most `at_once` are asked for at a time."""
    gate = asyncio.Semaphore(at_once)

    async def one(item: _Asked) -> _Found:
        async with gate:
            return await ask(item)

    return list(await asyncio.gather(*map(one, items)))

"""Waiting for something that is worth having, but not worth waiting for."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from core.errors import DependencyDownError

_Result = TypeVar("_Result")

_log = logging.getLogger(__name__)
# The event loop keeps no strong reference to a task.
_GOING_ON: set["asyncio.Task[Any]"] = set()


async def within(work: Coroutine[Any, Any, _Result], *, wait_s: float, what: str) -> _Result:
    """The result of `work`, waited for `wait_s` seconds at most. What takes longer, or whose waiter is cancelled, goes on by itself.

    It is not cancelled: a database driver that waits for a lock in a thread would be waited for again, to roll back.

    Raises:
        DependencyDownError: It takes longer; `what` names it.
    """
    task = asyncio.ensure_future(work)
    _GOING_ON.add(task)
    task.add_done_callback(_ended)
    done, _ = await asyncio.wait({task}, timeout=wait_s)
    if not done:
        raise DependencyDownError(f"{what} takes longer than {wait_s:g} s")
    return task.result()


def _ended(task: "asyncio.Task[Any]") -> None:
    _GOING_ON.discard(task)
    if not task.cancelled() and (error := task.exception()):
        _log.debug("what nobody may have waited for has failed: %s", type(error).__name__)

import asyncio

import pytest

from core.errors import DependencyDownError, InvalidInputError
from core.patience import within


async def test_what_is_quick_is_waited_for():
    assert await within(asyncio.sleep(0, "there"), wait_s=60, what="it") == "there"


async def test_what_fails_in_time_fails():
    async def fail() -> None:
        raise InvalidInputError("no")

    with pytest.raises(InvalidInputError):
        await within(fail(), wait_s=60, what="it")


async def test_what_takes_long_goes_on_without_its_waiter():
    may, done = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await may.wait()
        done.set()

    with pytest.raises(DependencyDownError, match="the store takes longer"):
        await within(work(), wait_s=0.01, what="the store")
    may.set()
    await asyncio.wait_for(done.wait(), 10)


async def test_a_cancelled_waiter_leaves_the_work_alone():
    began, may, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        began.set()
        await may.wait()
        done.set()

    waiting = asyncio.create_task(within(work(), wait_s=60, what="it"))
    await began.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    may.set()
    await asyncio.wait_for(done.wait(), 10)

"""Several questions at a time, and no more."""

import asyncio

from evals.scorecard.together import together


async def test_results_come_in_order_and_only_so_many_are_asked_at_once() -> None:
    running = most = 0

    async def ask(number: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.001 * (5 - number))
        running -= 1
        return number * 10

    assert await together(ask, range(5), at_once=2) == [0, 10, 20, 30, 40]
    assert most == 2

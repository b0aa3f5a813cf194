import asyncio

import pytest

from api.load.fair_queue import Place
from api.load.gate import Gate, SaturatedError

A, B = Place("a", "key"), Place("b", "key")


def gate(*, slots: int = 1, room: int = 100, wait_s: float = 60.0) -> Gate:
    return Gate("search", slot_count=slots, room_count=room, wait_s=wait_s)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def waiting(held: Gate, place: Place, served: list[str]) -> asyncio.Task[None]:
    async def turn() -> None:
        await held.enter(place)
        served.append(place.tenant)

    task = asyncio.create_task(turn())
    await settle()
    return task


async def test_of_a_hundred_that_wait_and_one_of_another_tenant_that_one_is_among_the_next() -> None:
    held, served = gate(), list[str]()
    await held.enter(A)
    tasks = [await waiting(held, A, served) for _ in range(100)]
    tasks.append(await waiting(held, B, served))
    for _ in range(3):
        held.leave()
        await settle()
    assert "b" in served
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert held.waiting_count == 0


async def test_a_full_room_refuses_its_own_and_makes_place_for_others() -> None:
    held, served = gate(room=3), list[str]()
    await held.enter(A)
    tasks = [await waiting(held, A, served) for _ in range(3)]
    with pytest.raises(SaturatedError, match="queue is full"):
        await held.enter(A)
    newcomer = await waiting(held, B, served)
    with pytest.raises(SaturatedError, match="queue is full"):
        await tasks[2]
    held.leave()
    await newcomer
    assert served == ["b"]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_who_waits_too_long_is_told_and_costs_nobody_a_turn() -> None:
    held, served = gate(wait_s=0.01), list[str]()
    await held.enter(A)
    with pytest.raises(SaturatedError, match="waited too long"):
        await held.enter(B)
    held.leave()
    assert held.try_enter(B)
    assert served == []


async def test_who_goes_away_gives_a_turn_that_just_came_to_the_next() -> None:
    held, served = gate(), list[str]()
    await held.enter(A)
    goes = await waiting(held, A, served)
    held.leave()
    goes.cancel()
    await asyncio.gather(goes, return_exceptions=True)
    assert served == []
    assert held.try_enter(B)


async def test_slots_come_back_whatever_happens_to_those_who_wait() -> None:
    held, served = gate(slots=2), list[str]()
    await held.enter(A)
    await held.enter(A)
    tasks = [await waiting(held, A, served) for _ in range(10)]
    for task in tasks[::3]:
        task.cancel()
    for _ in range(8):
        held.leave()
        await settle()
    assert len(served) == 6
    assert held.waiting_count == 0
    assert held.try_enter(A)
    assert held.try_enter(B)
    assert not held.try_enter(B)

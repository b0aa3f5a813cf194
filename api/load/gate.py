"""How many of a kind are served at once, and who waits for a turn."""

import asyncio
from collections.abc import Callable

from api.load.fair_queue import FairQueue, Place
from core.errors import TransientError

_Turn = asyncio.Future[None]


class SaturatedError(TransientError):
    """More wait than can be served in time: the request was not begun."""

    code = "saturated"


class Gate:
    """Lets `slot_count` in at once; others wait, `room_count` at most and each `wait_s` at most."""

    def __init__(
        self,
        name: str,
        *,
        slot_count: int,
        room_count: int,
        wait_s: float,
        weight_of: Callable[[str], float] = lambda _: 1.0,
    ) -> None:
        self.name = name
        self._free_count = slot_count
        self._room_count = room_count
        self._wait_s = wait_s
        self._queue: FairQueue[_Turn] = FairQueue(weight_of=weight_of)

    @property
    def waiting_count(self) -> int:
        """How many wait now."""
        return len(self._queue)

    def try_enter(self, place: Place) -> bool:
        """Whether nobody has to wait: then it is one's turn."""
        if not self._free_count:
            return False
        self._free_count -= 1
        self._queue.serve(place)
        return True

    def count_turns(self, place: Place, count: int) -> None:
        """Note that who is in takes so many turns more: others of them come before the next one of its tenant and credential."""
        self._queue.lengthen(place, count)

    async def enter(self, place: Place) -> None:
        """Return when it is one's turn: `leave` has to follow. Who is cancelled meanwhile leaves the queue.

        Raises:
            SaturatedError: The room is full, or the wait was too long.
        """
        if self.try_enter(place):
            return
        turn: _Turn = asyncio.get_running_loop().create_future()
        self._make_room(place)
        self._queue.add(place, turn)
        try:
            async with asyncio.timeout(self._wait_s):
                await turn
        except TimeoutError:
            self._give_up(place, turn)
            raise self._saturated("waited too long") from None
        except asyncio.CancelledError:
            self._give_up(place, turn)
            raise

    def leave(self) -> None:
        """Give the place to whoever is next."""
        while len(self._queue):
            turn = self._queue.pop()
            if not turn.done():
                turn.set_result(None)
                return
        self._free_count += 1

    def _make_room(self, place: Place) -> None:
        if len(self._queue) < self._room_count:
            return
        displaced = self._queue.displace_for(place.tenant) if self._room_count else None
        if displaced is None:
            raise self._saturated("the queue is full")
        if not displaced.done():
            displaced.set_exception(self._saturated("the queue is full"))

    def _give_up(self, place: Place, turn: _Turn) -> None:
        # A turn that came in the same moment goes on to the next one.
        was_waiting = self._queue.remove(place, turn)
        if not was_waiting and turn.done() and not turn.cancelled() and turn.exception() is None:
            self.leave()

    def _saturated(self, why: str) -> SaturatedError:
        return SaturatedError(
            f"too many requests of this kind ({self.name}) at once: {why}. Try again later "
            "(limits.queue_length, limits.queue_wait_s)"
        )

"""One client per event loop: connections belong to the loop that opened them, and Folio runs more than one."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

Client = TypeVar("Client")


class PerLoop(Generic[Client]):
    """Makes a client for the running loop when it is first asked there."""

    def __init__(self, create: Callable[[], Client]) -> None:
        self._create = create
        self._made: WeakKeyDictionary[asyncio.AbstractEventLoop, Client] = WeakKeyDictionary()

    def get(self) -> Client:
        """The client of the running loop."""
        loop = asyncio.get_running_loop()
        if loop not in self._made:
            self._made[loop] = self._create()
        return self._made[loop]

    def forget(self) -> Client | None:
        """Take the running loop's client out, to be closed; None if there is none."""
        return self._made.pop(asyncio.get_running_loop(), None)

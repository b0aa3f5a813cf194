"""Stores that break at a chosen call, as in a process that is killed or a server that goes away."""

import inspect
from enum import StrEnum
from typing import Any

from core.errors import DependencyDownError, TransientError


class Crash(BaseException):
    """Nothing in the code may catch it."""


class Fault(StrEnum):
    """What happens at the chosen call."""

    CRASH = "crash"
    """The process is gone: this call and all later ones raise Crash, also those of clean-up code."""
    DOWN = "down"
    """The store is gone: this call and all later ones raise DependencyDownError."""
    TRANSIENT = "transient"
    """This call alone raises TransientError."""


class Fuse:
    """Counts the calls of all stores that it protects; harmless until it is armed."""

    def __init__(self) -> None:
        self.blown = False
        self._fault = Fault.CRASH
        self._left = 0
        self._after = False

    def arm(self, fault: Fault, *, at_call: int, after: bool) -> None:
        """Break at a call counted from 1: before anything happened, or after it happened and before it is known."""
        self.blown, self._fault, self._left, self._after = False, fault, at_call, after

    def disarm(self) -> None:
        """Repair everything."""
        self.blown, self._left = False, 0

    def protect(self, store: Any) -> Any:
        """The store, with every coroutine method counted."""
        return _Protected(store, self)

    def before(self) -> None:
        if self.blown and self._fault is not Fault.TRANSIENT:
            self._break()
        self._left -= 1
        if self._left == 0 and not self._after:
            self._break()

    def after(self) -> None:
        if self._left == 0 and self._after and not self.blown:
            self._break()

    def _break(self) -> None:
        self.blown = True
        if self._fault is Fault.CRASH:
            raise Crash
        if self._fault is Fault.DOWN:
            raise DependencyDownError("the store does not answer")
        raise TransientError("the store is busy")


class _Protected:
    def __init__(self, store: Any, fuse: Fuse) -> None:
        self._store = store
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._store, name)
        if not inspect.iscoroutinefunction(attribute):
            return attribute

        async def call(*args: Any, **kwargs: Any) -> Any:
            self._fuse.before()
            result = await attribute(*args, **kwargs)
            self._fuse.after()
            return result

        return call

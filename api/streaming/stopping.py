"""Hearing early that the service is to stop.

A server tells an application so only once all responses have ended, and streams would keep it waiting. The signal is heard here
beside the server's own handler, which is called as before.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def told_of_stopping(tell: Callable[[], None]) -> Iterator[None]:
    """Call `tell` in the running loop when the process is asked to end. In another thread than the main one: not at all."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = {one: signal.getsignal(one) for one in _SIGNALS}

    def heard(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(tell)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    # Only where a server has a handler: without one the signal is to end the process at once, as it did.
    ours = [
        one
        for one, handler in before.items()
        if callable(handler) and handler is not signal.default_int_handler
    ]
    for one in ours:
        signal.signal(one, heard)
    try:
        yield
    finally:
        for one in ours:
            if signal.getsignal(one) is heard:
                signal.signal(one, before[one])

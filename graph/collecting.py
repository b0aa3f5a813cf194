"""Python's garbage collector, and the millions of objects of a graph, among which it never finds anything."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_MANY = 500_000
"""To look through so many objects takes about a tenth of a second, in which nothing else runs."""


class _Pause:
    """How many loads go on, and whether garbage was collected before the first of them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._load_count = 0
        self._was_enabled = False

    def begin(self) -> None:
        with self._lock:
            if not self._load_count:
                self._was_enabled = gc.isenabled()
                gc.disable()
            self._load_count += 1

    def end(self) -> None:
        with self._lock:
            self._load_count -= 1
            if self._load_count:
                return
            # Objects since the last collection: what was made meanwhile, less what was freed.
            if gc.get_count()[0] > _MANY:
                gc.freeze()
            if self._was_enabled:
                gc.enable()


_PAUSE = _Pause()


@contextmanager
def without_collection() -> Iterator[None]:
    """Look for no cyclic garbage meanwhile, and leave what was made out of every later search if it is much.

    A search through the graph of 50,000 documents stops the process for some seconds. What nothing refers to is freed as
    ever; only cycles that were made meanwhile stay. For the whole process: several may overlap, the last one ends it, also
    after an error.
    """
    _PAUSE.begin()
    try:
        yield
    finally:
        _PAUSE.end()

"""Matrix products on one core while a small model runs: for its matrices a second thread waits longer than it works."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

# BLAS has one number of threads for the whole process, and who sets it has to set it back.
_lock = threading.Lock()


@contextmanager
def one_thread() -> Iterator[None]:
    """BLAS of this process has one thread inside of the block, and afterwards what it had. One block at a time; not to be nested."""
    with _lock, _controller().limit(limits=1, user_api="blas"):
        yield


@cache
def _controller() -> Any:
    # It knows the libraries that are loaded by now.
    import numpy  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()

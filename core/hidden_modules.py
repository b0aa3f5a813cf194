"""Imports without the optional packages that a library would load if they are installed."""

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


@contextmanager
def hidden(*names: str) -> Iterator[None]:
    """To imports of this thread inside the block, the packages are not installed, unless they are loaded already."""
    finder = _Absent(frozenset(names), threading.get_ident())
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Absent(MetaPathFinder):
    def __init__(self, names: frozenset[str], thread_id: int) -> None:
        self._names = names
        self._thread_id = thread_id

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        # Another thread may be loading a model that needs one of them.
        if threading.get_ident() == self._thread_id and fullname.partition(".")[0] in self._names:
            raise ModuleNotFoundError(f"{fullname} is not needed here", name=fullname)
        return None

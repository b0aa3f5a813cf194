"""Values of metric labels: few by construction, whoever names them."""

import re

OTHER = "other"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NAME = re.compile(r"[A-Za-z0-9/][A-Za-z0-9 ._:/+{}-]{0,79}")
_CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")


class Bounded:
    """Lets the first `most` different names through; every later one is `other`, and so is what is no plain name."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: set[str] = set()

    def __call__(self, name: str) -> str:
        """The name, or `other`."""
        if name in self._known:
            return name
        if len(self._known) >= self._most or not _NAME.fullmatch(name):
            return OTHER
        self._known.add(name)
        return name


def method_of(name: str) -> str:
    """An HTTP method that is known, or `other`."""
    return name if name in _METHODS else OTHER


def status_class(status: int) -> str:
    """`2xx` and the like; `other` for what is no HTTP status."""
    return _CLASSES[status // 100 - 1] if 100 <= status < 600 else OTHER

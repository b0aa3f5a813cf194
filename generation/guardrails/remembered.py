"""A screen that remembers: the same passages are found again and again, and what is in them does not change."""

import threading
from collections import OrderedDict

from core import ids
from core.screening import Screening, TextScreen, TextSource

_MOST = 8192


class RememberedScreen:
    """Implements TextScreen over another one. Of a text only its key is kept, and where something was found."""

    def __init__(self, screen: TextScreen, *, most: int = _MOST) -> None:
        self._screen = screen
        self._most = most
        self._known: OrderedDict[str, Screening] = OrderedDict()
        self._lock = threading.Lock()

    def screen(self, text: str, *, source: TextSource, about: str = "") -> Screening:
        """What the other one finds."""
        key = ids.text_key(f"{source}\0{about}\0{text}")
        with self._lock:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
                return found
        found = self._screen.screen(text, source=source, about=about)
        with self._lock:
            self._known[key] = found
            if len(self._known) > self._most:
                self._known.popitem(last=False)
        return found

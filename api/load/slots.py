"""A request's place among those that are served at once, and how the making of a stream takes it over."""

from collections.abc import Callable

from starlette.types import Scope

_STATE = "slot"


class Slot:
    """Held while a request is worked on. Whoever keeps it gives it back; giving back twice does nothing."""

    def __init__(self, give_back: Callable[[], None]) -> None:
        self._give_back: Callable[[], None] | None = give_back
        self.is_kept = False

    def release(self) -> None:
        """Give it back."""
        give_back, self._give_back = self._give_back, None
        if give_back is not None:
            give_back()


def put_slot(scope: Scope, slot: Slot) -> None:
    """Let the request's route find its slot."""
    scope.setdefault("state", {})[_STATE] = slot


def keep_slot(scope: Scope) -> Callable[[], None]:
    """Keep the request's slot beyond its response, for work that goes on apart from it; returns what gives it back.

    A stream is made by a task of its own: the slot is held until that has ended, and not for as long as a slow client reads.
    """
    slot = scope.get("state", {}).get(_STATE)
    if not isinstance(slot, Slot):
        return lambda: None
    slot.is_kept = True
    return slot.release

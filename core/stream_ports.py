"""Where the events of streamed answers are kept for a while, so that a reader can come back: ports of at most six methods."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LoggedEvents:
    """What a log holds of a stream from after some event on.

    `events` are sealed bytes by their numbers, ascending and without gaps. `is_alive`: somebody still writes it, or it was
    finished; where it is False and no last event has come, whoever wrote it is gone.
    """

    owner: bytes = field(repr=False)
    events: tuple[tuple[int, bytes], ...] = field(repr=False)
    is_alive: bool


class EventLog(Protocol):
    """Short-lived, numbered events of streams. What it holds is sealed: it could not read it. Numbers count from 1."""

    async def begin(self, log_id: str, owner: bytes, *, lease_s: float, keep_s: float) -> None:
        """Begin a stream. It has a writer for `lease_s` seconds from now, and is forgotten `keep_s` after its last sign of life."""

    async def append(self, log_id: str, number: int, event: bytes, *, keep_s: float) -> None:
        """Keep an event; an event whose number is not the next is not kept."""

    async def extend(self, log_id: str, *, lease_s: float, keep_s: float) -> bool:
        """Say that the stream still has a writer; whether somebody has said lately that it is read elsewhere."""

    async def finish(self, log_id: str, *, keep_s: float) -> None:
        """Say that the last event was kept: the stream is forgotten after `keep_s` seconds."""

    async def read(self, log_id: str, *, after: int) -> LoggedEvents | None:
        """The events with higher numbers than `after`; None if there is no such stream (any more).

        Raises:
            DependencyDownError: The log does not answer.
        """

    async def attend(self, log_id: str, *, for_s: float) -> None:
        """Say that somebody reads the stream, for `for_s` seconds from now."""

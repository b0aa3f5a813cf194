"""Events of streams in the memory of this process."""

from collections import OrderedDict
from dataclasses import dataclass, field

from core.ports import Clock
from core.stream_ports import LoggedEvents

DEFAULT_MAX_BYTES = 64 * 1024 * 1024


@dataclass(slots=True)
class _Stream:
    owner: bytes
    lease_until_s: float
    expires_s: float
    attended_until_s: float = 0.0
    is_finished: bool = False
    events: list[bytes] = field(default_factory=list)


class MemoryEventLog:
    """Implements EventLog. Beyond `max_bytes` the streams that began first are forgotten."""

    def __init__(self, clock: Clock, *, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        """Start empty."""
        self._clock = clock
        self._max_bytes = max_bytes
        self._size_bytes = 0
        self._streams: OrderedDict[str, _Stream] = OrderedDict()

    async def begin(self, log_id: str, owner: bytes, *, lease_s: float, keep_s: float) -> None:
        """Begin a stream."""
        self._forget_expired()
        now_s = self._clock.monotonic_s()
        self._streams[log_id] = _Stream(owner, now_s + lease_s, now_s + lease_s + keep_s)

    async def append(self, log_id: str, number: int, event: bytes, *, keep_s: float) -> None:
        """Keep an event; an event whose number is not the next is not kept."""
        stream = self._stream(log_id)
        if stream is None or number != len(stream.events) + 1:
            return
        stream.events.append(event)
        stream.expires_s = max(stream.expires_s, self._clock.monotonic_s() + keep_s)
        self._size_bytes += len(event)
        while self._size_bytes > self._max_bytes:
            self._drop(next(iter(self._streams)))

    async def extend(self, log_id: str, *, lease_s: float, keep_s: float) -> bool:
        """Say that the stream still has a writer; whether somebody has said lately that it is read elsewhere."""
        stream, now_s = self._stream(log_id), self._clock.monotonic_s()
        if stream is None:
            return False
        stream.lease_until_s, stream.expires_s = now_s + lease_s, now_s + lease_s + keep_s
        return now_s < stream.attended_until_s

    async def finish(self, log_id: str, *, keep_s: float) -> None:
        """Say that the last event was kept."""
        stream = self._stream(log_id)
        if stream is not None:
            stream.is_finished = True
            stream.expires_s = self._clock.monotonic_s() + keep_s

    async def read(self, log_id: str, *, after: int) -> LoggedEvents | None:
        """The events with higher numbers than `after`; None if there is no such stream (any more)."""
        stream = self._stream(log_id)
        if stream is None:
            return None
        events = tuple(enumerate(stream.events, start=1))[after:]
        alive = stream.is_finished or self._clock.monotonic_s() < stream.lease_until_s
        return LoggedEvents(stream.owner, events, alive)

    async def attend(self, log_id: str, *, for_s: float) -> None:
        """Say that somebody reads the stream."""
        stream = self._stream(log_id)
        if stream is not None:
            stream.attended_until_s = self._clock.monotonic_s() + for_s

    def _stream(self, log_id: str) -> _Stream | None:
        stream = self._streams.get(log_id)
        if stream is not None and self._clock.monotonic_s() >= stream.expires_s:
            self._drop(log_id)
            return None
        return stream

    def _forget_expired(self) -> None:
        now_s = self._clock.monotonic_s()
        for log_id in [key for key, stream in self._streams.items() if now_s >= stream.expires_s]:
            self._drop(log_id)

    def _drop(self, log_id: str) -> None:
        stream = self._streams.pop(log_id, None)
        if stream is not None:
            self._size_bytes -= sum(map(len, stream.events))

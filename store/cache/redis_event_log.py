"""Events of streams in Redis, for all replicas. Of a stream: a Redis stream of events, and keys that expire by themselves."""

import logging
from collections.abc import Awaitable, Sequence
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from core.errors import DependencyDownError
from core.stream_ports import LoggedEvents

_log = logging.getLogger(__name__)
_MS_PER_S = 1000
_FIELD = b"event"
_FINISHED = b"finished"


class RedisEventLog:
    """Implements EventLog. While Redis is down nothing is kept: streams go on for those who read them already."""

    def __init__(self, client: Redis, *, prefix: str = "folio:answers:") -> None:
        """Use a client that returns bytes; `prefix` keeps the keys apart from those of other applications."""
        self._client = client
        self._prefix = prefix

    async def begin(self, log_id: str, owner: bytes, *, lease_s: float, keep_s: float) -> None:
        """Begin a stream."""
        await _tolerated(self._set(log_id, "owner", owner, lease_s + keep_s))
        await _tolerated(self._set(log_id, "alive", b"writing", lease_s))

    async def append(self, log_id: str, number: int, event: bytes, *, keep_s: float) -> None:
        """Keep an event; an event whose number is not the next is not kept."""
        events = self._key(log_id, "events")
        async with self._client.pipeline(transaction=True) as pipe:
            pipe.xadd(events, {_FIELD: event}, id=f"{number}-0")
            pipe.pexpire(events, _ms(keep_s), gt=False)
            try:
                await pipe.execute()
            except ResponseError:
                # Its number is not higher than the last one's: another event has it.
                return
            except RedisError as error:
                _warn(error)

    async def extend(self, log_id: str, *, lease_s: float, keep_s: float) -> bool:
        """Say that the stream still has a writer; whether somebody has said lately that it is read elsewhere."""
        async with self._client.pipeline(transaction=False) as pipe:
            pipe.set(self._key(log_id, "alive"), b"writing", px=_ms(lease_s))
            for part in ("owner", "events"):
                pipe.pexpire(self._key(log_id, part), _ms(lease_s + keep_s))
            pipe.exists(self._key(log_id, "read"))
            return bool((await _rows(pipe.execute()))[-1:] == [1])

    async def finish(self, log_id: str, *, keep_s: float) -> None:
        """Say that the last event was kept."""
        async with self._client.pipeline(transaction=True) as pipe:
            pipe.set(self._key(log_id, "alive"), _FINISHED, px=_ms(keep_s))
            for part in ("owner", "events"):
                pipe.pexpire(self._key(log_id, part), _ms(keep_s))
            await _rows(pipe.execute())

    async def read(self, log_id: str, *, after: int) -> LoggedEvents | None:
        """The events with higher numbers than `after`; None if there is no such stream (any more).

        Raises:
            DependencyDownError: Redis does not answer.
        """
        async with self._client.pipeline(transaction=True) as pipe:
            pipe.get(self._key(log_id, "owner"))
            pipe.get(self._key(log_id, "alive"))
            pipe.xrange(self._key(log_id, "events"), min=f"{after + 1}-0")
            try:
                owner, alive, rows = await pipe.execute()
            except RedisError as error:
                raise DependencyDownError(
                    f"Redis does not answer ({type(error).__name__}): check FOLIO_CACHE__URL"
                ) from None
        if owner is None:
            return None
        return LoggedEvents(owner, _unbroken(rows, after), alive is not None)

    async def attend(self, log_id: str, *, for_s: float) -> None:
        """Say that somebody reads the stream."""
        await _tolerated(self._set(log_id, "read", b"1", for_s))

    def _set(self, log_id: str, part: str, value: bytes, for_s: float) -> Awaitable[object]:
        return self._client.set(self._key(log_id, part), value, px=_ms(for_s))

    def _key(self, log_id: str, part: str) -> str:
        # In braces: a cluster keeps all parts of a stream on one node.
        return f"{self._prefix}{{{log_id}}}:{part}"


def _unbroken(rows: Sequence[tuple[bytes, dict[bytes, bytes]]], after: int) -> tuple[tuple[int, bytes], ...]:
    """The events up to the first that is missing: one was not kept while Redis was away."""
    events: list[tuple[int, bytes]] = []
    for number, (name, fields) in enumerate(rows, start=after + 1):
        if int(name.partition(b"-")[0]) != number:
            break
        events.append((number, fields[_FIELD]))
    return tuple(events)


def _ms(seconds: float) -> int:
    return max(1, round(seconds * _MS_PER_S))


async def _rows(call: Awaitable[list[Any]]) -> list[Any]:
    try:
        return await call
    except RedisError as error:
        _warn(error)
        return []


async def _tolerated(call: Awaitable[object]) -> None:
    try:
        await call
    except RedisError as error:
        _warn(error)


def _warn(error: RedisError) -> None:
    # Only the kind: the text may hold the address with its password.
    _log.warning("the log of streams does not answer (%s): check FOLIO_CACHE__URL", type(error).__name__)

"""Whether an API key that somebody shows opens: remembered for a short time, looked up again every few seconds.

Every process sees a revocation within `keys.refresh_s`. Nothing here opens when the store does not answer.
"""

import asyncio
import hashlib
import hmac
import logging
import os
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from core.api_keys import ApiKey, ApiKeys, Lock, id_in
from core.errors import DependencyDownError, FolioError, StoreBusyError
from core.identity_settings import KeySettings
from core.ports import Clock
from folio.key_hashing import key_hasher

_LOG = logging.getLogger(__name__)
_NOTED_EVERY_S = 60.0
_GATHERED_S = 1.0
_MOST_REMEMBERED = 10_000
_ANSWER_S = 10.0
_STRANGERS_AT_ONCE = 8
_STRANGERS_WAITING = 256

_Value = TypeVar("_Value")

OpenKeys = Callable[[], Awaitable[ApiKeys]]
"""Opens the store of keys; a FolioError where it does not answer."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A key as it was read at a time (monotonic, in seconds)."""

    key: ApiKey
    read_s: float


class KeyChecker:
    """One for a process. Many requests at once with one key read it once, and compare it once."""

    def __init__(
        self, open_keys: OpenKeys, *, settings: KeySettings, clock: Clock, answer_s: float = _ANSWER_S
    ) -> None:
        """`answer_s`: how long the store may take to say what it has of one key, in seconds."""
        self._answer_s = answer_s
        self._open_keys = open_keys
        self._settings = settings
        self._clock = clock
        self._hasher = key_hasher(settings.hash_memory_kib)
        self._salt = os.urandom(32)
        self._seen: _Remembered[_Seen] = _Remembered(_MOST_REMEMBERED)
        self._opened: _Remembered[tuple[str, float]] = _Remembered(_MOST_REMEMBERED)
        self._noted: _Remembered[float] = _Remembered(_MOST_REMEMBERED)
        self._reading: dict[str, asyncio.Task[ApiKey | None]] = {}
        self._comparing: dict[bytes, asyncio.Task[bool]] = {}
        self._uses: dict[str, datetime] = {}
        self._noting: asyncio.Task[None] | None = None
        self._strangers = asyncio.Semaphore(_STRANGERS_AT_ONCE)
        self._stranger_count = 0

    async def check(self, text: str) -> ApiKey | None:
        """The key, if it opens now; None if it is none, is unknown or wrong, was revoked or has expired.

        Raises:
            DependencyDownError: The store does not answer.
            StoreBusyError: Too many unknown keys are looked up at this moment.
        """
        key_id = id_in(text)
        if key_id is None:
            return None
        # A keyed hash of the key, never the key itself, is what memory holds.
        name = hmac.digest(self._salt, text.encode(), hashlib.sha256)
        key = self._remembered(key_id)
        if key is None or not await self._opens(key, text, name):
            # Whoever is turned away has waited for the store: how long it took does not tell whether the key exists. And a
            # secret that another process has just made counts at once.
            key = await self._read(key_id, is_friend=self._opened.get(name) is not None)
            if key is None or not await self._opens(key, text, name):
                return None
        self._note_use(key, self._clock.now())
        return key

    async def close(self) -> None:
        """Note what is still to be noted."""
        if self._noting is not None:
            self._noting.cancel()
            await asyncio.gather(self._noting, return_exceptions=True)
        await self._write_uses()

    def _remembered(self, key_id: str) -> ApiKey | None:
        seen = self._seen.get(key_id)
        fresh = seen is not None and self._clock.monotonic_s() - seen.read_s < self._settings.refresh_s
        return seen.key if seen and fresh else None

    async def _read(self, key_id: str, *, is_friend: bool) -> ApiKey | None:
        """The key as the store has it. Who has not come in before waits in a queue of its own."""
        name = f"{is_friend}:{key_id}"
        return await _shared(self._reading, name, lambda: self._read_alone(key_id, is_friend=is_friend))

    async def _read_alone(self, key_id: str, *, is_friend: bool) -> ApiKey | None:
        store = await self._open_keys()
        if is_friend:
            return await self._get(store, key_id)
        if self._stranger_count >= _STRANGERS_WAITING:
            raise StoreBusyError("too many unknown API keys are being looked up: try again later")
        self._stranger_count += 1
        try:
            async with self._strangers:
                return await self._get(store, key_id)
        finally:
            self._stranger_count -= 1

    async def _get(self, store: ApiKeys, key_id: str) -> ApiKey | None:
        read_s = self._clock.monotonic_s()  # before it is read: it is as old as that
        try:
            # Nothing else bounds a request that is not let in yet, and all that show the key wait for this one.
            async with asyncio.timeout(self._answer_s):
                found = await store.get(key_id)
        except TimeoutError as error:
            msg = "the catalog did not say in time whether a key may come in: try again later"
            raise DependencyDownError(msg) from error
        if found:
            self._seen.put(key_id, _Seen(found, read_s))
        return found

    async def _opens(self, key: ApiKey, text: str, name: bytes) -> bool:
        locks = tuple(lock for lock in key.locks_at(self._clock.now()) if lock.may_open(text))
        if not locks:
            return False
        before = self._opened.get(name)
        now_s = self._clock.monotonic_s()
        if (
            before
            and now_s - before[1] < self._settings.remember_s
            and any(x.hash == before[0] for x in locks)
        ):
            return True
        return await _shared(self._comparing, name, lambda: self._compare(locks, text, name))

    async def _compare(self, locks: tuple[Lock, ...], text: str, name: bytes) -> bool:
        for lock in locks:
            if await self._hasher.opens(lock, text):
                self._opened.put(name, (lock.hash, self._clock.monotonic_s()))
                return True
        return False

    def _note_use(self, key: ApiKey, now: datetime) -> None:
        """Note in the background that a key was used, once a minute: no request waits for it, or fails by it."""
        now_s = self._clock.monotonic_s()
        noted_s = self._noted.get(key.key_id)
        if noted_s is not None and now_s - noted_s < _NOTED_EVERY_S:
            return
        self._noted.put(key.key_id, now_s)
        self._uses[key.key_id] = now
        if self._noting is None or self._noting.done():
            self._noting = asyncio.create_task(self._note_later())

    async def _note_later(self) -> None:
        # One write for all that are used within the second, and for those that come while it is written another.
        while self._uses:
            await asyncio.sleep(_GATHERED_S)
            await self._write_uses()

    async def _write_uses(self) -> None:
        uses, self._uses = self._uses, {}
        if not uses:
            return
        try:
            await (await self._open_keys()).used(uses)
        except FolioError as error:
            _LOG.warning("the last uses of %d API keys were not noted: %s", len(uses), error.code)


class _Remembered(Generic[_Value]):
    """A bounded table that forgets what was used longest ago."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[str | bytes, _Value] = OrderedDict()

    def get(self, name: str | bytes) -> _Value | None:
        if name in self._values:
            self._values.move_to_end(name)
        return self._values.get(name)

    def put(self, name: str | bytes, value: _Value) -> None:
        self._values[name] = value
        self._values.move_to_end(name)
        if len(self._values) > self._most:
            self._values.popitem(last=False)


_Name = TypeVar("_Name", str, bytes)


async def _shared(
    running: "dict[_Name, asyncio.Task[_Value]]",
    name: _Name,
    start: Callable[[], Coroutine[Any, Any, _Value]],
) -> _Value:
    """The result of work that others may have begun already; whoever is cancelled does not cancel it for them."""
    task = running.get(name)
    if task is None:
        task = running[name] = asyncio.create_task(start())
        task.add_done_callback(lambda _: running.pop(name, None))
        # Where everybody who waited was cancelled, nobody asks for its error.
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return await asyncio.shield(task)

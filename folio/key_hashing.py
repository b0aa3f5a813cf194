"""Hashing and comparing API keys with argon2id: beside the event loop, a few at once."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.api_keys import Lock, mark_of

# OWASP's second choice. The secret has 256 random bits, so this is a second wall, not the first.
_ITERATIONS, _LANES = 2, 1
_AT_ONCE = 2


@cache
def key_hasher(memory_kib: int) -> "KeyHasher":
    """The one of this process."""
    return KeyHasher(memory_kib=memory_kib)


class KeyHasher:
    """Takes some 30 ms and `memory_kib` of memory for each key; more than two wait for each other."""

    def __init__(self, *, memory_kib: int) -> None:
        self._hasher = PasswordHasher(time_cost=_ITERATIONS, memory_cost=memory_kib, parallelism=_LANES)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="key-hash")

    async def lock(self, text: str) -> Lock:
        """What is kept of a key."""
        hashed = await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, text)
        return Lock(mark_of(text), hashed)

    async def opens(self, lock: Lock, text: str) -> bool:
        """Whether a lock is this key's."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._opens, lock.hash, text)

    def _opens(self, hashed: str, text: str) -> bool:
        try:
            return self._hasher.verify(hashed, text)
        except (VerificationError, InvalidHashError):
            return False

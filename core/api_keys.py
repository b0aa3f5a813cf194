"""API keys: what one is, how it is written, and the port of the store that keeps them. Pure.

A key is `folio_<id>_<secret><checksum>`: the id is public and names it in lists and logs, the secret is 256 random bits and is
shown once, the checksum lets a typo, or a scanner for leaked secrets, be told without asking anybody.
"""

import hashlib
import hmac
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from core.access import Principal
from core.errors import StoreBusyError

PREFIX = "folio_"
SECRET_BYTES = 32
ID_PATTERN = r"^[0-9a-f]{20}$"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_CHARS, _CHECKSUM_CHARS = 43, 6  # 62**43 > 2**256, 62**6 > 2**32
_WRITTEN = re.compile(
    rf"(folio_([0-9a-f]{{20}})_[0-9A-Za-z]{{{_SECRET_CHARS}}})([0-9A-Za-z]{{{_CHECKSUM_CHARS}}})"
)
_MARK_BYTES = 4


@dataclass(frozen=True, slots=True)
class Lock:
    """What is kept of a secret: its argon2id hash, and a mark of 32 bits of another hash.

    The mark turns away all but one of four thousand million wrong secrets at the price of an unknown id: neither the time nor
    the processor tells whether a key of this id exists. It leaves 224 unknown bits to whoever steals the table.
    """

    mark: str
    hash: str = field(repr=False)

    def may_open(self, text: str) -> bool:
        """Whether it is worth comparing the whole key with the argon2id hash."""
        return hmac.compare_digest(self.mark, mark_of(text))


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept: without its secret. `principal` is what whoever shows it reads as.

    `priority` orders those who wait: a lower one goes first. After a rotation `former` opens until `former_until`. `revision`
    counts the changes, uses not among them.
    """

    key_id: str
    name: str
    principal: Principal
    lock: Lock = field(repr=False)
    created_at: datetime
    created_by: str
    priority: int = 1
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    former: Lock | None = field(default=None, repr=False)
    former_until: datetime | None = None
    revision: int = 1

    def works_at(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def locks_at(self, now: datetime) -> tuple[Lock, ...]:
        """What may open at an instant: nothing of a key that does not work, and after a rotation two for a time."""
        if not self.works_at(now):
            return ()
        if self.former is None or self.former_until is None or now >= self.former_until:
            return (self.lock,)
        return (self.lock, self.former)


class KeyChangedError(StoreBusyError):
    """Somebody else has changed the key since it was read."""


def write_key(key_id: str, secret: bytes) -> str:
    """The key as it is shown: with the id (20 hexadecimal digits) and the secret (32 bytes)."""
    body = f"{PREFIX}{key_id}_{_base62(int.from_bytes(secret), _SECRET_CHARS)}"
    return body + _checksum(body)


def id_in(text: str) -> str | None:
    """The id in what may be a key; None if it is none, or was mistyped."""
    found = _WRITTEN.fullmatch(text)
    return found[2] if found and hmac.compare_digest(_checksum(found[1]), found[3]) else None


def mark_of(text: str) -> str:
    """The mark of a key (see `Lock`), 8 hexadecimal digits."""
    return hashlib.sha256(b"folio key mark\0" + text.encode()).hexdigest()[: 2 * _MARK_BYTES]


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECKSUM_CHARS)


def _base62(number: int, length: int) -> str:
    digits = ""
    for _ in range(length):
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits


class ApiKeys(Protocol):
    """Keeps keys, of all tenants."""

    async def add(self, key: ApiKey, *, max_count: int, forget_before: datetime) -> bool:
        """Keep a new key, unless its tenant has `max_count` that work already; whether it was kept.

        Keys of the tenant that were revoked or expired before `forget_before` are forgotten.
        """

    async def get(self, key_id: str) -> ApiKey | None:
        """One key, or None.

        Raises:
            DependencyDownError: The store does not answer.
        """

    async def page(self, tenant: str | None, *, limit: int, before: str | None = None) -> list[ApiKey]:
        """Keys of a tenant (None: of all), newest first, from before the id `before`."""

    async def save(self, key: ApiKey) -> None:
        """Replace the key of this id and of the revision before: all but its tenant, its creation and its last use.

        Raises:
            KeyChangedError: It has another revision by now, or has gone.
        """

    async def used(self, uses: Mapping[str, datetime]) -> None:
        """Note when keys (by id) were used, where that is later than what is noted."""

"""API keys on behalf of a principal: make, list, rename, rotate, revoke. Nobody gives away more than it has."""

import os
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.access import Principal
from core.api_keys import ID_PATTERN, SECRET_BYTES, ApiKey, ApiKeys, KeyChangedError, write_key
from core.audit import AuditEvent
from core.callers import RESERVED_SUBJECTS, covers
from core.config import Settings
from core.errors import ForbiddenError, InvalidInputError, NotFoundError
from core.identity_settings import KeySettings
from core.ports import Clock
from folio.key_hashing import key_hasher

if TYPE_CHECKING:
    from store.catalog.catalog import SqlCatalog

CREATED, CHANGED, ROTATED, REVOKED = "key.created", "key.changed", "key.rotated", "key.revoked"
"""Actions in the audit log."""

MAX_PAGE = 200
_ATTEMPTS = 5
_ID_RANDOM_BITS = 36
_MAX_NAME_CHARS = 100
_TENANT = re.compile(r"[A-Za-z0-9_.-]{1,64}")
# Of a key's subject. No space: `ann via shop` is what a service's user is called.
_SUBJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@+:|=-]{0,127}")

Record = Callable[[Sequence[AuditEvent]], Awaitable[None]]
Expected = Callable[[ApiKey], None]
"""Goes on if a key is as it is expected; it sees the very one that is then written."""


def _anything(key: ApiKey) -> None:
    """Any key is as it is expected."""


@dataclass(frozen=True, slots=True)
class Granter:
    """Who gives keys away, by which credential. `unbounded` is whoever runs Folio: of any tenant, with any rights."""

    principal: Principal
    credential: str = "command line"
    priority: int = 0
    until: datetime | None = None
    unbounded: bool = False


@dataclass(frozen=True, slots=True)
class KeyDraft:
    """A key that is to be made. `expires_at` None: as late as may be; a principal without a subject: one of the key's own."""

    name: str
    principal: Principal
    priority: int = 1
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was made or rotated, and how it is written: shown now and never again."""

    key: ApiKey
    text: str

    def __repr__(self) -> str:
        return f"NewKey(key={self.key!r})"


class KeyDesk:
    """Gives keys away and takes them back, on behalf of a granter. Keys of other tenants do not exist for it."""

    def __init__(
        self, store: ApiKeys, record: Record, *, granter: Granter, settings: KeySettings, clock: Clock
    ) -> None:
        """`record` appends to the audit log."""
        self._store = store
        self._record = record
        self._granter = granter
        self._settings = settings
        self._clock = clock
        self._hasher = key_hasher(settings.hash_memory_kib)

    async def create(self, draft: KeyDraft) -> NewKey:
        """Make a key. Its secret is told once it is in the audit log.

        Raises:
            ForbiddenError: It would have rights that the granter has not.
            InvalidInputError: Its subject cannot be one, it would have expired, or the tenant has too many keys.
        """
        now = self._clock.now()
        key_id = _new_id(now)
        who = replace(draft.principal, subject=draft.principal.subject or f"key:{key_id}")
        self._check_words(draft.name, who)
        self._check_rights(who, draft.priority)
        text = write_key(key_id, os.urandom(SECRET_BYTES))
        made = ApiKey(
            key_id=key_id,
            name=draft.name,
            principal=who,
            lock=await self._hasher.lock(text),
            created_at=now,
            created_by=self._granter.principal.subject,
            priority=draft.priority,
            expires_at=self._end(draft.expires_at, now),
        )
        forget_before = now - timedelta(seconds=self._settings.retention_s)
        count = self._settings.max_count
        if not await self._store.add(made, max_count=count, forget_before=forget_before):
            raise InvalidInputError(
                f"the tenant has {count} API keys in use, which is the limit of keys.max_count: revoke some"
            )
        await self._note(CREATED, made, _rights(made))
        return NewKey(made, text)

    async def page(self, *, limit: int = 50, before: str | None = None) -> list[ApiKey]:
        """Keys of the granter's tenant, newest first, from before the id `before`; those that have ended too.

        Raises:
            InvalidInputError: The limit is out of range.
        """
        if not 1 <= limit <= MAX_PAGE + 1:
            raise InvalidInputError(f"a limit is 1 to {MAX_PAGE}")
        tenant = None if self._granter.unbounded else self._granter.principal.tenant
        return await self._store.page(tenant, limit=limit, before=before)

    async def key(self, key_id: str) -> ApiKey:
        """One key.

        Raises:
            NotFoundError: There is none, or not in the granter's tenant.
        """
        found = await self._store.get(key_id) if re.fullmatch(ID_PATTERN, key_id) else None
        if found is None or not self._sees(found):
            raise NotFoundError("there is no API key with this id, or not for you")
        return found

    async def change(
        self,
        key_id: str,
        *,
        name: str | None = None,
        expires_at: datetime | None = None,
        expected: Expected = _anything,
    ) -> ApiKey:
        """Rename a key, or let it expire at another time; None: as it is.

        `expected`, here and below, raises if the key is not as the caller takes it to be.

        Raises:
            NotFoundError: As for `key`.
            ForbiddenError: It has rights that the granter has not, or would work for longer than the granter.
            InvalidInputError: It was revoked or has expired.
        """

        async def changed(key: ApiKey, now: datetime) -> ApiKey:
            self._check_live(key, now)
            wanted = replace(
                key,
                name=key.name if name is None else name,
                expires_at=self._end(expires_at, now) if expires_at else key.expires_at,
            )
            if wanted != key:
                await self._note(CHANGED, key, f"expires {_time(wanted.expires_at)}")
            return wanted

        return await self._saved(key_id, changed, expected)

    async def rotate(
        self, key_id: str, *, grace_s: float | None = None, expected: Expected = _anything
    ) -> NewKey:
        """Give a key another secret. The one before works for `grace_s` more (None: `keys.rotation_grace_s`).

        One that is still working since an earlier rotation stops at once.

        Raises:
            NotFoundError, ForbiddenError, InvalidInputError: As for `change`, or the time is too long.
        """
        grace = timedelta(seconds=self._grace(grace_s))
        text = ""

        async def rotated(key: ApiKey, now: datetime) -> ApiKey:
            nonlocal text
            self._check_live(key, now)
            text = write_key(key.key_id, os.urandom(SECRET_BYTES))
            lock = await self._hasher.lock(text)
            await self._note(ROTATED, key, f"the secret before works until {_time(now + grace)}")
            return replace(key, lock=lock, former=key.lock, former_until=now + grace)

        done = await self._saved(key_id, rotated, expected)
        return NewKey(done, text)

    async def revoke(self, key_id: str, *, expected: Expected = _anything) -> ApiKey:
        """Let a key work no more, whatever its rights; to do so again changes nothing.

        Raises:
            NotFoundError: As for `key`.
        """

        async def revoked(key: ApiKey, now: datetime) -> ApiKey:
            if key.revoked_at is not None:
                return key
            await self._note(REVOKED, key, "")
            return replace(key, revoked_at=now, former=None, former_until=None)

        return await self._saved(key_id, revoked, expected)

    async def _saved(
        self, key_id: str, change: Callable[[ApiKey, datetime], Awaitable[ApiKey]], expected: Expected
    ) -> ApiKey:
        for attempt in range(1, _ATTEMPTS + 1):
            key = await self.key(key_id)
            expected(key)
            changed = await change(key, self._clock.now())
            if changed == key:
                return key
            changed = replace(changed, revision=key.revision + 1)
            try:
                await self._store.save(changed)
            except KeyChangedError:
                if attempt == _ATTEMPTS:
                    raise
            else:
                return changed
        raise KeyChangedError("somebody else keeps changing the key: try again later")

    def _sees(self, key: ApiKey) -> bool:
        return self._granter.unbounded or key.principal.tenant == self._granter.principal.tenant

    def _check_live(self, key: ApiKey, now: datetime) -> None:
        self._check_rights(key.principal, key.priority)
        if not key.works_at(now):
            raise InvalidInputError("the API key was revoked or has expired: make a new one")

    def _check_words(self, name: str, who: Principal) -> None:
        if not 1 <= len(name) <= _MAX_NAME_CHARS:
            raise InvalidInputError(f"a key's name has 1 to {_MAX_NAME_CHARS} characters")
        if not _TENANT.fullmatch(who.tenant):
            raise InvalidInputError("a tenant is 1 to 64 letters, digits and signs of `_.-`")
        if not _SUBJECT.fullmatch(who.subject):
            raise InvalidInputError(
                "a key's subject is 1 to 128 letters, digits and signs of `_.@+:|=-`, the first a letter or digit"
            )
        if who.subject.casefold() in RESERVED_SUBJECTS and not self._granter.unbounded:
            raise ForbiddenError("this subject is Folio's own: choose another")

    def _check_rights(self, who: Principal, priority: int) -> None:
        granter = self._granter
        if granter.unbounded:
            return
        if not covers(granter.principal, who):
            raise ForbiddenError(
                "an API key can have at most the clearance, the groups and the scopes of who makes, changes or rotates it"
            )
        if priority < granter.priority:
            raise ForbiddenError(f"the priority is {granter.priority} at least, which is your own")

    def _end(self, wanted: datetime | None, now: datetime) -> datetime | None:
        if wanted is not None and wanted <= now:
            raise InvalidInputError("the API key would have expired already: name a later time")
        longest = self._settings.max_lifetime_s
        bounds = [now + timedelta(seconds=longest)] if longest else []
        if self._granter.until is not None:
            bounds.append(self._granter.until)
        if not bounds:
            return wanted
        if wanted is not None and wanted > min(bounds):
            raise ForbiddenError(
                f"an API key works until {_time(min(bounds))} at most: as long as the key that makes it, and as the "
                "setting keys.max_lifetime_s says"
            )
        return wanted or min(bounds)

    def _grace(self, wanted_s: float | None) -> float:
        longest = self._settings.max_rotation_grace_s
        if wanted_s is None:
            return min(self._settings.rotation_grace_s, longest)
        if not 0 <= wanted_s <= longest:
            raise InvalidInputError(
                f"the secret before can work for {longest:g} s at most: the limit is the setting keys.max_rotation_grace_s"
            )
        return wanted_s

    async def _note(self, action: str, key: ApiKey, detail: str) -> None:
        who = self._granter.principal.subject
        said = "; ".join(filter(None, (f"by {self._granter.credential}", detail)))
        await self._record([AuditEvent(key.principal.tenant, who, action, key.key_id, said)])


def create_key_desk(
    settings: Settings, catalog: "SqlCatalog", clock: Clock, *, granter: Granter | None = None
) -> KeyDesk:
    """The desk over an open catalog; without a granter for whoever runs Folio."""
    who = granter or Granter(settings.principal(), unbounded=True)
    return KeyDesk(catalog.api_keys, catalog.audit.append, granter=who, settings=settings.keys, clock=clock)


def _new_id(now: datetime) -> str:
    """Twenty hexadecimal digits that grow with time: eleven of milliseconds, nine of chance."""
    chance = int.from_bytes(os.urandom(8)) >> (64 - _ID_RANDOM_BITS)
    return f"{int(now.timestamp() * 1000):011x}{chance:09x}"


def _rights(key: ApiKey) -> str:
    """What a key may, for the audit log. Groups are counted: their names are the tenant's own words."""
    who = key.principal
    scopes = ",".join(sorted(who.scopes)) or "none"
    return f"scopes {scopes}; clearance {who.clearance.label}; {len(who.groups)} groups; expires {_time(key.expires_at)}"


def _time(moment: datetime | None) -> str:
    return "never" if moment is None else moment.isoformat(timespec="seconds").replace("+00:00", "Z")

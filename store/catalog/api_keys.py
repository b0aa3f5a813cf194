"""API keys in the catalog's database."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.access import Principal, Tier
from core.api_keys import ApiKey, KeyChangedError, Lock
from core.ports import Clock
from store.catalog.api_key_tables import api_keys
from store.catalog.engine import Database

_LOCK_ID = 4_702_111_234_474_983_761  # any constant; it names this lock among the server's advisory locks
_KEPT = frozenset({"key_id", "tenant", "created_at", "created_by", "last_used_at"})


class SqlApiKeys:
    """Implements ApiKeys over SQLite or Postgres."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def add(self, key: ApiKey, *, max_count: int, forget_before: datetime) -> bool:
        """Keep a new key, unless its tenant has `max_count` that work; forget those that ended before an instant."""
        of_tenant, now = api_keys.c.tenant == key.principal.tenant, self._clock.now()
        over = (api_keys.c.revoked_at < forget_before) | (api_keys.c.expires_at < forget_before)
        works = api_keys.c.revoked_at.is_(None) & (
            api_keys.c.expires_at.is_(None) | (api_keys.c.expires_at > now)
        )
        count = sa.select(sa.func.count()).select_from(api_keys).where(of_tenant, works)
        async with self._database.writing() as connection:
            # SQLite's writers take turns anyway. Without turns two could both be the last that there is room for.
            if connection.dialect.name == "postgresql":
                await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_ID)))
            await connection.execute(sa.delete(api_keys).where(of_tenant, over))
            if (await connection.execute(count)).scalar_one() >= max_count:
                return False
            await connection.execute(sa.insert(api_keys), _to_row(key))
        return True

    async def get(self, key_id: str) -> ApiKey | None:
        """One key, or None."""
        async with self._database.reading() as connection:
            found = await connection.execute(sa.select(api_keys).where(api_keys.c.key_id == key_id))
            row = found.mappings().first()
        return _from_row(row) if row else None

    async def page(self, tenant: str | None, *, limit: int, before: str | None = None) -> list[ApiKey]:
        """Keys of a tenant (None: of all), newest first: ids grow with time."""
        query = sa.select(api_keys).order_by(api_keys.c.key_id.desc()).limit(limit)
        if tenant is not None:
            query = query.where(api_keys.c.tenant == tenant)
        if before is not None:
            query = query.where(api_keys.c.key_id < before)
        async with self._database.reading() as connection:
            return [_from_row(row) for row in (await connection.execute(query)).mappings()]

    async def save(self, key: ApiKey) -> None:
        """Replace a key whose revision is the one before.

        Raises:
            KeyChangedError: It has another one by now, or has gone.
        """
        same = (api_keys.c.key_id == key.key_id) & (api_keys.c.revision == key.revision - 1)
        values = {name: value for name, value in _to_row(key).items() if name not in _KEPT}
        async with self._database.writing() as connection:
            done = await connection.execute(sa.update(api_keys).where(same).values(**values))
        if not done.rowcount:
            raise KeyChangedError("somebody else has changed the key meanwhile: look at it and try again")

    async def used(self, uses: Mapping[str, datetime]) -> None:
        """Note later uses."""
        async with self._database.writing() as connection:
            # In one order everywhere: two processes that note the same keys must not wait for each other in a ring.
            for key_id, at in sorted(uses.items()):
                earlier = api_keys.c.last_used_at.is_(None) | (api_keys.c.last_used_at < at)
                note = sa.update(api_keys).where(api_keys.c.key_id == key_id, earlier)
                await connection.execute(note.values(last_used_at=at))


def _to_row(key: ApiKey) -> dict[str, Any]:
    who = key.principal
    return {
        "key_id": key.key_id,
        "tenant": who.tenant,
        "name": key.name,
        "subject": who.subject,
        "clearance": int(who.clearance),
        "groups": sorted(who.groups),
        "scopes": sorted(who.scopes),
        "priority": key.priority,
        "secret_hash": key.lock.hash,
        "secret_mark": key.lock.mark,
        "former_hash": key.former.hash if key.former else None,
        "former_mark": key.former.mark if key.former else None,
        "former_until": key.former_until,
        "created_at": key.created_at,
        "created_by": key.created_by,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
        "revision": key.revision,
    }


def _from_row(row: sa.RowMapping) -> ApiKey:
    former = Lock(row["former_mark"], row["former_hash"]) if row["former_hash"] else None
    return ApiKey(
        key_id=row["key_id"],
        name=row["name"],
        principal=Principal(
            row["tenant"],
            row["subject"],
            Tier(row["clearance"]),
            frozenset(row["groups"]),
            frozenset(row["scopes"]),
        ),
        lock=Lock(row["secret_mark"], row["secret_hash"]),
        created_at=row["created_at"],
        created_by=row["created_by"],
        priority=row["priority"],
        expires_at=row["expires_at"],
        last_used_at=row["last_used_at"],
        revoked_at=row["revoked_at"],
        former=former,
        former_until=row["former_until"],
        revision=row["revision"],
    )

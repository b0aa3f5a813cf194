"""Webhooks in the catalog's database, and the messages to them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.access import Principal, Tier
from core.ports import Clock
from core.webhooks import Attempt, Delivery, DeliveryState, EventType, Webhook
from store.catalog.engine import Database
from store.catalog.webhook_tables import webhook_deliveries as deliveries
from store.catalog.webhook_tables import webhooks

_PLAIN = [
    *(
        "number",
        "message_id",
        "webhook_id",
        "doc_id",
        "payload",
        "attempt_count",
        "last_status",
        "last_error",
    ),
    *("created_at", "available_at", "finished_at"),
]


class SqlWebhooks:
    """Implements WebhookStore over SQLite or Postgres."""

    def __init__(self, database: Database) -> None:
        """Use a database that has been migrated."""
        self._database = database

    async def add(self, webhook: Webhook) -> None:
        """Insert a subscription."""
        async with self._database.writing() as connection:
            await connection.execute(sa.insert(webhooks), _to_row(webhook))

    async def of_tenant(self, tenant: str) -> list[Webhook]:
        """All subscriptions of a tenant by id."""
        query = of_tenants([tenant]).order_by(webhooks.c.webhook_id)
        async with self._database.reading() as connection:
            return [from_row(row) for row in (await connection.execute(query)).mappings().all()]

    async def webhook(self, webhook_id: str) -> Webhook | None:
        """One subscription, or None."""
        query = sa.select(webhooks).where(webhooks.c.webhook_id == webhook_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().first()
        return from_row(row) if row else None

    async def remove(self, webhook_id: str) -> None:
        """Remove a subscription and all messages to it."""
        async with self._database.writing() as connection:
            await connection.execute(sa.delete(webhooks).where(webhooks.c.webhook_id == webhook_id))

    async def deliveries(
        self, webhook_id: str, *, limit: int, before: int | None = None, state: DeliveryState | None = None
    ) -> list[Delivery]:
        """Messages to a subscription, newest first, from before the number `before`."""
        query = sa.select(deliveries).where(deliveries.c.webhook_id == webhook_id)
        if before is not None:
            query = query.where(deliveries.c.number < before)
        if state is not None:
            query = query.where(deliveries.c.state == state.value)
        async with self._database.reading() as connection:
            found = await connection.execute(query.order_by(deliveries.c.number.desc()).limit(limit))
            return [_delivery(row) for row in found.mappings().all()]


class SqlDeliveries:
    """Implements DeliveryQueue over SQLite or Postgres."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def claim(self, owner: str, *, limit: int, lease_s: float) -> list[Delivery]:
        """Reserve messages that are due; of one document to one webhook only the oldest."""
        now = self._clock.now()
        due = _due(now).limit(limit)
        # A look first: most of the time there is nothing, and a writer keeps SQLite's other writers waiting.
        async with self._database.reading() as connection:
            if (await connection.execute(due.limit(1))).first() is None:
                return []
        async with self._database.writing() as connection:
            found = await connection.execute(due.with_for_update(skip_locked=True))
            claimed = [_delivery(row) for row in found.mappings().all()]
            reserved = sa.update(deliveries).where(deliveries.c.number.in_([row.number for row in claimed]))
            lease_until = now + timedelta(seconds=lease_s)
            await connection.execute(reserved.values(owner=owner, lease_until=lease_until))
        return claimed

    async def record(self, owner: str, attempts: Sequence[Attempt]) -> None:
        """Note what came of the tries, and give the messages free."""
        async with self._database.writing() as connection:
            for attempt in attempts:
                ours = (deliveries.c.number == attempt.number) & (deliveries.c.owner == owner)
                await connection.execute(sa.update(deliveries).where(ours).values(**self._tried(attempt)))

    async def give_back(self, owner: str) -> None:
        """Give free what the owner has reserved."""
        ours = sa.update(deliveries).where(deliveries.c.owner == owner)
        async with self._database.writing() as connection:
            await connection.execute(ours.values(owner=None, lease_until=None))

    async def purge(self, before: datetime) -> None:
        """Forget messages that were delivered or given up before an instant."""
        over = deliveries.c.state != DeliveryState.PENDING.value
        async with self._database.writing() as connection:
            await connection.execute(sa.delete(deliveries).where(over, deliveries.c.finished_at < before))

    def _tried(self, attempt: Attempt) -> dict[str, Any]:
        now = self._clock.now()
        return {
            "state": attempt.state.value,
            "attempt_count": deliveries.c.attempt_count + 1,
            "last_status": attempt.status,
            "last_error": attempt.error,
            "owner": None,
            "lease_until": None,
            "available_at": attempt.retry_at or now,
            "finished_at": None if attempt.retry_at else now,
        }


def of_tenants(tenants: Sequence[str]) -> sa.Select[Any]:
    """The subscriptions of tenants."""
    return sa.select(webhooks).where(webhooks.c.tenant.in_(tenants))


def from_row(row: sa.RowMapping) -> Webhook:
    """The subscription of a row that holds all columns."""
    return Webhook(
        webhook_id=row["webhook_id"],
        url=row["url"],
        events=frozenset(map(EventType, row["events"])),
        principal=Principal(row["tenant"], row["subject"], Tier(row["clearance"]), frozenset(row["groups"])),
        sealed_secret=row["sealed_secret"],
        created_at=row["created_at"],
    )


def _to_row(webhook: Webhook) -> dict[str, Any]:
    return {
        "webhook_id": webhook.webhook_id,
        "tenant": webhook.principal.tenant,
        "subject": webhook.principal.subject,
        "clearance": int(webhook.principal.clearance),
        "groups": sorted(webhook.principal.groups),
        "url": webhook.url,
        "events": sorted(event.value for event in webhook.events),
        "sealed_secret": webhook.sealed_secret,
        "created_at": webhook.created_at,
    }


def _due(now: datetime) -> sa.Select[Any]:
    earlier = deliveries.alias("earlier")
    overtakes = sa.exists().where(
        earlier.c.webhook_id == deliveries.c.webhook_id,
        earlier.c.doc_id == deliveries.c.doc_id,
        earlier.c.state == DeliveryState.PENDING.value,
        earlier.c.number < deliveries.c.number,
    )
    due = (
        (deliveries.c.state == DeliveryState.PENDING.value)
        & (deliveries.c.available_at <= now)
        & (deliveries.c.lease_until.is_(None) | (deliveries.c.lease_until <= now))
    )
    return sa.select(deliveries).where(due, ~overtakes).order_by(deliveries.c.number)


def _delivery(row: sa.RowMapping) -> Delivery:
    return Delivery(
        **{name: row[name] for name in _PLAIN},
        event=EventType(row["event"]),
        state=DeliveryState(row["state"]),
    )

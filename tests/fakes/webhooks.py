"""Webhooks and the messages to them in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from core.ports import Clock
from core.webhooks import Attempt, Delivery, DeliveryState, Webhook


class FakeWebhooks:
    """Implements WebhookStore and DeliveryQueue with dictionaries. `put` adds a message, as a write would."""

    def __init__(self, clock: Clock) -> None:
        self.rows: dict[str, Webhook] = {}
        self.messages: dict[int, Delivery] = {}
        self._leases: dict[int, tuple[str, datetime]] = {}
        self._clock = clock

    def put(self, delivery: Delivery) -> None:
        self.messages[delivery.number] = delivery

    async def add(self, webhook: Webhook) -> None:
        self.rows[webhook.webhook_id] = webhook

    async def of_tenant(self, tenant: str) -> list[Webhook]:
        return [row for _, row in sorted(self.rows.items()) if row.principal.tenant == tenant]

    async def webhook(self, webhook_id: str) -> Webhook | None:
        return self.rows.get(webhook_id)

    async def remove(self, webhook_id: str) -> None:
        self.rows.pop(webhook_id, None)
        self.messages = {number: row for number, row in self.messages.items() if row.webhook_id != webhook_id}

    async def deliveries(
        self, webhook_id: str, *, limit: int, before: int | None = None, state: DeliveryState | None = None
    ) -> list[Delivery]:
        return [
            row
            for number, row in sorted(self.messages.items(), reverse=True)
            if row.webhook_id == webhook_id
            and (before is None or number < before)
            and state in {None, row.state}
        ][:limit]

    async def claim(self, owner: str, *, limit: int, lease_s: float) -> list[Delivery]:
        now = self._clock.now()
        pending = [row for _, row in sorted(self.messages.items()) if row.state is DeliveryState.PENDING]
        oldest = {(row.webhook_id, row.doc_id): row for row in reversed(pending)}
        due = [
            row
            for row in pending
            if oldest[row.webhook_id, row.doc_id] is row
            and row.available_at <= now
            and (row.number not in self._leases or self._leases[row.number][1] <= now)
        ][:limit]
        for row in due:
            self._leases[row.number] = (owner, now + timedelta(seconds=lease_s))
        return due

    async def record(self, owner: str, attempts: Sequence[Attempt]) -> None:
        now = self._clock.now()
        for attempt in attempts:
            if self._leases.get(attempt.number, ("", now))[0] == owner and attempt.number in self.messages:
                row = self.messages[attempt.number]
                del self._leases[attempt.number]
                self.messages[attempt.number] = replace(
                    row,
                    state=attempt.state,
                    attempt_count=row.attempt_count + 1,
                    last_status=attempt.status,
                    last_error=attempt.error,
                    available_at=attempt.retry_at or now,
                    finished_at=None if attempt.retry_at else now,
                )

    async def give_back(self, owner: str) -> None:
        self._leases = {number: lease for number, lease in self._leases.items() if lease[0] != owner}

    async def purge(self, before: datetime) -> None:
        self.messages = {
            number: row
            for number, row in self.messages.items()
            if row.state is DeliveryState.PENDING or (row.finished_at and row.finished_at >= before)
        }

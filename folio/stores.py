"""What the service keeps besides documents: jobs, idempotency keys, webhooks and the messages to them, blocked questions."""

from dataclasses import dataclass

from core.guardrails import Appeals
from core.ports import DeliveryQueue, IdempotencyKeys, JobQueue, JobStore, WebhookStore


@dataclass(frozen=True, slots=True)
class ServiceStores:
    """The open stores. `jobs` is for those who ask for jobs, `queue` for those who do them."""

    jobs: JobStore
    queue: JobQueue
    keys: IdempotencyKeys
    webhooks: WebhookStore
    deliveries: DeliveryQueue
    appeals: Appeals

"""Webhooks over HTTP."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from core.webhooks import Delivery, DeliveryState, EventType, Webhook

_ALL = tuple(EventType)


class WebhookRequest(BaseModel):
    """What to subscribe to."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(min_length=1, max_length=2000, description="where messages are posted to")]
    events: Annotated[tuple[EventType, ...], Field(min_length=1, max_length=10)] = _ALL
    secret: Annotated[
        str | None,
        Field(max_length=200, description="`whsec_` and 24 to 64 bytes in Base64; absent: one is made"),
    ] = None


class WebhookBody(BaseModel):
    """A subscription."""

    id: str
    url: str
    events: list[EventType]
    created_at: datetime

    @classmethod
    def of(cls, webhook: Webhook) -> Self:
        """The wire form of a subscription."""
        return cls(
            id=webhook.webhook_id,
            url=webhook.url,
            events=sorted(webhook.events),
            created_at=webhook.created_at,
        )


class NewWebhookBody(WebhookBody):
    """A subscription that was just made."""

    secret: str = Field(description="signs every message; shown this once")


class WebhookPage(BaseModel):
    """One page of webhooks, by id."""

    data: list[WebhookBody]
    next_cursor: str | None = Field(description="pass it as `cursor` for the next page; null on the last")
    has_more: bool


class DeliveryBody(BaseModel):
    """A message to a webhook and what came of it."""

    number: int
    message_id: str = Field(description="the header `webhook-id` of every try")
    event: EventType
    doc_id: str
    state: DeliveryState
    attempt_count: int
    last_status: int | None = Field(description="the status that the receiver answered last")
    last_error: str | None
    created_at: datetime
    available_at: datetime = Field(description="of one that is pending: not tried before")
    finished_at: datetime | None

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """The wire form of a message."""
        return cls(
            number=delivery.number,
            message_id=delivery.message_id,
            event=delivery.event,
            doc_id=delivery.doc_id,
            state=delivery.state,
            attempt_count=delivery.attempt_count,
            last_status=delivery.last_status,
            last_error=delivery.last_error,
            created_at=delivery.created_at,
            available_at=delivery.available_at,
            finished_at=delivery.finished_at,
        )


class DeliveryPage(BaseModel):
    """One page of messages, newest first."""

    data: list[DeliveryBody]
    next_cursor: int | None = Field(description="pass it as `cursor` for the next page; null on the last")
    has_more: bool

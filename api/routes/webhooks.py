"""Webhooks: who is told when a document was indexed, failed or was deleted."""

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.conditional import answer_if_changed, tag_of
from api.lifespan import Services, ServicesParam
from api.paging import cut
from api.schemas.webhooks import (
    DeliveryBody,
    DeliveryPage,
    NewWebhookBody,
    WebhookBody,
    WebhookPage,
    WebhookRequest,
)
from core.errors import NotFoundError
from core.webhooks import DeliveryState, Webhook

router = APIRouter(tags=["webhooks"], prefix="/webhooks")

_ID_PATTERN = r"^wh_[0-9a-f]{1,64}$"
_MAX_PAGE = 500


@router.post("", status_code=201)
async def create_webhook(body: WebhookRequest, response: Response, services: ServicesParam) -> NewWebhookBody:
    """Subscribe. Messages are about documents that the caller may read; the secret is shown this once."""
    desk = await services.webhook_desk()
    webhook, secret = await desk.subscribe(
        services.principal, body.url, events=body.events, secret=body.secret
    )
    response.headers["Location"] = f"webhooks/{webhook.webhook_id}"
    return NewWebhookBody(**WebhookBody.of(webhook).model_dump(), secret=secret)


@router.get("")
async def list_webhooks(
    services: ServicesParam,
    limit: Annotated[int, Query(ge=1, le=_MAX_PAGE)] = 50,
    cursor: Annotated[str | None, Query(pattern=_ID_PATTERN, description="`next_cursor` of a page")] = None,
) -> WebhookPage:
    """A page of the webhooks of the caller, and of those whose messages it may read all of, by id."""
    stores = await services.stores()
    found = await stores.webhooks.of_tenant(services.principal.tenant)
    bodies = [WebhookBody.of(webhook) for webhook in found if _is_ours(webhook, services)]
    page, next_cursor = cut(bodies, [body.id for body in bodies], limit=limit, after=cursor)
    return WebhookPage(data=page, next_cursor=next_cursor, has_more=next_cursor is not None)


@router.get("/{webhook_id}")
async def get_webhook(
    webhook_id: str, request: Request, response: Response, services: ServicesParam
) -> WebhookBody:
    """One webhook, without its secret."""
    body = WebhookBody.of(await _webhook(webhook_id, services))
    answer_if_changed(request, response, tag_of(body))
    return body


@router.delete("/{webhook_id}", status_code=204)
async def delete_webhook(webhook_id: str, services: ServicesParam) -> None:
    """Unsubscribe. What was not delivered yet is not delivered any more."""
    await _webhook(webhook_id, services)
    await (await services.stores()).webhooks.remove(webhook_id)


@router.get("/{webhook_id}/deliveries")
async def list_deliveries(
    webhook_id: str,
    services: ServicesParam,
    limit: Annotated[int, Query(ge=1, le=_MAX_PAGE)] = 50,
    cursor: Annotated[int | None, Query(ge=0, le=2**62, description="`next_cursor` of a page")] = None,
    state: Annotated[DeliveryState | None, Query(description="none: all")] = None,
) -> DeliveryPage:
    """Messages to a webhook, newest first, and what came of them."""
    await _webhook(webhook_id, services)
    stores = await services.stores()
    found = await stores.webhooks.deliveries(webhook_id, limit=limit + 1, before=cursor, state=state)
    page, has_more = found[:limit], len(found) > limit
    return DeliveryPage(
        data=[DeliveryBody.of(delivery) for delivery in page],
        next_cursor=page[-1].number if has_more else None,
        has_more=has_more,
    )


async def _webhook(webhook_id: str, services: Services) -> Webhook:
    stores = await services.stores()
    found = await stores.webhooks.webhook(webhook_id) if re.fullmatch(_ID_PATTERN, webhook_id) else None
    if found is None or not _is_ours(found, services):
        raise NotFoundError("there is no webhook with this id, or not for you")
    return found


def _is_ours(webhook: Webhook, services: Services) -> bool:
    """Whose webhook it is sees it, and who may read all that its messages can be about."""
    who, owner = services.principal, webhook.principal
    reads_all = set(owner.keys) <= set(who.keys)
    return owner.tenant == who.tenant and (owner.subject == who.subject or reads_all)

"""Subscribing to what becomes of documents."""

import base64
import binascii
import os
from collections.abc import Collection
from uuid import uuid4

from core.access import Principal
from core.errors import InvalidInputError
from core.ports import Clock, WebhookStore
from core.service_settings import WebhookSettings
from core.webhooks import EventType, Webhook
from folio.outgoing import checked_url
from folio.sealing import Seal

SECRET_PREFIX = "whsec_"  # noqa: S105 - the prefix of every secret, not one
_NEW_SECRET_BYTES = 32
_SECRET_BYTES = range(24, 65)


class WebhookDesk:
    """Takes subscriptions in."""

    def __init__(self, store: WebhookStore, *, settings: WebhookSettings, seal: Seal, clock: Clock) -> None:
        self._store = store
        self._settings = settings
        self._seal = seal
        self._clock = clock

    async def subscribe(
        self, principal: Principal, url: str, *, events: Collection[EventType], secret: str | None = None
    ) -> tuple[Webhook, str]:
        """A new webhook and its signing secret, which is shown this once.

        Raises:
            InvalidInputError: The URL or the secret cannot be used, or the tenant has too many webhooks.
        """
        checked_url(url, allow_private=self._settings.allow_private)
        shown = _checked_secret(secret) if secret is not None else _new_secret()
        if len(await self._store.of_tenant(principal.tenant)) >= self._settings.max_count:
            raise InvalidInputError(
                f"there are {self._settings.max_count} webhooks already: delete one, or raise webhooks.max_count"
            )
        webhook = Webhook(
            webhook_id=f"wh_{uuid4().hex}",
            url=url,
            events=frozenset(events),
            principal=principal,
            sealed_secret=self._seal.close(shown),
            created_at=self._clock.now(),
        )
        await self._store.add(webhook)
        return webhook, shown


def _new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(os.urandom(_NEW_SECRET_BYTES)).decode()


def _checked_secret(secret: str) -> str:
    """As the Standard Webhooks specification asks for: `whsec_` and 24 to 64 bytes in Base64."""
    try:
        length = len(base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True))
    except (binascii.Error, ValueError):
        length = 0
    if not secret.startswith(SECRET_PREFIX) or length not in _SECRET_BYTES:
        raise InvalidInputError(
            f"a webhook's secret is '{SECRET_PREFIX}' and {_SECRET_BYTES.start} to {_SECRET_BYTES.stop - 1} bytes in "
            "Base64; leave it out to have one made"
        )
    return secret

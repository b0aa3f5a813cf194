"""Delivers messages to webhooks, signed by the Standard Webhooks specification (https://www.standardwebhooks.com).

At least once: a message that was accepted may come again if this process dies before it has noted so, always with the
same `webhook-id`. Messages about one document come to one webhook in the order of its changes: the next one waits until
the one before was accepted or given up.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus

import httpx

from core.errors import FolioError
from core.ports import Clock, DeliveryQueue, WebhookStore
from core.service_settings import WebhookSettings
from core.webhooks import Attempt, Delivery, DeliveryState, Webhook
from folio.jobs import new_owner
from folio.outgoing import RefusedTargetError, resolved
from folio.sealing import Seal

_LONGEST_PAUSE_S = 3600.0
_ASKS_TO_WAIT = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
_LOG = logging.getLogger(__name__)


def pause_s(attempt_count: int, *, first_s: float, factor: float) -> float:
    """Seconds after a failed try: doubled with each one up to an hour, times a random factor from 0.5 to 1."""
    return min(first_s * 2.0 ** min(attempt_count - 1, 32), _LONGEST_PAUSE_S) * factor


def signature_headers(message_id: str, body: str, *, secret: str, now: datetime) -> dict[str, str]:
    """What proves to the receiver that the message is ours and how old it is."""
    from standardwebhooks import Webhook as Signer

    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Signer(secret).sign(msg_id=message_id, timestamp=now, data=body),
    }


class Deliverer:
    """Sends what is due. Several, in many processes, never send the same message at the same time."""

    def __init__(
        self,
        queue: DeliveryQueue,
        webhooks: WebhookStore,
        *,
        settings: WebhookSettings,
        seal: Callable[[], Seal],
        clock: Clock,
    ) -> None:
        """`seal` is asked for once something is to be sent."""
        self._queue = queue
        self._webhooks = webhooks
        self._settings = settings
        self._seal = seal
        self._clock = clock
        self._owner = new_owner()

    async def run_once(self) -> int:
        """Send a batch of what is due; how many messages it was. Cancelled, it gives back what it has not sent.

        Raises:
            FolioError: The catalog does not answer.
        """
        limit, lease_s = self._settings.batch_count, self._settings.timeout_s * 2 + 30.0
        due = await self._queue.claim(self._owner, limit=limit, lease_s=lease_s)
        if not due:
            return 0
        try:
            async with self._client() as client:
                await asyncio.gather(*(self._deliver(client, message) for message in due))
        except BaseException:
            await self._queue.give_back(self._owner)
            raise
        return len(due)

    async def _deliver(self, client: httpx.AsyncClient, message: Delivery) -> None:
        webhook = await self._webhooks.webhook(message.webhook_id)
        if webhook is None:
            return  # deleted meanwhile, and its messages with it
        attempt = await self._try(client, message, webhook)
        if attempt.state is DeliveryState.DEAD:
            _LOG.warning(
                "webhook %s: message %s was given up: %s",
                webhook.webhook_id,
                message.message_id,
                attempt.error,
            )
        await self._queue.record(self._owner, [attempt])

    async def _try(self, client: httpx.AsyncClient, message: Delivery, webhook: Webhook) -> Attempt:
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                status, retry_after_s = await self._send(client, message, webhook)
        except (TimeoutError, httpx.TimeoutException):
            return self._failed(message, f"no answer within {self._settings.timeout_s:g} s")
        except RefusedTargetError as error:
            return Attempt(message.number, DeliveryState.DEAD, error=error.detail)
        except FolioError as error:
            return self._failed(message, error.detail)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            return self._failed(message, f"the receiver cannot be reached ({type(error).__name__})")
        return self._answered(message, status, retry_after_s)

    def _answered(self, message: Delivery, status: int, retry_after_s: float) -> Attempt:
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return Attempt(message.number, DeliveryState.DELIVERED, status)
        if status == HTTPStatus.GONE:
            why = "the receiver answered 410: it wants no more"
            return Attempt(message.number, DeliveryState.DEAD, status, why)
        why = f"the receiver answered {status}"
        return self._failed(message, why, status=status, least_s=retry_after_s)

    async def _send(
        self, client: httpx.AsyncClient, message: Delivery, webhook: Webhook
    ) -> tuple[int, float]:
        """The status of the answer and the seconds it asks to wait. Its body is not read, redirects are not followed."""
        target = await resolved(webhook.url, allow_private=self._settings.allow_private)
        secret = self._seal().open(webhook.sealed_secret)
        headers = signature_headers(message.message_id, message.payload, secret=secret, now=self._clock.now())
        request = client.build_request(
            "POST",
            target.url,
            content=message.payload.encode(),
            headers={"Host": target.host_header, "Content-Type": "application/json", **headers},
            extensions={"sni_hostname": target.sni_hostname},
        )
        response = await client.send(request, stream=True)
        try:
            return response.status_code, _retry_after_s(response)
        finally:
            await response.aclose()

    def _failed(
        self, message: Delivery, why: str, *, status: int | None = None, least_s: float = 0.0
    ) -> Attempt:
        tried_count = message.attempt_count + 1
        if tried_count >= self._settings.attempt_count:
            return Attempt(message.number, DeliveryState.DEAD, status, why)
        factor = random.uniform(0.5, 1.0)  # noqa: S311 - no secret hangs on it
        wait_s = max(pause_s(tried_count, first_s=self._settings.retry_delay_s, factor=factor), least_s)
        retry_at = self._clock.now() + timedelta(seconds=wait_s)
        return Attempt(message.number, DeliveryState.PENDING, status, why, retry_at)

    def _client(self) -> httpx.AsyncClient:
        # trust_env off: a proxy of the environment would resolve the name once more, unchecked.
        return httpx.AsyncClient(
            timeout=self._settings.timeout_s,
            trust_env=False,
            follow_redirects=False,
            headers={"User-Agent": "Folio-Webhooks/1"},
        )


def _retry_after_s(response: httpx.Response) -> float:
    text = response.headers.get("retry-after", "")
    if response.status_code not in _ASKS_TO_WAIT or not text.isascii() or not text.isdigit():
        return 0.0
    return min(float(text[:9]), _LONGEST_PAUSE_S)

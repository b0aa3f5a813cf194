"""Messages reach their webhook signed, in order, again after failures, and nowhere they must not go."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from core.access import Principal
from core.clock import SystemClock
from core.errors import InvalidInputError, SettingsError
from core.service_settings import WebhookSettings
from core.webhooks import Delivery, DeliveryState, EventType, Webhook
from folio.delivering import Deliverer, pause_s
from folio.sealing import Seal
from folio.webhooks import WebhookDesk
from tests.fakes.clock import FakeClock
from tests.fakes.webhook_receiver import WebhookReceiver
from tests.fakes.webhooks import FakeWebhooks

SETTINGS = WebhookSettings(allow_private=True, attempt_count=3, retry_delay_s=10, timeout_s=5)
SEAL = Seal(b"sixteen bytes or more")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class World:
    """One webhook, its receiver, and a message."""

    def __init__(self, receiver: WebhookReceiver) -> None:
        self.receiver = receiver
        self.clock = FakeClock(SystemClock().now())
        self.store = FakeWebhooks(self.clock)
        self.settings = SETTINGS

    async def subscribe(self, url: str | None = None) -> Webhook:
        now = self.clock.now()
        principal = Principal()
        row = Webhook(
            "wh_1", url or self.receiver.url, frozenset(EventType), principal, SEAL.close(SECRET), now
        )
        await self.store.add(row)
        return row

    def message(self, number: int = 1, doc_id: str = "d1") -> None:
        now = self.clock.now()
        payload = f'{{"type": "document.indexed", "number": {number}}}'
        state = DeliveryState.PENDING
        self.store.put(
            Delivery(number, f"msg_{number}", "wh_1", EventType.INDEXED, doc_id, payload, state, now, now)
        )

    def deliverer(self) -> Deliverer:
        return Deliverer(self.store, self.store, settings=self.settings, seal=lambda: SEAL, clock=self.clock)

    def state(self, number: int = 1) -> tuple[DeliveryState, int, int | None]:
        row = self.store.messages[number]
        return row.state, row.attempt_count, row.last_status


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with WebhookReceiver().serving() as receiver:
        yield World(receiver)


async def test_a_message_arrives_signed_for_the_reference_implementation(world: World):
    await world.subscribe()
    world.message()
    assert await world.deliverer().run_once() == 1
    (request,) = world.receiver.received
    assert Verifier(SECRET).verify(request.body, request.headers)["number"] == 1
    assert request.headers["webhook-id"] == "msg_1"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["host"] == f"127.0.0.1:{world.receiver.port}"
    assert request.path == "/hook"
    with pytest.raises(WebhookVerificationError):
        Verifier(SECRET).verify(request.body + b" ", request.headers)
    assert world.state() == (DeliveryState.DELIVERED, 1, 204)
    assert await world.deliverer().run_once() == 0


async def test_a_failure_is_tried_again_later_with_the_same_id_and_body(world: World):
    world.receiver.answers = ["500 Oops\r\n"]
    await world.subscribe()
    world.message()
    await world.deliverer().run_once()
    assert world.state() == (DeliveryState.PENDING, 1, 500)
    assert await world.deliverer().run_once() == 0
    world.clock.advance(10)
    await world.deliverer().run_once()
    first, second = world.receiver.received
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert world.state() == (DeliveryState.DELIVERED, 2, 204)


async def test_a_message_is_given_up_after_so_many_tries(world: World):
    world.receiver.answers = ["500 Oops\r\n"] * 3
    await world.subscribe()
    world.message()
    for _ in range(4):
        await world.deliverer().run_once()
        world.clock.advance(100)
    assert len(world.receiver.received) == 3
    assert world.state() == (DeliveryState.DEAD, 3, 500)


async def test_a_receiver_that_is_gone_for_good_is_asked_once(world: World):
    world.receiver.answers = ["410 Gone\r\n"]
    await world.subscribe()
    world.message()
    await world.deliverer().run_once()
    assert world.state() == (DeliveryState.DEAD, 1, 410)


async def test_a_redirect_is_not_followed(world: World):
    world.receiver.answers = [f"302 Found\r\nLocation: {world.receiver.url}/elsewhere\r\n"]
    await world.subscribe()
    world.message()
    await world.deliverer().run_once()
    assert world.state() == (DeliveryState.PENDING, 1, 302)
    assert [request.path for request in world.receiver.received] == ["/hook"]


async def test_a_receiver_may_ask_to_wait(world: World):
    world.receiver.answers = ["429 Slow down\r\nRetry-After: 120\r\n"]
    await world.subscribe()
    world.message()
    await world.deliverer().run_once()
    world.clock.advance(119)
    assert await world.deliverer().run_once() == 0
    world.clock.advance(1)
    assert await world.deliverer().run_once() == 1


async def test_a_receiver_that_is_not_there_is_tried_again(world: World):
    await world.subscribe("http://127.0.0.1:9/hook")
    world.message()
    await world.deliverer().run_once()
    assert world.state() == (DeliveryState.PENDING, 1, None)
    assert "cannot be reached" in (world.store.messages[1].last_error or "")


async def test_the_next_message_about_a_document_waits_for_the_one_before(world: World):
    world.receiver.answers = ["500 Oops\r\n"]
    await world.subscribe()
    world.message(1)
    world.message(2)
    await world.deliverer().run_once()
    assert await world.deliverer().run_once() == 0
    world.clock.advance(10)
    while await world.deliverer().run_once():
        pass
    assert [request.headers["webhook-id"] for request in world.receiver.received] == [
        "msg_1",
        "msg_1",
        "msg_2",
    ]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_nothing_is_sent_to_this_machine_unless_the_setting_permits_it(world: World, host: str):
    world.settings = SETTINGS.model_copy(update={"allow_private": False})
    await world.subscribe(f"https://{host}:{world.receiver.port}/hook")
    world.message()
    await world.deliverer().run_once()
    assert world.state() == (DeliveryState.DEAD, 1, None)
    assert world.receiver.received == []


async def test_a_secret_that_cannot_be_read_says_so_and_waits(world: World):
    await world.store.add(replace(await world.subscribe(), sealed_secret=Seal(b"another key").close(SECRET)))
    world.message()
    await world.deliverer().run_once()
    assert world.state() == (DeliveryState.PENDING, 1, None)
    assert "FOLIO_WEBHOOKS__KEY" in (world.store.messages[1].last_error or "")


async def test_a_message_to_a_webhook_that_was_deleted_is_left_alone(world: World):
    world.message()
    assert await world.deliverer().run_once() == 1
    assert world.receiver.received == []


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 5.0), (2, 10.0), (4, 40.0), (40, 3600.0)])
def test_pauses_double_up_to_an_hour(attempt: int, seconds: float):
    assert pause_s(attempt, first_s=5.0, factor=1.0) == seconds
    assert pause_s(attempt, first_s=5.0, factor=0.5) == seconds / 2


def test_what_is_sealed_opens_with_its_key_only():
    sealed = SEAL.close(SECRET)
    assert SECRET not in sealed
    assert SEAL.open(sealed) == SECRET
    with pytest.raises(SettingsError):
        Seal(b"another key").open(sealed)


@pytest.mark.parametrize("secret", ["", "abc", "whsec_", "whsec_!!!", "whsec_" + "AAAA" * 30, SECRET[6:]])
async def test_a_secret_that_is_none_is_refused(secret: str):
    clock = FakeClock(datetime(2026, 1, 1, tzinfo=UTC))
    desk = WebhookDesk(FakeWebhooks(clock), settings=SETTINGS, seal=SEAL, clock=clock)
    with pytest.raises(InvalidInputError, match="whsec_"):
        await desk.subscribe(Principal(), "https://example.com", events=[EventType.INDEXED], secret=secret)


async def test_a_tenant_has_so_many_webhooks_at_most():
    clock = FakeClock(datetime(2026, 1, 1, tzinfo=UTC))
    settings = SETTINGS.model_copy(update={"max_count": 1})
    desk = WebhookDesk(FakeWebhooks(clock), settings=settings, seal=SEAL, clock=clock)
    await desk.subscribe(Principal(), "https://example.com", events=[EventType.INDEXED])
    with pytest.raises(InvalidInputError, match=r"webhooks\.max_count"):
        await desk.subscribe(Principal(), "https://example.com", events=[EventType.INDEXED])

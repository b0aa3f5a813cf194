"""What every store of webhooks must do, and the messages that a write of documents leaves for them."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from core.access import AccessLabel, Principal, Tier
from core.config import Settings
from core.documents import DocumentRecord, DocumentState, Source, SourceKind
from core.webhooks import Attempt, Delivery, DeliveryState, EventType, Webhook
from store.catalog.catalog import SqlCatalog, open_catalog
from tests.contract.postgres import fresh_database
from tests.contract.test_jobs import settings_for
from tests.fakes.clock import FakeClock
from tests.fakes.webhooks import FakeWebhooks

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
RETRY = {"status": 500, "error": "the receiver answered 500", "retry_at": NOON + timedelta(seconds=5)}


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    with fresh_database() as url:
        yield url


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON)


@pytest.fixture(params=["sqlite", "postgres"])
def sql_place(request: pytest.FixtureRequest) -> Settings:
    return settings_for(request.param, request)


@pytest.fixture(params=["sqlite", "postgres", "fake"])
def place(request: pytest.FixtureRequest) -> Settings | None:
    """Where the catalog is; None for the fake."""
    return None if request.param == "fake" else settings_for(request.param, request)


@pytest.fixture
async def catalog(sql_place: Settings, clock: FakeClock) -> AsyncIterator[SqlCatalog]:
    async with open_catalog(sql_place, clock) as found:
        await found.register(Source("s1", SourceKind.FOLDER, "/data"))
        yield found


def webhook(webhook_id: str = "wh_1", **fields: object) -> Webhook:
    plain = Webhook(webhook_id, "https://example.com/hook", frozenset(EventType), Principal(), "sealed", NOON)
    return replace(plain, **fields)  # type: ignore[arg-type]


def document(
    doc_id: str = "d1", state: DocumentState = DocumentState.INDEXED, **fields: object
) -> DocumentRecord:
    plain = DocumentRecord(doc_id, "s1", "default", f"{doc_id}.txt", state, title="Salaries", version=1)
    return replace(plain, **fields)  # type: ignore[arg-type]


async def events(catalog: SqlCatalog, webhook_id: str = "wh_1") -> list[tuple[str, str]]:
    """Oldest first."""
    found = await catalog.webhooks.deliveries(webhook_id, limit=100)
    return [(row.doc_id, row.event.value) for row in reversed(found)]


async def test_a_webhook_comes_back_as_it_was_written(catalog: SqlCatalog):
    principal = Principal("default", "api", Tier.CONFIDENTIAL, frozenset({"board", "hr"}))
    written = webhook(principal=principal, events=frozenset({EventType.FAILED}))
    await catalog.webhooks.add(written)
    await catalog.webhooks.add(webhook("wh_2", principal=Principal("other")))
    assert await catalog.webhooks.webhook("wh_1") == written
    assert await catalog.webhooks.of_tenant("default") == [written]
    await catalog.webhooks.remove("wh_1")
    assert await catalog.webhooks.webhook("wh_1") is None


async def test_a_document_s_life_is_told_once_a_step(catalog: SqlCatalog):
    await catalog.webhooks.add(webhook())
    life = [
        document(state=DocumentState.INDEXING),
        document(),
        replace(document(), modified_ns=7),
        document(state=DocumentState.INDEXING, version=2),
        document(version=2),
        document(state=DocumentState.QUARANTINED, version=2, reason="locked"),
        document(state=DocumentState.QUARANTINED, version=2, reason="locked", attempt_count=2),
        document(state=DocumentState.DELETING, version=2),
        document(state=DocumentState.DELETED, version=2, reason="removed on request"),
        document(state=DocumentState.DELETED, version=2),
    ]
    for record in life:
        await catalog.save([record])
    assert [name for _, name in await events(catalog)] == [
        "document.indexed",
        "document.indexed",
        "document.failed",
        "document.deleted",
    ]


async def test_a_message_has_ids_and_states_and_no_word_of_the_document(catalog: SqlCatalog):
    await catalog.webhooks.add(webhook())
    await catalog.save([document()])
    (message,) = await catalog.webhooks.deliveries("wh_1", limit=10)
    assert json.loads(message.payload) == {
        "type": "document.indexed",
        "timestamp": "2026-05-04T12:00:00Z",
        "data": {
            "document_id": "d1",
            "source_id": "s1",
            "path": "d1.txt",
            "version": 1,
            "state": "indexed",
            "reason": None,
        },
    }
    assert message.message_id.startswith("msg_")


async def test_only_what_was_asked_for_and_may_be_read_is_told(catalog: SqlCatalog):
    await catalog.webhooks.add(webhook(events=frozenset({EventType.DELETED})))
    await catalog.webhooks.add(webhook("wh_other", principal=Principal("other")))
    await catalog.webhooks.add(webhook("wh_low", principal=Principal(clearance=Tier.PUBLIC)))
    await catalog.webhooks.add(webhook("wh_all"))
    board = AccessLabel(groups=frozenset({"board"}))
    await catalog.save([document(), document("d2", access=board)])
    assert await events(catalog) == []
    assert await events(catalog, "wh_other") == []
    assert await events(catalog, "wh_low") == []
    assert await events(catalog, "wh_all") == [("d1", "document.indexed")]


async def test_a_write_that_fails_leaves_no_message(catalog: SqlCatalog):
    await catalog.webhooks.add(webhook())
    with pytest.raises(Exception, match="not registered"):
        await catalog.save([document(), replace(document("d2"), source_id="unknown")])
    assert await events(catalog) == []


@pytest.mark.parametrize(("webhook_count", "most"), [(0, 6), (1, 8)])
async def test_a_write_of_many_records_takes_few_statements(catalog, webhook_count: int, most: int):
    for number in range(webhook_count):
        await catalog.webhooks.add(webhook(f"wh_{number}"))
    statements: list[str] = []
    engine = catalog._database._engine.sync_engine
    sa.event.listen(
        engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2].split()[0])
    )
    await catalog.save([document(f"d{number}") for number in range(100)])
    assert len([word for word in statements if word in {"SELECT", "INSERT"}]) <= most


@pytest.fixture
async def queue(place: Settings | None, clock: FakeClock) -> AsyncIterator[object]:
    """A queue with messages 1 and 3 about document d1, and 2 about d2."""
    names = ["d1", "d2", "d1"]
    if place is None:
        fake = FakeWebhooks(clock)
        await fake.add(webhook())
        for number, doc_id in enumerate(names, start=1):
            state = DeliveryState.PENDING
            fake.put(
                Delivery(number, f"msg_{number}", "wh_1", EventType.INDEXED, doc_id, "{}", state, NOON, NOON)
            )
        yield fake, fake
        return
    async with open_catalog(place, clock) as catalog:
        await catalog.register(Source("s1", SourceKind.FOLDER, "/data"))
        await catalog.webhooks.add(webhook())
        for version, doc_id in enumerate(names, start=1):
            await catalog.save([document(doc_id, version=version)])
        yield catalog.deliveries, catalog.webhooks


async def numbers(claimed: object) -> list[int]:
    return [row.number for row in await claimed]  # type: ignore[attr-defined]


async def test_messages_of_a_document_come_in_order_and_one_at_a_time(queue):
    messages, _ = queue
    assert await numbers(messages.claim("one", limit=10, lease_s=30)) == [1, 2]
    assert await numbers(messages.claim("two", limit=10, lease_s=30)) == []
    await messages.record("one", [Attempt(1, DeliveryState.DELIVERED, 200)])
    assert await numbers(messages.claim("two", limit=10, lease_s=30)) == [3]


async def test_a_message_that_was_given_up_does_not_hold_up_the_next(queue):
    messages, store = queue
    await messages.claim("one", limit=10, lease_s=30)
    await messages.record("one", [Attempt(1, DeliveryState.DEAD, 410, "gone")])
    assert await numbers(messages.claim("two", limit=10, lease_s=30)) == [3]
    (dead,) = await store.deliveries("wh_1", limit=10, state=DeliveryState.DEAD)
    assert (dead.number, dead.attempt_count, dead.last_status, dead.last_error) == (1, 1, 410, "gone")


async def test_a_message_is_tried_again_at_its_time_with_the_same_id(queue, clock: FakeClock):
    messages, _ = queue
    first = await messages.claim("one", limit=10, lease_s=30)
    await messages.record("one", [Attempt(1, DeliveryState.PENDING, **RETRY)])
    await messages.record("one", [Attempt(2, DeliveryState.DELIVERED, 204)])
    assert await messages.claim("one", limit=10, lease_s=30) == []
    clock.advance(5)
    (again,) = await messages.claim("one", limit=10, lease_s=30)
    assert (again.message_id, again.payload) == (first[0].message_id, first[0].payload)
    assert again.attempt_count == 1


async def test_what_a_dead_process_had_reserved_is_sent_by_another(queue, clock: FakeClock):
    messages, _ = queue
    await messages.claim("dead", limit=10, lease_s=30)
    clock.advance(30)
    assert await numbers(messages.claim("other", limit=10, lease_s=30)) == [1, 2]


async def test_what_is_given_back_can_be_claimed_at_once(queue):
    messages, _ = queue
    await messages.claim("one", limit=10, lease_s=30)
    await messages.give_back("one")
    assert await numbers(messages.claim("two", limit=1, lease_s=30)) == [1]


async def test_claims_at_once_never_share_a_message(queue):
    messages, _ = queue
    claims = await asyncio.gather(*(messages.claim(f"o{n}", limit=1, lease_s=30) for n in range(4)))
    taken = [row.number for rows in claims for row in rows]
    assert len(taken) == len(set(taken))
    assert set(taken) <= {1, 2}


async def test_messages_that_are_over_are_purged_and_those_of_a_removed_webhook_go_with_it(queue):
    messages, store = queue
    await messages.claim("one", limit=10, lease_s=30)
    await messages.record("one", [Attempt(1, DeliveryState.DELIVERED, 200)])
    await messages.purge(NOON + timedelta(seconds=1))
    assert await numbers(store.deliveries("wh_1", limit=10)) == [3, 2]
    assert await numbers(store.deliveries("wh_1", limit=10, before=3)) == [2]
    await store.remove("wh_1")
    assert await store.deliveries("wh_1", limit=10) == []

"""`/v1/webhooks`: subscribing over HTTP, and what then arrives, over the real catalog and index."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from standardwebhooks import Webhook as Verifier

from core.access import Principal, Tier
from core.config import RedactionSettings, Settings
from core.service_settings import WebhookSettings
from core.webhooks import Delivery, DeliveryState, EventType
from folio.knowledge_base import KnowledgeBase
from tests.api.conftest import serving
from tests.fakes.knowledge_base import FakeKnowledgeBase
from tests.fakes.webhook_receiver import WebhookReceiver

URL = "https://hooks.example.com/folio"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


async def test_a_secret_is_shown_once(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    created = await client.post("/v1/webhooks", json={"url": URL, "events": ["document.failed"]})
    body = created.json()
    assert (created.status_code, body["events"]) == (201, ["document.failed"])
    assert body["secret"].startswith("whsec_")
    assert created.headers["location"] == f"webhooks/{body['id']}"
    shown = [await client.get(f"/v1/webhooks/{body['id']}"), await client.get("/v1/webhooks")]
    assert [response.status_code for response in shown] == [200, 200]
    assert all("secret" not in response.text for response in shown)
    assert body["secret"] not in str(kb.webhooks.rows)


async def test_a_secret_can_be_given_and_all_events_are_the_default(client: httpx.AsyncClient):
    body = (await client.post("/v1/webhooks", json={"url": URL, "secret": SECRET})).json()
    assert body["secret"] == SECRET
    assert body["events"] == ["document.deleted", "document.failed", "document.indexed"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"url": URL, "events": []}, 422),
        ({"url": URL, "events": ["document.read"]}, 422),
        ({"url": URL, "colour": "red"}, 422),
        ({"url": URL, "secret": "short"}, 400),
        ({"url": "http://hooks.example.com"}, 400),
        ({"url": "https://127.0.0.1/hook"}, 400),
        ({"url": "https://169.254.169.254/latest/meta-data"}, 400),
        ({"url": "https://user:word@hooks.example.com"}, 400),
    ],
)
async def test_what_cannot_be_subscribed_is_refused(client: httpx.AsyncClient, kb, body, status: int):
    response = await client.post("/v1/webhooks", json=body)
    assert response.status_code == status
    assert kb.webhooks.rows == {}


async def test_a_webhook_can_be_deleted(client: httpx.AsyncClient):
    webhook_id = (await client.post("/v1/webhooks", json={"url": URL})).json()["id"]
    assert (await client.delete(f"/v1/webhooks/{webhook_id}")).status_code == 204
    assert (await client.get(f"/v1/webhooks/{webhook_id}")).status_code == 404
    assert (await client.delete(f"/v1/webhooks/{webhook_id}")).status_code == 404


@pytest.mark.parametrize(
    "principal", [Principal("other", "api"), Principal("default", "board", Tier.RESTRICTED)]
)
async def test_a_webhook_of_another_is_not_there(client, kb: FakeKnowledgeBase, principal: Principal):
    webhook_id = (await client.post("/v1/webhooks", json={"url": URL})).json()["id"]
    kb.webhooks.rows[webhook_id] = replace(kb.webhooks.rows[webhook_id], principal=principal)
    for method, path in [("GET", ""), ("DELETE", ""), ("GET", "/deliveries")]:
        assert (await client.request(method, f"/v1/webhooks/{webhook_id}{path}")).status_code == 404
    assert (await client.get("/v1/webhooks")).json()["data"] == []
    assert webhook_id in kb.webhooks.rows


async def test_what_was_written_for_a_webhook_is_delivered_and_listed(kb: FakeKnowledgeBase, tmp_path: Path):
    settings = Settings(home=tmp_path, webhooks=WebhookSettings(allow_private=True, poll_s=0.05))
    async with WebhookReceiver().serving() as receiver, serving(settings, kb) as client:
        created = (await client.post("/v1/webhooks", json={"url": receiver.url})).json()
        now = kb.clock.now()
        event, state = EventType.DELETED, DeliveryState.PENDING
        kb.webhooks.put(Delivery(1, "msg_1", created["id"], event, "d1", '{"type": 1}', state, now, now))
        request = await receiver.arrived.get()
        path = f"/v1/webhooks/{created['id']}/deliveries"
        page = (await client.get(path, params={"limit": 1})).json()
        dead = (await client.get(path, params={"state": "dead"})).json()
    assert Verifier(created["secret"]).verify(request.body, request.headers) == {"type": 1}
    (listed,) = page["data"]
    assert (listed["message_id"], listed["event"], page["has_more"]) == ("msg_1", "document.deleted", False)
    assert "payload" not in listed
    assert dead["data"] == []


@pytest.fixture
def real_settings(tmp_path: Path) -> Settings:
    webhooks = WebhookSettings(allow_private=True, poll_s=0.05, retry_delay_s=0)
    return Settings(home=tmp_path / "home", redaction=RedactionSettings(policy="off"), webhooks=webhooks)


@pytest.mark.slow
async def test_the_life_of_a_document_arrives_in_order(real_settings: Settings):
    async with (
        WebhookReceiver(answers=["500 Oops\r\n"]).serving() as receiver,
        serving(real_settings) as client,
    ):
        created = (await client.post("/v1/webhooks", json={"url": receiver.url})).json()
        files = {"file": ("leave.md", b"# Leave\n\nEvery employee has thirty days.\n")}
        document = (await client.post("/v1/documents?wait=60", files=files)).json()
        broken = {"file": ("broken.pdf", b"%PDF-1.7 this is no document")}
        await client.post("/v1/documents?wait=60", files=broken)
        await client.delete(f"/v1/documents/{document['doc_id']}")
        told = [await receiver.arrived.get() for _ in range(4)]
        page = (await client.get(f"/v1/webhooks/{created['id']}/deliveries", params={"limit": 2})).json()
    found = [Verifier(created["secret"]).verify(request.body, request.headers) for request in told]
    ours = [row["type"] for row in found if row["data"]["document_id"] == document["doc_id"]]
    assert ours in (
        ["document.indexed", "document.indexed", "document.deleted"],
        ["document.indexed", "document.deleted"],
    )
    assert {row["data"]["path"] for row in found if row["type"] == "document.failed"} == {"broken.pdf"}
    assert "thirty" not in str(found)
    assert page["has_more"] is True
    assert len(page["data"]) == 2


@pytest.mark.slow
async def test_a_sync_of_another_process_is_told_too(real_settings: Settings, tmp_path: Path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "leave.md").write_text("# Leave\n\nEvery employee has thirty days.\n")
    async with WebhookReceiver().serving() as receiver:
        async with serving(real_settings) as client:
            await client.post("/v1/webhooks", json={"url": receiver.url, "events": ["document.indexed"]})
        async with KnowledgeBase(real_settings) as elsewhere:
            await elsewhere.ingest([tmp_path / "docs"])
        assert receiver.received == []
        async with serving(real_settings):
            request = await asyncio.wait_for(receiver.arrived.get(), 30)
    assert json.loads(request.body)["data"]["path"] == "leave.md"

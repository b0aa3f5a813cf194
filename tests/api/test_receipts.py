"""`GET /v1/documents/{doc_id}/receipt`."""

import httpx

from core.access import AccessLabel, Tier
from folio.receipts import verify
from tests.fakes.knowledge_base import RECEIPT_KEY, FakeKnowledgeBase


async def test_the_receipt_of_a_deleted_document_says_that_nothing_is_left(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase
) -> None:
    doc_id = kb.add("leave.txt", "thirty days").doc_id
    await client.delete(f"/v1/documents/{doc_id}")
    response = await client.get(f"/v1/documents/{doc_id}/receipt")
    receipt = response.json()["receipt"]
    assert (receipt["doc_id"], receipt["status"], receipt["remaining_count"]) == (doc_id, "deleted", 0)
    assert "leave.txt" not in response.text


async def test_what_is_sent_can_be_verified(client: httpx.AsyncClient, kb: FakeKnowledgeBase) -> None:
    doc_id = kb.add("leave.txt", "thirty days").doc_id
    document = (await client.get(f"/v1/documents/{doc_id}/receipt")).json()
    assert verify(document, RECEIPT_KEY)
    document["receipt"]["status"] = "deleted"
    assert not verify(document, RECEIPT_KEY)


async def test_a_document_that_is_still_indexed_is_present(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase
) -> None:
    doc_id = kb.add("leave.txt", "thirty days").doc_id
    receipt = (await client.get(f"/v1/documents/{doc_id}/receipt")).json()["receipt"]
    assert (receipt["status"], receipt["state"], receipt["remaining_count"]) == ("present", "indexed", 1)


async def test_a_document_that_the_caller_may_not_read_has_no_receipt(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase
) -> None:
    doc_id = kb.add("pay.txt", "much", access=AccessLabel("default", Tier.RESTRICTED)).doc_id
    hidden = await client.get(f"/v1/documents/{doc_id}/receipt")
    unknown = await client.get(f"/v1/documents/{'0' * 32}/receipt")
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.json()["detail"] == unknown.json()["detail"]

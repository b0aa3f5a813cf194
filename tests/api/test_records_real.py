"""Records, reviews and the audit log over the real parts: embedded store in process, SQLite, the ONNX model."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from core.config import RedactionSettings, Settings
from core.record_settings import RecordSettings, ReviewSettings
from tests.api.conftest import serving

TRAVEL = b"# Travel policy\n\n## Hotels\n\nA hotel in Oslo may cost at most 180 EUR a night.\n"
QUESTION = "How much may a hotel in Oslo cost?"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    # Every answer goes to the queue, with its words.
    records = RecordSettings(keep_text_for_review=True, review=ReviewSettings(confidence_below=1.0))
    return Settings(home=tmp_path / "home", redaction=RedactionSettings(policy="off"), records=records)


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(settings) as client:
        yield client


async def upload(client: httpx.AsyncClient, name: str, data: bytes) -> dict[str, str]:
    body: dict[str, str] = (await client.post("/v1/documents?wait=60", files={"file": (name, data)})).json()
    return body


async def test_an_answer_is_recorded_reviewed_and_forgotten_with_its_document(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    doc_id = (await upload(client, "travel.md", TRAVEL))["doc_id"]
    told = (await client.post("/v1/answer", json={"question": QUESTION})).json()
    assert "machine" in told["disclosure"]
    record = (await client.get(f"/v1/answers/{told['answer_id']}")).json()
    assert (record["channel"], record["credential"], record["status"]) == ("api", "local", "grounded")
    assert record["citations"] == [{"number": 1, "doc_id": doc_id, "version": 1}]
    [item] = (await client.get("/v1/reviews")).json()["data"]
    detail = (await client.get(f"/v1/reviews/{item['item_id']}")).json()
    assert (detail["question_text"], detail["answer_text"]) == (QUESTION, told["answer"])
    stored = b"".join(file.read_bytes() for file in settings.home.glob("catalog.sqlite3*"))
    assert QUESTION.encode() not in stored, "words are sealed"
    await client.delete(f"/v1/documents/{doc_id}")
    receipt = (await client.get(f"/v1/documents/{doc_id}/receipt")).json()
    places = {one["place"]: one["remaining_count"] for one in receipt["receipt"]["places"]}
    assert places["answer_words"] == 0
    verdict = (await client.get("/v1/audit/verify")).json()
    assert (verdict["whole"], verdict["record_count"]) == (True, 1)
    actions = [one["action"] for one in (await client.get("/v1/audit")).json()["data"]]
    assert actions == ["document.delete", "answers.recorded", "documents.upload"]


async def test_a_document_in_quarantine_is_tried_again_when_it_is_approved(client: httpx.AsyncClient) -> None:
    await upload(client, "broken.pdf", b"%PDF-1.4 this is none")
    [item] = (await client.get("/v1/reviews?kind=document")).json()["data"]
    detail = (await client.get(f"/v1/reviews/{item['item_id']}")).json()
    assert (item["reasons"], detail["document"]["state"]) == (["quarantined"], "quarantined")
    assert detail["document"]["reason"]
    path = f"/v1/reviews/{item['item_id']}/decision"
    again = (await client.post(path, json={"state": "approved"})).json()
    assert (again["state"], again["document"]["state"]) == ("approved", "quarantined"), "it is still broken"
    rejected = (await client.post(path, json={"state": "rejected"})).json()
    assert (rejected["state"], rejected["document"]["state"]) == ("rejected", "quarantined")

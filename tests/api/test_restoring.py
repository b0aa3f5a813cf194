"""Pseudonyms turned back over HTTP: with the scope only, and never unrecorded."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from core.config import Settings, load_settings
from core.documents import DocumentRecord, ParsedDocument
from tests.api.conftest import serving
from tests.fakes.knowledge_base import FakeKnowledgeBase
from tests.fakes.naming_redactor import NamingRedactor

REDACTED = NamingRedactor().redact(ParsedDocument("@Jane signed the lease", "", ""))
TOKEN = NamingRedactor().token("Jane")
SEARCH = {"query": "lease", "restore": True}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(home=tmp_path, access={"scopes": ["pii:read"]})


@pytest.fixture
async def record(kb: FakeKnowledgeBase) -> DocumentRecord:
    made = kb.add("lease.txt", REDACTED.document.text)
    await kb.vault.remember(made.doc_id, tenant="default", version=made.version, mentions=REDACTED.mentions)
    return made


@pytest.fixture
async def unscoped(kb: FakeKnowledgeBase, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(load_settings(home=tmp_path), kb) as client:
        yield client


async def test_a_search_shows_values_and_where_they_stand(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase, record: DocumentRecord
) -> None:
    (hit,) = (await client.post("/v1/search", json=SEARCH)).json()["hits"]
    assert hit["text"] == "@Jane signed the lease"
    assert (hit["start"], hit["end"]) == (0, len(REDACTED.document.text))
    assert hit["restored"] == [
        {
            "token": TOKEN, "entity": "PERSON", "start": 0, "end": 5, "stored_start": 0, "stored_end": len(TOKEN),
            "original_start": 0, "original_end": 5,
        }
    ]  # fmt: skip
    assert kb.vault.log == [("api", TOKEN, "search")]


async def test_without_being_asked_nothing_is_turned_back_or_recorded(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase, record: DocumentRecord
) -> None:
    (hit,) = (await client.post("/v1/search", json={"query": "lease"})).json()["hits"]
    assert (hit["text"], hit["restored"]) == (REDACTED.document.text, [])
    text = (await client.get(f"/v1/documents/{record.doc_id}/text")).json()
    assert (text["text"], text["restored"]) == (REDACTED.document.text, [])
    assert kb.vault.log == []


async def test_an_answer_and_its_quotes_show_values(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase, record: DocumentRecord
) -> None:
    found = (await client.post("/v1/answer", json={"question": "lease", "restore": True})).json()
    assert found["answer"] == "@Jane signed the lease [1]"
    (citation,) = found["citations"]
    assert (citation["quote"], citation["end"]) == ("@Jane signed the lease", len(REDACTED.document.text))
    assert citation["restored"][0]["token"] == TOKEN
    assert kb.vault.log == [("api", TOKEN, "answer")]


async def test_a_document_s_text_shows_values(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase, record: DocumentRecord
) -> None:
    found = (await client.get(f"/v1/documents/{record.doc_id}/text", params={"restore": True})).json()
    assert found["text"] == "@Jane signed the lease"
    assert found["restored"][0]["stored_end"] == len(TOKEN)
    assert kb.vault.log == [("api", TOKEN, f"text of document {record.doc_id}")]


async def test_without_the_scope_it_is_forbidden_and_the_scope_is_named(
    unscoped: httpx.AsyncClient, kb: FakeKnowledgeBase, record: DocumentRecord
) -> None:
    answers = [
        await unscoped.post("/v1/search", json=SEARCH),
        await unscoped.post("/v1/answer", json={"question": "lease", "restore": True}),
        await unscoped.get(f"/v1/documents/{record.doc_id}/text", params={"restore": True}),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert "pii:read" in answer.json()["detail"]
        assert "@Jane" not in answer.text
    assert kb.vault.log == []


async def test_a_pseudonym_that_was_typed_into_another_document_stays(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase, record: DocumentRecord
) -> None:
    kb.add("trap.txt", f"{TOKEN} owes me: see trap")
    (hit,) = (await client.post("/v1/search", json={"query": "trap", "restore": True})).json()["hits"]
    assert hit["text"] == f"{TOKEN} owes me: see trap"
    assert kb.vault.log == []


async def test_restore_is_true_or_false(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/search", json={"query": "x", "restore": "please"})).status_code == 422

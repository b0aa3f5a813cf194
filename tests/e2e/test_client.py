"""The Python client against the real service on a real port: real documents, real streams, real keys."""

import asyncio
from collections.abc import Iterator

import httpx2
import pytest
from mcp import Client as McpClient
from mcp.client.streamable_http import streamable_http_client

from api.app import create_app
from core.config import RedactionSettings, Settings
from folio import AsyncClient, Client
from folio.client.errors import (
    AuthenticationError,
    JobFailedError,
    NotFoundError,
    PermissionDeniedError,
    PreconditionError,
)
from folio.client.models.events import CitationEvent, DoneEvent, SearchResultsEvent, StatusEvent, TokenEvent
from tests.fakes.served_app import served

TRAVEL = b"# Travel policy\n\n## Hotels\n\nA hotel in Oslo may cost at most 180 EUR a night.\n"
QUESTION = "How much may a hotel in Oslo cost?"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("client") / "home"
    with served(create_app(Settings(home=home, redaction=RedactionSettings(policy="off")))) as url:
        yield url


@pytest.fixture(scope="module")
def folio(url: str) -> Iterator[Client]:
    """The operator's client; one document is there."""
    with Client(url) as client:
        client.upload("policies/travel.md", TRAVEL)
        yield client


def test_what_was_uploaded_is_found_and_answers(folio: Client):
    found = folio.search(QUESTION, limit=3, highlight=True, facets=["mime_type"], explain=True)
    answer = folio.answer(QUESTION)
    citation = answer.citations[0]
    text = folio.text(citation.doc_id)
    assert found.hits[0].path == "policies/travel.md"
    assert found.facets[0].field == "mime_type"
    assert found.trace is not None
    assert (answer.status, answer.is_refused) == ("grounded", False)
    assert text.text[citation.start : citation.end] == citation.quote
    assert folio.is_ready()


def test_several_searches_at_once_are_answered_in_order(folio: Client):
    batch = folio.search_batch([{"query": "hotel"}, {"query": "hotel", "restore": True}])
    assert [one.status for one in batch.results] == [200, 403]
    assert batch.results[0].result.hits[0].path == "policies/travel.md"


def test_an_answer_is_streamed_with_its_citations_first(folio: Client):
    events = list(folio.stream_answer(QUESTION))
    kinds = [type(one) for one in events]
    said = "".join(one.text for one in events if isinstance(one, TokenEvent))
    assert kinds[0] is StatusEvent
    assert kinds[-1] is DoneEvent
    assert SearchResultsEvent in kinds
    assert kinds.index(CitationEvent) < kinds.index(TokenEvent)
    assert said == events[-1].answer.answer


async def test_the_asynchronous_client_asks_many_things_at_once(url: str, folio: Client):
    async with AsyncClient(url) as client:
        answers = await asyncio.gather(*(client.answer(QUESTION) for _ in range(5)))
        streamed = [one async for one in client.stream_answer(QUESTION)]
    assert {one.status for one in answers} == {"grounded"}
    assert isinstance(streamed[-1], DoneEvent)


def test_documents_are_listed_changed_and_forgotten_with_proof(folio: Client):
    first = folio.upload("leave.md", b"# Leave\n\nThirty days of annual leave.\n")
    second = folio.upload("leave.md", b"# Leave\n\nForty days of annual leave.\n")
    listed = list(folio.documents(limit=1, state=["indexed"]))
    with pytest.raises(PreconditionError):
        folio.delete(first.doc_id, if_match='"an older one"')
    folio.delete(second.doc_id, if_match=folio.document(second.doc_id).etag)
    receipt = folio.receipt(second.doc_id)
    assert (first.doc_id, first.version + 1) == (second.doc_id, second.version)
    assert {one.path for one in listed} == {"policies/travel.md", "leave.md"}
    assert receipt.receipt.status in {"deleted", "soft_deleted"}
    assert folio.search("annual leave", filters={"doc_id": second.doc_id}).hits == ()


def test_the_same_idempotency_key_is_one_upload(folio: Client):
    one = folio.submit("note.md", b"# Note\n\nOnce.\n", idempotency_key="key-of-this-test")
    other = folio.submit("note.md", b"# Note\n\nOnce.\n", idempotency_key="key-of-this-test")
    assert folio.wait_for_job(one.id).state == "succeeded"
    assert one.id == other.id


def test_a_file_that_gives_no_text_says_why(folio: Client):
    with pytest.raises(JobFailedError):
        folio.upload("broken.pdf", b"%PDF-1.7 this is no document")


def test_sessions_keep_what_was_said(folio: Client):
    session = folio.create_session()
    folio.add_fact(session.id, "I travel a lot.")
    folio.answer(QUESTION, session_id=session.id)
    detail = folio.session(session.id)
    folio.delete_session(session.id)
    assert [turn.status for turn in detail.data] == ["grounded"]
    assert [fact.text for fact in detail.facts] == ["I travel a lot."]
    with pytest.raises(NotFoundError):
        folio.session(session.id)


def test_collections_sources_status_and_usage_can_be_read(folio: Client):
    assert "all" in {one.id for one in folio.collections()}
    assert list(folio.sources())
    assert folio.status().chunk_count >= 1
    assert folio.usage(by=["day"]).by == ("day",)
    assert folio.me().scopes
    assert list(folio.jobs(limit=2))


def test_an_answer_can_be_looked_at_and_judged(folio: Client):
    answer = folio.answer(QUESTION)
    record = folio.answer_record(answer.answer_id)
    judged = folio.give_feedback(answer.answer_id, "down", reasons=["outdated"], wrong_citations=[1])
    assert record.channel == "api"
    assert (judged.rating, folio.feedback(answer.answer_id).rating) == (1, 1)
    assert folio.verify_audit_log().whole
    assert next(folio.audit_entries()).hash
    assert isinstance(list(folio.reviews()), list)


def test_a_key_gives_less_and_ends(url: str, folio: Client):
    made = folio.create_key("reader", scopes=["read"], clearance="public")
    assert made.key not in repr(made)
    with Client(url, api_key=made.key) as reader:
        assert reader.me().scopes == ("read",)
        assert reader.search("hotel in Oslo").hits == ()
        assert reader.answer(QUESTION).is_refused
        with pytest.raises(PermissionDeniedError):
            reader.upload("x.md", b"text")
        hidden = next(folio.documents(path_prefix="policies/")).doc_id
        with pytest.raises(NotFoundError):
            reader.document(hidden)
    folio.revoke_key(made.id)
    with Client(url, api_key="folio_not_a_key") as stranger, pytest.raises(AuthenticationError):
        stranger.me()


async def test_two_keys_see_different_things_over_mcp(url: str, folio: Client):
    staff = folio.create_key("staff", scopes=["read"], clearance="internal")
    public = folio.create_key("public", scopes=["read"], clearance="public")
    hidden = next(folio.documents(path_prefix="policies/")).doc_id

    async def seen(key: str) -> tuple[int, str, str]:
        async with (
            httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}) as http,
            McpClient(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
        ):
            found = await client.call_tool("search", {"query": "hotel in Oslo"})
            fetched = await client.call_tool("fetch", {"id": hidden})
            asked = await client.call_tool("ask", {"question": QUESTION})
        assert asked.structured_content["status"] == ("grounded" if key == staff.key else "refused")
        answer_id = asked.structured_content["answer_id"]
        return len(found.structured_content["results"]), fetched.content[0].text[:60], answer_id

    (count, text, answer_id), (hidden_count, refusal, _) = await asyncio.gather(
        seen(staff.key), seen(public.key)
    )
    assert count >= 1
    assert "notice" in text
    record = folio.answer_record(answer_id)
    assert (record.channel, record.credential) == ("mcp", f"key:{staff.id}")
    assert hidden_count == 0
    assert refusal == "not_found: there is no document with this id, or not for you"


async def test_a_key_without_the_scope_is_refused_over_mcp(url: str, folio: Client):
    made = folio.create_key("writer", scopes=["write"], clearance="internal")
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {made.key}"}) as http:
        refused = await http.post(f"{url}/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


def test_a_service_that_is_not_there_is_not_ready():
    with Client("http://127.0.0.1:9", timeout_s=1) as nobody:
        assert nobody.is_ready() is False

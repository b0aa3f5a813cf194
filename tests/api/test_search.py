import httpx
import pytest

from core.access import AccessLabel, Tier
from core.filters import All, AtLeast, AtMost, Either, Equals
from tests.fakes.knowledge_base import FakeKnowledgeBase


async def test_search_returns_the_hit_with_its_place_in_the_document(client: httpx.AsyncClient, kb):
    record = kb.add("leave.txt", "thirty days of leave")
    response = await client.post("/v1/search", json={"query": "leave"})
    assert response.status_code == 200
    assert response.json() == {
        "hits": [
            {
                "doc_id": record.doc_id,
                "external_id": None,
                "source_id": "",
                "path": "leave.txt",
                "title": "leave",
                "mime_type": "",
                "language": None,
                "modified_at": None,
                "page": None,
                "heading": "",
                "version": 1,
                "start": 0,
                "end": 20,
                "score": 0.5,
                "similarity": 0.0,
                "text": "thirty days of leave",
                "restored": [],
                "highlight": None,
            }
        ],
        "groups": None,
        "facets": [],
        "took_ms": 1.5,
        "notes": [],
        "trace": None,
        "explanation": None,
    }


async def test_get_search_finds_what_post_finds(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    kb.add("leave.txt", "thirty days of leave")
    posted = await client.post("/v1/search", json={"query": "leave", "limit": 3})
    got = await client.get("/v1/search", params={"q": "leave", "limit": 3})
    assert got.json() == posted.json()
    assert kb.limit == 3


async def test_search_leaves_out_what_the_principal_may_not_read(client: httpx.AsyncClient, kb):
    kb.add("secret.txt", "leave of the board", access=AccessLabel(tier=Tier.RESTRICTED))
    kb.add("other.txt", "leave elsewhere", access=AccessLabel(tenant="other"))
    response = await client.post("/v1/search", json={"query": "leave"})
    assert response.json()["hits"] == []


async def test_filters_become_conditions(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    filters = {
        "mime_type": "text/plain",
        "external_id": "x1",
        "modified_after": "1970-01-01T00:01:40Z",
        "modified_before": "1970-01-01T02:00:00+01:00",
    }
    response = await client.post("/v1/search", json={"query": "leave", "filters": filters})
    assert response.status_code == 200
    assert kb.narrowed == All(
        (
            Equals("external_id", "x1"),
            Equals("mime_type", "text/plain"),
            AtLeast("modified_s", 100),
            AtMost("modified_s", 3600),
        )
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body.query"),
        ({"query": ""}, "body.query"),
        ({"query": "x" * 2001}, "body.query"),
        ({"query": 7}, "body.query"),
        ({"query": "a", "limit": 0}, "body.limit"),
        ({"query": "a", "limit": 10_001}, "body.limit"),
        ({"query": "a", "principal": "root"}, "body.principal"),
        ({"query": "a", "filters": {"tenant": "other"}}, "body.filters.tenant"),
        ({"query": "a", "filters": {"modified_after": "2026-01-01T00:00:00"}}, "body.filters.modified_after"),
    ],
)
async def test_invalid_request_names_the_field(client: httpx.AsyncClient, body, field):
    response = await client.post("/v1/search", json=body)
    assert response.status_code == 422
    assert response.json()["code"] == "invalid_request"
    assert [error["field"] for error in response.json()["errors"]] == [field]


async def test_an_error_does_not_repeat_the_query(client: httpx.AsyncClient):
    secret = "Zaphod's salary " * 200
    response = await client.post("/v1/search", json={"query": secret})
    assert response.status_code == 422
    assert "Zaphod" not in response.text


async def test_control_bytes_in_a_query_are_served(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    kb.add("leave.txt", "thirty days of leave")
    response = await client.post("/v1/search", json={"query": "leave \x00\x07\x1b \u202e"})
    assert len(response.json()["hits"]) == 1


@pytest.mark.parametrize("body", [b'{"query": "\\ud800"}', b'{"query": "a", "\\udfff": 1}'])
async def test_half_a_surrogate_pair_is_an_invalid_request(client: httpx.AsyncClient, body: bytes):
    response = await client.post("/v1/search", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert response.json()["code"] == "invalid_request"


async def test_a_filter_tree_stands_beside_the_plain_filters(client: httpx.AsyncClient, kb):
    tree = {"type": "or", "filters": [{"type": "eq", "key": "external_id", "value": "x1"}]}
    body = {"query": "leave", "filters": {"mime_type": "text/plain"}, "where": tree, "prefer": tree}
    response = await client.post("/v1/search", json=body)
    either = Either((Equals("external_id", "x1"),))
    assert response.status_code == 200
    assert kb.narrowed == All((All((Equals("mime_type", "text/plain"),)), either))
    assert kb.preferred == either


@pytest.mark.parametrize("place", ["where", "prefer"])
@pytest.mark.parametrize(
    ("tree", "named"),
    [
        ({"type": "eq", "key": "tenant", "value": "other"}, "'tenant'"),
        ({"type": "gt", "key": "mime_type", "value": "a"}, "'gt'"),
        ({"type": "eq", "key": "modified", "value": "soon"}, "'modified'"),
        ({}, "doc_id, source_id, mime_type, external_id, language, path, folder, collection, modified"),
    ],
)
async def test_a_wrong_filter_tree_is_a_problem_that_says_what_is_allowed(
    client: httpx.AsyncClient, place, tree, named
):
    response = await client.post("/v1/search", json={"query": "leave", place: tree})
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "invalid_input"
    assert named in response.json()["detail"]


async def test_a_trace_and_an_explanation_come_on_request(client: httpx.AsyncClient, kb):
    record = kb.add("leave.txt", "thirty days of leave")
    body = {"query": "leave", "explain": True, "explain_document": record.doc_id}
    response = (await client.post("/v1/search", json=body)).json()
    assert response["trace"]["fusion"] == "convex"
    assert (response["explanation"]["doc_id"], response["explanation"]["verdict"]) == (record.doc_id, "found")
    hidden = kb.add("secret.txt", "leave", access=AccessLabel(tier=Tier.RESTRICTED))
    verdicts = [
        (await client.post("/v1/search", json={"query": "leave", "explain_document": doc_id})).json()
        for doc_id in (hidden.doc_id, "f" * 32)
    ]
    assert [one["explanation"]["verdict"] for one in verdicts] == ["not_visible"] * 2

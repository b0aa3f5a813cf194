"""`/v1/sessions`: conversations of the caller, and of nobody else."""

from datetime import timedelta

import httpx

from core.answers import AnswerStatus
from core.sessions import NewTurn, Owner, Session, TurnCitation, new_id
from tests.fakes.knowledge_base import FakeKnowledgeBase

API = Owner("default", "api")


async def begin(client: httpx.AsyncClient) -> str:
    response = await client.post("/v1/sessions")
    assert response.status_code == 201
    body = response.json()
    assert response.headers["location"] == f"sessions/{body['id']}"
    assert (body["title"], body["turn_count"]) == ("", 0)
    assert body["expires_at"] > body["created_at"]
    return str(body["id"])


async def tell(kb: FakeKnowledgeBase, session_id: str, question: str, *cited: TurnCitation) -> None:
    turn = NewTurn(question, "so [1]", AnswerStatus.GROUNDED, cited)
    end = kb.clock.now() + timedelta(days=1)
    assert await kb.told.append(API, session_id, turn, expires_at=end)


def is_unknown(response: httpx.Response) -> bool:
    problem = response.json()
    return (response.status_code, problem["status"], response.headers["content-type"]) == (
        404,
        404,
        "application/problem+json",
    )


async def test_a_session_is_begun_read_in_pages_and_deleted(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase
) -> None:
    named = await begin(client)
    for number in range(3):
        await tell(kb, named, f"question {number}", TurnCitation(1, "d", 2, 5, 9))
    kb.told.gone = {"gone"}
    await tell(kb, named, "question 3", TurnCitation(1, "gone", 2, 5, 9))
    first = (await client.get(f"/v1/sessions/{named}", params={"limit": 2})).json()
    assert (first["title"], first["turn_count"], first["has_more"], first["next_cursor"]) == (
        "question 0", 4, True, 2
    )  # fmt: skip
    assert first["data"][0]["citations"] == [{"number": 1, "doc_id": "d", "version": 2, "start": 5, "end": 9}]
    rest = (await client.get(f"/v1/sessions/{named}", params={"cursor": 2})).json()
    assert [turn["question"] for turn in rest["data"]] == ["question 2", "question 3"]
    assert [turn["note"] for turn in rest["data"]] == ["", "answer removed with its document"]
    assert (rest["data"][1]["answer"], rest["next_cursor"]) == ("", None)
    whole = (await client.get(f"/v1/sessions/{named}/export")).json()
    assert (whole["session_id"], len(whole["turns"])) == (named, 4)
    assert (await client.delete(f"/v1/sessions/{named}")).status_code == 204
    assert is_unknown(await client.get(f"/v1/sessions/{named}"))
    assert is_unknown(await client.delete(f"/v1/sessions/{named}"))


async def test_sessions_are_listed_from_the_newest_back(client: httpx.AsyncClient) -> None:
    made = [await begin(client) for _ in range(3)]
    page = (await client.get("/v1/sessions", params={"limit": 2})).json()
    assert (page["has_more"], len(page["data"])) == (True, 2)
    rest = (await client.get("/v1/sessions", params={"cursor": page["next_cursor"]})).json()
    assert {one["id"] for one in page["data"] + rest["data"]} == set(made)
    assert (rest["has_more"], rest["next_cursor"]) == (False, None)


async def test_somebody_else_s_session_does_not_exist(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase
) -> None:
    now = kb.clock.now()
    other = Session(new_id(), Owner("default", "operator"), now, now, now + timedelta(days=1))
    await kb.told.create(other)
    for named in (other.session_id, new_id(), "x"):
        assert is_unknown(await client.get(f"/v1/sessions/{named}"))
        assert is_unknown(await client.get(f"/v1/sessions/{named}/export"))
        assert is_unknown(await client.delete(f"/v1/sessions/{named}"))
        assert is_unknown(await client.post(f"/v1/sessions/{named}/facts", json={"text": "mine"}))
        assert is_unknown(await client.delete(f"/v1/sessions/{named}/facts/{new_id()}"))
    assert (await client.get("/v1/sessions")).json()["data"] == []


async def test_facts_are_told_and_taken_back(client: httpx.AsyncClient) -> None:
    named = await begin(client)
    told = await client.post(f"/v1/sessions/{named}/facts", json={"text": "I work with Smith"})
    assert told.status_code == 201
    fact = told.json()
    assert fact["text"] == "I work with PERSON_0123456789ab"
    assert (await client.get(f"/v1/sessions/{named}")).json()["facts"] == [fact]
    assert (await client.delete(f"/v1/sessions/{named}/facts/{fact['id']}")).status_code == 204
    assert is_unknown(await client.delete(f"/v1/sessions/{named}/facts/{fact['id']}"))


async def test_what_cannot_be_is_refused(client: httpx.AsyncClient) -> None:
    named = await begin(client)
    for text in ("", "x" * 301):
        response = await client.post(f"/v1/sessions/{named}/facts", json={"text": text})
        assert response.status_code == 422
    assert (await client.post(f"/v1/sessions/{named}/facts", json={"text": "\n"})).status_code == 422
    assert (await client.get("/v1/sessions", params={"cursor": "../x"})).status_code == 422
    assert (await client.get("/v1/sessions", params={"limit": 501})).status_code == 422

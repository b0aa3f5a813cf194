"""Records of answers, feedback, the review queue and the audit log over HTTP."""

from dataclasses import replace

import httpx
import pytest

from core.access import AccessLabel, Principal, Tier
from core.answers import Answer
from core.documents import DocumentState
from core.scopes import Scope
from tests.fakes.api_keys import key_for
from tests.fakes.knowledge_base import FakeKnowledgeBase

READER = Principal("default", "jo", scopes=frozenset({Scope.READ}))
REVIEWER = Principal("default", "eve", scopes=frozenset({Scope.READ, Scope.REVIEW}))
AUDITOR = Principal("default", "ada", scopes=frozenset({Scope.READ, Scope.AUDIT}))
UNKNOWN = "0" * 32


async def answered(
    kb: FakeKnowledgeBase, question: str = "leave", *, who: Principal = READER, confidence: float = 0.9
) -> Answer:
    found = replace(await kb.answer(question, principal=who), confidence=confidence)
    return await kb.noted(question, found, who)


@pytest.fixture(autouse=True)
def document(kb: FakeKnowledgeBase) -> str:
    return kb.add("leave.txt", "thirty days of leave").doc_id


async def test_the_asker_sees_how_an_answer_was_made(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase, document: str
) -> None:
    told = await answered(kb)
    response = await client.get(f"/v1/answers/{told.answer_id}", headers=await key_for(kb, READER))
    body = response.json()
    assert response.status_code == 200
    assert (body["subject"], body["status"], body["restored"]) == ("jo", "grounded", False)
    assert body["citations"] == [{"number": 1, "doc_id": document, "version": 1}]
    assert "thirty" not in response.text


async def test_an_answer_to_somebody_else_looks_like_none(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase
) -> None:
    told = await answered(kb)
    other = replace(READER, subject="bo")
    for who in (other, replace(AUDITOR, tenant="other"), replace(REVIEWER, tenant="other")):
        headers = await key_for(kb, who)
        for path in ("", "/feedback"):
            found = await client.get(f"/v1/answers/{told.answer_id}{path}", headers=headers)
            unknown = await client.get(f"/v1/answers/{UNKNOWN}{path}", headers=headers)
            assert found.status_code == unknown.status_code == 404
            assert found.json()["detail"] == unknown.json()["detail"]
        said = await client.post(
            f"/v1/answers/{told.answer_id}/feedback", headers=headers, json={"rating": 1}
        )
        assert said.status_code == 404
    for who in (AUDITOR, REVIEWER):
        headers = await key_for(kb, who)
        assert (await client.get(f"/v1/answers/{told.answer_id}", headers=headers)).status_code == 200
    said = await client.post(
        f"/v1/answers/{told.answer_id}/feedback", headers=await key_for(kb, REVIEWER), json={"rating": 1}
    )
    assert said.status_code == 404, "only who has asked says what they think"


async def test_feedback_is_kept_in_place_of_earlier_one(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase
) -> None:
    told, headers = await answered(kb), await key_for(kb, READER)
    path = f"/v1/answers/{told.answer_id}/feedback"
    assert (await client.get(path, headers=headers)).status_code == 404
    body = {"rating": "down", "reasons": ["wrong", "wrong"], "wrong_citations": [1], "comment": "ask a@b.no"}
    first = (await client.post(path, headers=headers, json=body)).json()
    assert (first["rating"], first["reasons"], first["comment"]) == (1, ["wrong"], "ask <EMAIL_ADDRESS>")
    assert (await client.post(path, headers=headers, json={"rating": 4})).json()["rating"] == 4
    assert (await client.get(path, headers=headers)).json()["comment"] == ""
    actions = [one.action for one in kb.audit_entries.kept]
    assert actions.count("answer.feedback") == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"rating": 0},
        {"rating": 6},
        {"rating": "fine"},
        {"rating": 1, "reasons": ["because"]},
        {"rating": 1, "wrong_citations": [2]},
        {"rating": 1, "comment": "x" * 2001},
        {"rating": 1, "more": 1},
    ],
)
async def test_feedback_that_cannot_be_is_refused(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase, body: dict[str, object]
) -> None:
    told = await answered(kb)
    path = f"/v1/answers/{told.answer_id}/feedback"
    response = await client.post(path, headers=await key_for(kb, READER), json=body)
    assert response.status_code in {400, 422}
    assert not kb.recorded.said


async def test_bad_feedback_and_unsure_answers_come_into_the_queue_and_become_cases(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase, document: str
) -> None:
    sure, unsure = await answered(kb), await answered(kb, confidence=0.1)
    headers, asker = await key_for(kb, REVIEWER), await key_for(kb, READER)
    assert [one["object"] for one in (await client.get("/v1/reviews", headers=headers)).json()["data"]] == [
        unsure.answer_id
    ]
    await client.post(f"/v1/answers/{sure.answer_id}/feedback", headers=asker, json={"rating": "down"})
    listed = (await client.get("/v1/reviews?limit=1", headers=headers)).json()
    assert [(one["object"], one["reasons"]) for one in listed["data"]] == [(sure.answer_id, ["feedback"])]
    assert listed["has_more"]
    following = await client.get(f"/v1/reviews?limit=1&cursor={listed['next_cursor']}", headers=headers)
    assert [one["object"] for one in following.json()["data"]] == [unsure.answer_id]
    path = f"/v1/reviews/a{sure.answer_id}"
    detail = (await client.get(path, headers=headers)).json()
    assert (detail["record"]["subject"], detail["feedback"]["rating"], detail["question_text"]) == (
        "jo",
        1,
        None,
    )
    decision = {"state": "corrected", "question": "How much leave?", "correction": "31 days, ask a@b.no"}
    decided = await client.post(f"{path}/decision", headers=headers, json=decision)
    assert (decided.status_code, decided.json()["state"], decided.json()["decided_by"]) == (
        *(200, "corrected"),
        "eve",
    )
    [case] = (await client.get("/v1/reviews/cases", headers=headers)).json()["data"]
    assert (case["question"], case["expected"]) == ("How much leave?", "31 days, ask <EMAIL_ADDRESS>")
    assert (case["doc_ids"], case["origin"]) == ([document], "correction")
    remaining = (await client.get("/v1/reviews?state=open", headers=headers)).json()["data"]
    assert [one["object"] for one in remaining] == [unsure.answer_id]
    entry = kb.audit_entries.kept[-1]
    assert (entry.action, entry.subject, entry.object, entry.detail) == (
        *("review.decided", "eve"),
        *(f"a{sure.answer_id}", "corrected"),
    )


async def test_a_reviewer_sees_no_item_about_what_it_may_not_read(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase
) -> None:
    label = AccessLabel(tier=Tier.RESTRICTED)
    kb.add("board.txt", "secret merger plans", access=label)
    hidden = kb.add("broken.pdf", "", access=label, state=DocumentState.QUARANTINED)
    boss = replace(READER, clearance=Tier.RESTRICTED)
    told = await answered(kb, "merger", who=boss, confidence=0.1)
    assert told.citations
    headers = await key_for(kb, REVIEWER)
    assert (await client.get("/v1/reviews", headers=headers)).json()["data"] == []
    for item_id in (f"a{told.answer_id}", f"d{hidden.doc_id}"):
        found = await client.get(f"/v1/reviews/{item_id}", headers=headers)
        unknown = await client.get(f"/v1/reviews/a{UNKNOWN}", headers=headers)
        assert (found.status_code, found.json()["detail"]) == (404, unknown.json()["detail"])
        for act, body in (("claim", {}), ("decision", {"state": "approved"})):
            response = await client.post(f"/v1/reviews/{item_id}/{act}", headers=headers, json=body)
            assert response.status_code == 404
    cleared = await key_for(kb, replace(REVIEWER, clearance=Tier.RESTRICTED))
    assert len((await client.get("/v1/reviews", headers=cleared)).json()["data"]) == 1


async def test_the_scope_review_opens_no_record_and_no_comment_about_what_it_may_not_read(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase
) -> None:
    kb.add("board.txt", "secret merger plans", access=AccessLabel(tier=Tier.RESTRICTED))
    boss = replace(READER, clearance=Tier.RESTRICTED)
    told = await answered(kb, "merger", who=boss)
    path, body = f"/v1/answers/{told.answer_id}", {"rating": 1, "comment": "the merger is in May"}
    said = await client.post(f"{path}/feedback", headers=await key_for(kb, boss), json=body)
    assert said.status_code == 200
    headers, cleared = [
        await key_for(kb, who) for who in (REVIEWER, replace(REVIEWER, clearance=Tier.RESTRICTED))
    ]
    for part in ("", "/feedback"):
        found = await client.get(f"{path}{part}", headers=headers)
        unknown = await client.get(f"/v1/answers/{UNKNOWN}{part}", headers=headers)
        assert (found.status_code, found.json()["detail"]) == (404, unknown.json()["detail"])
        assert (await client.get(f"{path}{part}", headers=cleared)).status_code == 200


async def test_only_one_reviewer_looks_at_an_item(client: httpx.AsyncClient, kb: FakeKnowledgeBase) -> None:
    told = await answered(kb, confidence=0.1)
    path = f"/v1/reviews/a{told.answer_id}/claim"
    first, second = await key_for(kb, REVIEWER), await key_for(kb, replace(REVIEWER, subject="bo"))
    assert (await client.post(path, headers=first, json={})).json()["assignee"] == "eve"
    assert (await client.post(path, headers=second, json={})).status_code == 503
    assert (await client.post(path, headers=second, json={"release": True})).json()["assignee"] == ""
    assert (await client.post(path, headers=second, json={})).json()["assignee"] == "bo"


@pytest.mark.parametrize(
    "body",
    [
        {"state": "open"},
        {"state": "corrected"},
        {"state": "approved", "correction": "so"},
        {"state": "approved", "note": "x" * 2001},
    ],
)
async def test_a_decision_that_cannot_be_is_refused(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase, body: dict[str, str]
) -> None:
    told = await answered(kb, confidence=0.1)
    path = f"/v1/reviews/a{told.answer_id}/decision"
    response = await client.post(path, headers=await key_for(kb, REVIEWER), json=body)
    assert response.status_code in {400, 422}
    assert kb.queue.kept[f"a{told.answer_id}"].state == "open"


@pytest.mark.parametrize("path", ["/v1/reviews", "/v1/reviews/cases", "/v1/audit", "/v1/audit/verify"])
async def test_the_queue_and_the_log_take_their_scopes(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase, path: str
) -> None:
    wanted = AUDITOR if "audit" in path else REVIEWER
    other = REVIEWER if "audit" in path else AUDITOR
    assert (await client.get(path, headers=await key_for(kb, wanted))).status_code == 200
    assert (await client.get(path, headers=await key_for(kb, other))).status_code == 403


async def test_the_log_has_what_was_changed_over_the_api_and_is_whole(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase, document: str
) -> None:
    writer = replace(READER, scopes=frozenset({Scope.READ, Scope.WRITE}))
    await client.delete(f"/v1/documents/{document}", headers=await key_for(kb, writer))
    headers = await key_for(kb, AUDITOR)
    listed = (await client.get("/v1/audit?action=document.delete", headers=headers)).json()
    [entry] = listed["data"]
    assert (entry["subject"], entry["object"], entry["detail"][:4]) == ("jo", document, "key:")
    verdict = (await client.get("/v1/audit/verify", headers=headers)).json()
    assert (verdict["whole"], verdict["problem"]) == (True, None)
    noted = (await client.get(f"/v1/audit/verify?head=1:{'f' * 64}", headers=headers)).json()
    assert not noted["whole"]


async def test_what_stands_in_an_address_does_not_get_into_the_log(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase
) -> None:
    scopes = frozenset({Scope.READ, Scope.WRITE, Scope.SOURCES})
    headers = await key_for(kb, replace(READER, scopes=scopes))
    for path in ("documents/ann.smith@example.com", "sources/Ann%20Smith%20earns", "webhooks/wh_ann%00"):
        assert (await client.delete(f"/v1/{path}", headers=headers)).status_code in {404, 422}
    listed = (await client.get("/v1/audit", headers=await key_for(kb, AUDITOR))).json()["data"]
    objects = [one["object"] for one in listed if one["action"].endswith((".delete", ".remove"))]
    assert len(objects) == 3
    assert all(one.startswith("request ") for one in objects)


async def test_a_tenant_reads_its_own_entries_a_page_at_a_time(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase
) -> None:
    for _ in range(3):
        await answered(kb)
    await answered(kb, who=replace(READER, tenant="other"))
    headers, found, cursor = await key_for(kb, AUDITOR), [], ""
    while True:
        page = (await client.get(f"/v1/audit?limit=2{cursor}", headers=headers)).json()
        found += page["data"]
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert {one["tenant"] for one in found} == {"default"}
    assert sum(one["action"] == "answers.recorded" for one in found) == 3
    assert [one["sequence"] for one in found] == sorted((one["sequence"] for one in found), reverse=True)

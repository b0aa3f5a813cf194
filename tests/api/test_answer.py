import httpx

from tests.fakes.knowledge_base import FakeKnowledgeBase


async def test_answer_carries_its_citations(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    record = kb.add("leave.txt", "thirty days of leave")
    response = await client.post("/v1/answer", json={"question": "how much leave"})
    body = response.json()
    assert response.status_code == 200
    assert body.pop("took_ms") >= 0
    assert body == {
        "answer": "thirty days of leave [1]",
        "status": "grounded",
        "reason": None,
        "citations": [
            {
                "doc_id": record.doc_id,
                "external_id": None,
                "document": "leave",
                "path": "leave.txt",
                "version": 1,
                "page": None,
                "heading": "",
                "quote": "thirty days of leave",
                "start": 0,
                "end": 20,
                "restored": [],
            }
        ],
        "sentences": [{"text": "thirty days of leave", "citations": [1]}],
        "mode": "extractive",
        "confidence": None,
        "contradictions": [],
        "model": "",
        "prompt_version": "",
        "removed_count": 0,
        "cached": "",
        "rounds": [],
        "notes": [],
        "appeal_id": None,
        "answer_id": "",
        "disclosure": "",
        "session_id": None,
    }


async def test_a_refusal_is_a_result_and_not_an_error(client: httpx.AsyncClient):
    response = await client.post("/v1/answer", json={"question": "who won"})
    assert response.status_code == 200
    assert response.json()["status"] == "refused"
    assert response.json()["reason"] == "nothing that you may read matches the question"
    assert response.json()["citations"] == []


async def test_an_empty_question_is_invalid(client: httpx.AsyncClient):
    response = await client.post("/v1/answer", json={"question": ""})
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "body.question"


async def test_a_mode_that_is_none_and_a_session_id_that_is_none_are_invalid(client: httpx.AsyncClient):
    for wrong in ({"mode": "poetic"}, {"session_id": "../../etc"}, {"language": "en-GB; drop"}):
        response = await client.post("/v1/answer", json={"question": "how much leave", **wrong})
        assert response.status_code == 422

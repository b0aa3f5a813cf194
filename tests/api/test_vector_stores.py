"""Collections as OpenAI's vector stores and as Dify's external knowledge, over the real parts."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.config import RedactionSettings, Settings
from folio.knowledge_base import KnowledgeBase
from tests.api.conftest import serving

FILES = {
    "travel/hotels.md": "# Hotels\n\nA hotel in Oslo may cost at most 180 EUR a night.\n",
    "leave.md": "# Leave policy\n\nEvery employee has thirty days of annual leave.\n",
    "note.txt": "Hotel notes of the team.",
}


def settings_of(place: Path) -> Settings:
    return Settings(home=place / "home", redaction=RedactionSettings(policy="off"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("stores")
    for name, text in FILES.items():
        (place / "files" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "files" / name).write_text(text)

    async def fill() -> None:
        async with KnowledgeBase(settings_of(place)) as kb:
            await kb.ingest([place / "files"])

    asyncio.run(fill())
    return place


@pytest.fixture
async def client(filled: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(settings_of(filled)) as client:
        yield client


async def search(client: httpx.AsyncClient, store: str = "all", **body: Any) -> list[dict[str, Any]]:
    response = await client.post(f"/v1/vector_stores/{store}/search", json={"query": "hotel in Oslo"} | body)
    assert response.status_code == 200, response.text
    return response.json()["data"]


async def retrieve(client: httpx.AsyncClient, *conditions: dict[str, Any], **body: Any) -> httpx.Response:
    asked = {
        "knowledge_id": "all",
        "query": "hotel in Oslo",
        "retrieval_setting": {"top_k": 5, "score_threshold": 0},
    }
    if conditions:
        asked["metadata_condition"] = {"conditions": list(conditions)}
    return await client.post("/retrieval", json=asked | body)


async def test_stores_are_the_collections_with_their_documents(client: httpx.AsyncClient):
    stores = (await client.get("/v1/vector_stores")).json()
    whole, source = stores["data"]
    assert (whole["id"], stores["first_id"], stores["last_id"], stores["has_more"]) == (
        "all",
        "all",
        source["id"],
        False,
    )
    assert whole["file_counts"] | {"completed": 0, "total": 0} == dict.fromkeys(whole["file_counts"], 0)
    assert [one["file_counts"]["total"] for one in (whole, source)] == [3, 3]
    assert (await client.get(f"/v1/vector_stores/{source['id']}")).json() == source
    first = (await client.get("/v1/vector_stores", params={"limit": 1})).json()
    assert ([one["id"] for one in first["data"]], first["has_more"]) == (["all"], True)
    rest = (await client.get("/v1/vector_stores", params={"limit": 1, "after": "all"})).json()
    assert ([one["id"] for one in rest["data"]], rest["has_more"]) == ([source["id"]], False)


async def test_files_are_paged_forwards_and_backwards(client: httpx.AsyncClient):
    whole = (await client.get("/v1/vector_stores/all/files")).json()
    ids = [one["id"] for one in whole["data"]]
    assert ids == sorted(ids, reverse=True)
    assert {one["attributes"]["path"] for one in whole["data"]} == set(FILES)
    assert {one["status"] for one in whole["data"]} == {"completed"}
    page = (await client.get("/v1/vector_stores/all/files", params={"limit": 2, "after": ids[0]})).json()
    assert ([one["id"] for one in page["data"]], page["has_more"]) == (ids[1:], False)
    back = (await client.get("/v1/vector_stores/all/files", params={"limit": 1, "before": ids[2]})).json()
    assert ([one["id"] for one in back["data"]], back["has_more"]) == ([ids[1]], True)
    for status in ("failed", "cancelled", "in_progress"):
        listed = await client.get("/v1/vector_stores/all/files", params={"filter": status})
        assert listed.json()["data"] == []


async def test_scores_lie_between_0_and_1_and_never_rise(client: httpx.AsyncClient):
    for query in ("hotel in Oslo", "leave", "zebra", ["hotel", "leave"]):
        scores = [one["score"] for one in await search(client, query=query)]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)
        assert len(scores) == 3
    threshold = {"score_threshold": 0.3}
    assert (await search(client, ranking_options=threshold))[0]["filename"] == "travel/hotels.md"
    assert await search(client, ranking_options={"score_threshold": 1}) == []


async def test_several_queries_bring_each_passage_once(client: httpx.AsyncClient):
    found = await search(client, query=["hotel in Oslo", "annual leave", "hotel in Oslo"])
    assert len({one["file_id"] for one in found}) == len(found) == 3
    assert {one["filename"] for one in found[:2]} == {"travel/hotels.md", "leave.md"}


async def test_a_store_is_searched_inside_openai_s_filters(client: httpx.AsyncClient):
    compound = {
        "type": "or",
        "filters": [
            {"type": "eq", "key": "path", "value": "leave.md"},
            {"type": "eq", "key": "mime_type", "value": "text/plain"},
        ],
    }
    assert {one["filename"] for one in await search(client, filters=compound)} == {"leave.md", "note.txt"}
    wrong = {"type": "eq", "key": "tenant", "value": "x"}
    response = await client.post("/v1/vector_stores/all/search", json={"query": "a", "filters": wrong})
    assert (response.status_code, response.json()["code"]) == (400, "invalid_input")


@pytest.mark.parametrize("store", ["vs_0000000000000000", "nothing", "vs_"])
async def test_an_unknown_store_is_not_found(client: httpx.AsyncClient, store: str):
    searched = await client.post(f"/v1/vector_stores/{store}/search", json={"query": "hotel"})
    answers = [
        searched,
        await client.get(f"/v1/vector_stores/{store}"),
        await client.get(f"/v1/vector_stores/{store}/files"),
    ]
    assert [one.status_code for one in answers] == [404, 404, 404]
    assert {one.json()["code"] for one in answers} == {"not_found"}


async def test_a_filter_that_nothing_meets_leaves_a_known_store_empty(client: httpx.AsyncClient):
    assert await search(client, filters={"type": "eq", "key": "path", "value": "no.md"}) == []


async def test_dify_gets_records(client: httpx.AsyncClient):
    records = (await retrieve(client)).json()["records"]
    assert records[0]["title"] == "Hotels"
    assert records[0]["content"].endswith("180 EUR a night.")
    assert records[0]["metadata"]["path"] == "travel/hotels.md"
    assert all(0 <= record["score"] <= 1 for record in records)
    one = {"top_k": 1, "score_threshold": 0.2}
    assert len((await retrieve(client, retrieval_setting=one)).json()["records"]) == 1
    none = {"top_k": 3, "score_threshold": 1.0}
    assert (await retrieve(client, retrieval_setting=none)).json() == {"records": []}


@pytest.mark.parametrize(
    ("condition", "paths"),
    [
        ({"name": ["folder"], "comparison_operator": "is", "value": "travel"}, {"travel/hotels.md"}),
        (
            {"name": "path", "comparison_operator": "is not", "value": "note.txt"},
            {"travel/hotels.md", "leave.md"},
        ),
        ({"name": ["path", "mime_type"], "comparison_operator": "=", "value": "text/plain"}, {"note.txt"}),
        (
            {"name": "path", "comparison_operator": "in", "value": "note.txt, leave.md"},
            {"note.txt", "leave.md"},
        ),
        (
            {"name": "path", "comparison_operator": "not in", "value": ["note.txt", "leave.md"]},
            {"travel/hotels.md"},
        ),
        ({"name": "language", "comparison_operator": "empty"}, set(FILES)),
        ({"name": "language", "comparison_operator": "not empty"}, set()),
        ({"name": "modified", "comparison_operator": "before", "value": "2001-01-01"}, set()),
        ({"name": "modified", "comparison_operator": "≥", "value": 86_400}, set(FILES)),
    ],
)
async def test_dify_s_conditions_are_filters(client: httpx.AsyncClient, condition, paths):
    response = await retrieve(client, condition)
    assert {record["metadata"]["path"] for record in response.json()["records"]} == paths


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"knowledge_id": "nothing"}, 404, 2001),
        ({"query": ""}, 422, 422),
        ({"retrieval_setting": {"top_k": 5000, "score_threshold": 2}}, 422, 422),
        (
            {
                "metadata_condition": {
                    "conditions": [{"name": "path", "comparison_operator": "contains", "value": "a"}]
                }
            },
            422,
            422,
        ),
    ],
)
async def test_dify_s_errors_have_its_form(client: httpx.AsyncClient, body, status, code):
    response = await retrieve(client, **body)
    assert (response.status_code, response.json()["error_code"]) == (status, code)
    assert response.headers["content-type"] == "application/json"
    assert set(response.json()) == {"error_code", "error_msg"}


async def test_dify_without_a_credential_gets_1001(filled: Path):
    settings = Settings.model_validate(
        {"home": filled / "home", "redaction": {"policy": "off"}, "api": {"token": "t" * 40}}
    )
    async with serving(settings) as client:
        response = await retrieve(client)
        allowed = await client.post(
            "/retrieval", json={"knowledge_id": "x"}, headers={"Authorization": f"Bearer {'t' * 40}"}
        )
    assert (response.status_code, response.json()["error_code"]) == (401, 1001)
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert allowed.status_code == 422

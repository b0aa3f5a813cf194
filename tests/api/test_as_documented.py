"""What the OpenAPI document says of requests and events holds: found by schemathesis, kept here where it takes no minutes."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.schemas.answer import ContradictionFound
from core.config import Settings
from tests.fakes.knowledge_base import FakeKnowledgeBase


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    document = create_app(Settings(home=tmp_path_factory.mktemp("home"))).openapi()
    found: dict[str, Any] = document["components"]["schemas"]
    return found


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/search", {"query": "x", "explain": 0}),
        ("/v1/search", {"query": "x", "highlight": "yes"}),
        ("/v1/search", {"query": "x", "limit": "5"}),
        ("/v1/search", {"query": "x", "limit": True}),
        ("/v1/search", {"query": "x", "filters": {"modified_after": 0}}),
        ("/v1/answer", {"question": "x", "stream": 1}),
        ("/v1/answer", {"question": "x", "restore": "true"}),
        ("/v1/keys/1a20/rotate", {"grace_s": True}),
        ("/v1/keys", {"name": "x", "priority": "3"}),
        ("/v1/sources", {"root": "/srv", "max_file_bytes": "10"}),
        ("/v1/vector_stores/all/search", {"query": "x", "max_num_results": "5"}),
    ],
)
async def test_nothing_of_another_type_is_taken_for_what_is_documented(
    client: httpx.AsyncClient, path: str, body: dict[str, Any]
) -> None:
    response = await client.post(path, json=body)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


async def test_a_whole_number_may_be_written_with_a_point(client: httpx.AsyncClient) -> None:
    body = {"query": "x", "limit": 5.0, "group_size": 2.0, "facet_limit": 3.0}
    assert (await client.post("/v1/search", json=body)).status_code == 200
    assert (await client.post("/v1/search", json={"query": "x", "limit": 5.5})).status_code == 422


@pytest.mark.parametrize("value", [False, -253402300800.0, 253402300800.0])
async def test_dify_sends_dates_as_text_or_seconds_that_there_are(
    client: httpx.AsyncClient, value: float
) -> None:
    condition = {"name": ["modified"], "comparison_operator": "is", "value": value}
    body = {
        "knowledge_id": "all",
        "query": "x",
        "retrieval_setting": {"top_k": 1, "score_threshold": 0.0},
        "metadata_condition": {"conditions": [condition]},
    }
    assert (await client.post("/retrieval", json=body)).status_code == 422


async def test_no_filter_may_be_written_as_null(client: httpx.AsyncClient, schemas: dict[str, Any]) -> None:
    body = {"query": "x", "where": None, "prefer": None}
    assert (await client.post("/v1/search", json=body)).status_code == 200
    for name in ("SearchRequest", "BatchedSearch", "AnswerRequest"):
        assert {"type": "null"} in schemas[name]["properties"]["where"]["anyOf"]


def test_events_are_documented_as_they_are_sent(schemas: dict[str, Any]) -> None:
    fields = schemas["DoneEvent"]["properties"]
    assert fields["id"]["type"] == fields["data"]["type"] == "string"
    assert fields["data"]["contentMediaType"] == "application/json"
    assert fields["data"]["contentSchema"] == {"$ref": "#/components/schemas/AnswerResponse"}


def test_the_least_number_of_globs_is_documented(schemas: dict[str, Any]) -> None:
    [globs, _] = schemas["NewSource"]["properties"]["include"]["anyOf"]
    assert (globs["minItems"], globs["items"]["pattern"]) == (1, r"\S")


def test_pairs_are_documented_in_a_way_that_generators_know() -> None:
    assert "prefixItems" not in json.dumps(ContradictionFound.model_json_schema())


async def test_streams_are_documented_with_one_type(tmp_path: Path) -> None:
    document = create_app(Settings(home=tmp_path), knowledge_base=FakeKnowledgeBase()).openapi()
    answers = document["paths"]["/v1/answer/streams/{stream_id}"]["get"]["responses"]
    schema = answers["200"]["content"]["text/event-stream"]["schema"]
    assert schema == {"$ref": "#/components/schemas/AnswerEvent"}

"""Whatever is sent, the answer is a result or a problem, never a crash."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.config import Settings
from tests.api.conftest import serving
from tests.fakes.knowledge_base import FakeKnowledgeBase

TEXT = st.text(st.characters(exclude_categories=[]), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [
        "query",
        "question",
        "url",
        "events",
        "secret",
        "limit",
        "filters",
        "doc_id",
        "modified_after",
        "modified_before",
        "mime_type",
    ]
)
BODIES = (
    st.dictionaries(FIELDS, VALUES | st.dictionaries(FIELDS | TEXT, VALUES, max_size=4), max_size=5) | VALUES
)
TYPES = st.sampled_from(
    [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "a/b+json",
        "",
    ]
)


Call = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Call]:
    """Asks one service for all examples: it takes longer to build than to ask."""
    with asyncio.Runner() as runner:
        opened = serving(Settings(home=tmp_path_factory.mktemp("home")), FakeKnowledgeBase())
        client = runner.run(opened.__aenter__())
        yield lambda *request, **arguments: runner.run(client.request(*request, **arguments))
        runner.run(opened.__aexit__(None, None, None))


def check(response: httpx.Response) -> None:
    assert response.status_code < 500
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["status"] == response.status_code


@settings(max_examples=150, deadline=None)
@given(path=st.sampled_from(["/v1/search", "/v1/answer", "/v1/webhooks", "/v1/graph/merges"]), body=BODIES)
def test_any_json_gets_a_result_or_a_problem(call: Call, path: str, body: Any):
    content = json.dumps(body).encode()
    check(call("POST", path, content=content, headers={"content-type": "application/json"}))


@settings(max_examples=100, deadline=None)
@given(
    path=st.sampled_from(["/v1/search", "/v1/answer", "/v1/documents"]),
    content=st.binary(max_size=200)
    | st.binary(max_size=100).map(lambda tail: b"--x\r\n" + tail + b"\r\n--x--"),
    content_type=TYPES,
)
def test_any_bytes_get_a_result_or_a_problem(call: Call, path: str, content: bytes, content_type: str):
    check(call("POST", path, content=content, headers={"content-type": content_type}))


@settings(max_examples=100, deadline=None)
@given(
    path=st.sampled_from(
        [
            "/v1/search",
            "/v1/documents",
            "/v1/jobs",
            "/v1/graph/entities",
            "/v1/graph/paths",
            "/v1/graph/export",
        ]
    ),
    parameters=st.dictionaries(
        st.sampled_from(["q", "limit", "cursor", "state", "from", "to", "kind", "format"]),
        st.text(max_size=20),
        max_size=4,
    ),
)
def test_any_parameters_get_a_result_or_a_problem(call: Call, path: str, parameters: dict[str, str]):
    check(call("GET", path, params=parameters))


@settings(max_examples=100, deadline=None)
@given(name=st.text(max_size=20), part=st.sampled_from(["", "/neighbours", "/relations", "/evidence"]))
def test_any_name_of_an_entity_gets_a_result_or_a_problem(call: Call, name: str, part: str):
    check(call("GET", f"/v1/graph/entities/{quote(name, safe='')}{part}"))

"""HTTP as its readers expect it: HEAD, media types, limits of headers, other sites, what browsers are told."""

from pathlib import Path

import httpx
import pytest

from core.config import Settings
from core.service_settings import ApiSettings
from tests.api.conftest import serving
from tests.fakes.knowledge_base import FakeKnowledgeBase

ORIGIN = "https://app.example.com"
TOKEN = {"Authorization": "Bearer secret"}


async def test_head_is_get_without_its_body(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    path = f"/v1/documents/{kb.add('a.txt', 'text').doc_id}"
    got, headed = await client.get(path), await client.head(path)
    assert (headed.status_code, headed.content) == (200, b"")
    assert headed.headers["etag"] == got.headers["etag"]
    assert (await client.head("/v1/documents/0")).status_code == 404


@pytest.mark.parametrize("path", ["/v1/search", "/v1/sources", "/v1/documents"])
async def test_a_body_of_another_type_is_refused_as_that(client: httpx.AsyncClient, path: str):
    response = await client.post(path, content=b"<x/>", headers={"Content-Type": "application/xml"})
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")
    assert response.json()["type"] == "urn:folio:problem:unsupported_media_type"


async def test_a_wrong_method_names_all_that_there_are(client: httpx.AsyncClient):
    response = await client.put("/v1/documents")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")


async def test_headers_over_the_limit_are_refused(client: httpx.AsyncClient):
    response = await client.get("/v1/documents", headers={"x-long": "x" * 40_000})
    assert (response.status_code, response.json()["code"]) == (431, "headers_too_large")


async def test_browsers_are_told_to_load_nothing_but_on_the_page_of_documentation(client: httpx.AsyncClient):
    assert "default-src 'none'" in (await client.get("/healthz")).headers["content-security-policy"]
    assert "cdn.jsdelivr.net" not in (await client.get("/v1/documents")).headers["content-security-policy"]
    assert "cdn.jsdelivr.net" in (await client.get("/docs")).headers["content-security-policy"]
    assert "strict-transport-security" not in (await client.get("/healthz")).headers


async def test_behind_https_browsers_are_to_stay_there(tmp_path: Path):
    settings = Settings(home=tmp_path, api=ApiSettings(url="https://folio.example.com"))
    async with serving(settings, FakeKnowledgeBase()) as client:
        assert "max-age" in (await client.get("/healthz")).headers["strict-transport-security"]


async def test_only_pages_of_allowed_sites_are_told_that_they_may_call(tmp_path: Path):
    api = ApiSettings(token="secret", allowed_origins=(ORIGIN,))
    asked = {"Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "if-match"}
    async with serving(Settings(home=tmp_path, api=api), FakeKnowledgeBase()) as client:
        allowed = await client.options("/v1/documents", headers={"Origin": ORIGIN, **asked})
        refused = await client.options("/v1/documents", headers={"Origin": "https://evil.example", **asked})
        answered = await client.get("/v1/documents", headers={"Origin": ORIGIN, **TOKEN})
    assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, ORIGIN)
    assert "access-control-allow-origin" not in refused.headers
    assert "ETag" in answered.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in answered.headers


async def test_no_site_is_allowed_unless_the_settings_name_it(client: httpx.AsyncClient):
    response = await client.get("/healthz", headers={"Origin": ORIGIN})
    assert not [name for name in response.headers if name.startswith("access-control")]

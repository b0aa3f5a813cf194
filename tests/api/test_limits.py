from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from core.config import Settings
from core.service_settings import ApiSettings
from tests.api.conftest import serving
from tests.fakes.knowledge_base import FakeKnowledgeBase

MULTIPART = {"content-type": "multipart/form-data; boundary=x"}
PART_HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'


class EndlessUpload:
    """A chunked body without a declared length; counts what was taken of it."""

    def __init__(self) -> None:
        self.sent_bytes = 0

    async def chunks(self) -> AsyncIterator[bytes]:
        yield PART_HEAD
        while self.sent_bytes < 100_000_000:
            self.sent_bytes += 10_000
            yield b"x" * 10_000


async def test_an_endless_upload_is_cut_off_while_it_is_read(kb: FakeKnowledgeBase, tmp_path: Path):
    upload = EndlessUpload()
    async with serving(Settings(home=tmp_path, api=ApiSettings(max_upload_bytes=100_000)), kb) as client:
        response = await client.post("/v1/documents", content=upload.chunks(), headers=MULTIPART)
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"
    assert "api.max_upload_bytes" in response.json()["detail"]
    assert upload.sent_bytes < 200_000


async def test_a_declared_length_over_the_limit_is_refused_unread(kb: FakeKnowledgeBase, tmp_path: Path):
    upload = EndlessUpload()
    headers = MULTIPART | {"content-length": "100000000"}
    async with serving(Settings(home=tmp_path, api=ApiSettings(max_upload_bytes=100_000)), kb) as client:
        response = await client.post("/v1/documents", content=upload.chunks(), headers=headers)
    assert response.status_code == 413
    assert upload.sent_bytes == 0


async def test_a_json_body_has_its_own_small_limit(client: httpx.AsyncClient):
    response = await client.post("/v1/search", json={"query": "a", "filters": {"doc_id": "x" * 70_000}})
    assert response.status_code == 413
    assert "65,536 bytes" in response.json()["detail"]


async def test_the_longest_allowed_query_fits_even_when_escaped(client: httpx.AsyncClient):
    body = b'{"query": "' + b"\\ud83d\\ude00" * 2000 + b'"}'
    response = await client.post("/v1/search", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 200

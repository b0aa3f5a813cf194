"""`POST /v1/documents`: kept whole or not at all, answered at once, checked, scanned, never done twice."""

import base64
import hashlib
import os
import sys
from pathlib import Path

import httpx
import pytest

from core.config import Settings
from core.service_settings import ApiSettings
from folio.drafts import PREFIX
from tests.api.conftest import serving
from tests.fakes.knowledge_base import FakeKnowledgeBase

TEXT = b"thirty days"
DIGEST = hashlib.sha256(TEXT).hexdigest()
FILES = {"file": ("handbook/leave.txt", TEXT)}


def scanner(folder: Path, program: str) -> tuple[str, ...]:
    script = folder / "scan.py"
    script.write_text(program)
    return (sys.executable, str(script))


def kept(settings: Settings) -> list[str]:
    area = settings.home / "uploads"
    return sorted(path.relative_to(area).as_posix() for path in area.rglob("*") if path.is_file())


def content_digest(data: bytes) -> str:
    return f"sha-512=:AAAA:, sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"


async def test_an_upload_is_kept_and_answered_with_its_job(client, settings: Settings, kb: FakeKnowledgeBase):
    kb.may_index.clear()
    response = await client.post("/v1/documents", files=FILES)
    job = response.json()
    assert (response.status_code, job["path"], job["version"]) == (202, "handbook/leave.txt", None)
    assert (job["kind"], job["sha256"], job["size_bytes"]) == ("upload", DIGEST, len(TEXT))
    assert response.request.url.join(response.headers["location"]).path == f"/v1/jobs/{job['id']}"
    assert kept(settings) == ["handbook/leave.txt"]
    kb.may_index.set()


@pytest.mark.parametrize("how", [{"params": {"wait": "30"}}, {"headers": {"Prefer": "foo, wait=30"}}])
async def test_those_who_wait_get_the_document(client: httpx.AsyncClient, how: dict[str, dict[str, str]]):
    first = await client.post("/v1/documents", files=FILES, **how)
    again = await client.post("/v1/documents", files=FILES, **how)
    assert (first.status_code, first.json()["path"]) == (201, "handbook/leave.txt")
    assert first.headers["location"] == f"documents/{first.json()['doc_id']}"
    assert (again.status_code, again.json()["version"]) == (200, 2)


async def test_those_who_wait_too_short_get_the_job(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    kb.may_index.clear()
    response = await client.post("/v1/documents?wait=0.01", files=FILES)
    assert response.status_code == 202
    kb.may_index.set()


@pytest.mark.parametrize("wait", ["-1", "nan", "soon", "1e9"])
async def test_a_wait_that_is_none_is_refused(client: httpx.AsyncClient, wait: str):
    assert (await client.post("/v1/documents", params={"wait": wait}, files=FILES)).status_code == 422


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({"checksum": DIGEST}, {}),
        ({"checksum": DIGEST.upper()}, {}),
        ({}, {"part": content_digest(TEXT)}),
    ],
)
async def test_a_checksum_that_fits_is_accepted(client: httpx.AsyncClient, fields, headers):
    part = ("leave.txt", TEXT, "text/plain", {"Content-Digest": headers["part"]} if headers else {})
    assert (await client.post("/v1/documents", files={"file": part}, data=fields)).status_code == 202


@pytest.mark.parametrize(
    ("fields", "part_headers"),
    [({"checksum": "0" * 64}, {}), ({}, {"Content-Digest": content_digest(b"other")})],
)
async def test_a_checksum_that_does_not_fit_keeps_nothing(client, settings, fields, part_headers):
    part = ("leave.txt", TEXT, "text/plain", part_headers)
    response = await client.post("/v1/documents", files={"file": part}, data=fields)
    assert (response.status_code, response.json()["code"]) == (422, "checksum_mismatch")
    assert kept(settings) == []
    assert (await client.get("/v1/jobs")).json()["data"] == []


async def test_content_digest_of_the_request_is_of_its_whole_body(client: httpx.AsyncClient, settings):
    request = client.build_request("POST", "/v1/documents", files=FILES)
    body = await request.aread()
    headers = {"Content-Type": request.headers["content-type"]}
    for digested, status in ((b"something else", 422), (body, 202)):
        digest = {"Content-Digest": content_digest(digested)}
        response = await client.post("/v1/documents", content=body, headers=headers | digest)
        assert response.status_code == status
        assert kept(settings) == ([] if status == 422 else ["handbook/leave.txt"])


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({"checksum": "abc"}, {}),
        ({"checksum": "z" * 64}, {}),
        ({}, {"Content-Digest": "sha-256=abc"}),
        ({}, {"Content-Digest": "sha-256=:=:"}),
        ({}, {"Idempotency-Key": ""}),
        ({}, {"Idempotency-Key": "k" * 256}),
        ({}, {"Idempotency-Key": "a\tb"}),
    ],
)
async def test_a_checksum_or_key_that_is_none_is_refused(client, settings, fields, headers):
    response = await client.post("/v1/documents", files=FILES, data=fields, headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_input")
    assert kept(settings) == []


async def test_a_large_upload_arrives_whole(client: httpx.AsyncClient, settings: Settings):
    data = os.urandom(5_000_000)
    checksum = hashlib.sha256(data).hexdigest()
    response = await client.post(
        "/v1/documents", files={"file": ("big.txt", data)}, data={"checksum": checksum}
    )
    assert response.status_code == 202
    assert (settings.home / "uploads" / "big.txt").read_bytes() == data


async def test_a_name_cannot_be_a_folder_and_a_file_at_once(client: httpx.AsyncClient, settings: Settings):
    await client.post("/v1/documents", files={"file": ("a/b.txt", TEXT)})
    for name in ("a", "a/b.txt/c.txt"):
        response = await client.post("/v1/documents", files={"file": (name, TEXT)})
        assert (response.status_code, response.json()["code"]) == (400, "invalid_input")
    assert kept(settings) == ["a/b.txt"]
    assert len((await client.get("/v1/jobs")).json()["data"]) == 1


@pytest.mark.parametrize(
    ("program", "status", "code"),
    [
        ("raise SystemExit(1)", 422, "infected_upload"),
        ("raise SystemExit(2)", 503, "dependency_down"),
        ("import time; time.sleep(60)", 503, "dependency_down"),
    ],
)
async def test_what_the_scanner_does_not_pass_is_gone(kb, tmp_path: Path, program, status, code):
    command = scanner(tmp_path, f"print('EICAR in salaries.txt')\n{program}")
    api = ApiSettings(scan_command=command, scan_timeout_s=0.5 if "sleep" in program else 30)
    settings = Settings(home=tmp_path / "home", api=api)
    async with serving(settings, kb) as client:
        response = await client.post("/v1/documents", files=FILES, headers={"Idempotency-Key": "k"})
        again = await client.post("/v1/documents", files=FILES, headers={"Idempotency-Key": "k"})
        jobs = (await client.get("/v1/jobs")).json()["data"]
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert again.status_code == status
    assert "EICAR" not in response.text
    assert (kept(settings), jobs, kb.records) == ([], [], {})


async def test_the_scanner_sees_the_whole_file(kb: FakeKnowledgeBase, tmp_path: Path):
    program = f"import pathlib, sys; sys.exit(pathlib.Path(sys.argv[1]).read_bytes() != {TEXT!r})"
    api = ApiSettings(scan_command=scanner(tmp_path, program))
    async with serving(Settings(home=tmp_path / "home", api=api), kb) as client:
        assert (await client.post("/v1/documents", files=FILES)).status_code == 202
        assert (await client.post("/v1/documents", files={"file": ("b.txt", b"x")})).status_code == 422


async def test_a_scanner_that_is_not_there_lets_nothing_in(kb: FakeKnowledgeBase, tmp_path: Path):
    settings = Settings(home=tmp_path, api=ApiSettings(scan_command=("/no/such/scanner",)))
    async with serving(settings, kb) as client:
        response = await client.post("/v1/documents", files=FILES)
    assert (response.status_code, kept(settings)) == (503, [])
    assert "api.scan_command" in response.json()["detail"]


async def test_drafts_of_killed_processes_are_swept_at_start(kb: FakeKnowledgeBase, settings: Settings):
    folder = settings.home / "uploads" / "handbook"
    folder.mkdir(parents=True)
    (folder / f"{PREFIX}left").write_text("half an upload")
    (folder / "leave.txt").write_text("whole")
    async with serving(settings, kb) as client:
        await client.post("/v1/documents?wait=30", files={"file": ("b.txt", TEXT)})
    assert kept(settings) == ["b.txt", "handbook/leave.txt"]


async def test_the_same_key_gets_the_same_answer_and_one_job(client: httpx.AsyncClient):
    headers = {"Idempotency-Key": "k-1"}
    first = await client.post("/v1/documents", files=FILES, headers=headers)
    again = await client.post("/v1/documents", files=FILES, headers=headers)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert len((await client.get("/v1/jobs")).json()["data"]) == 1


async def test_a_document_that_was_waited_for_is_replayed(client: httpx.AsyncClient):
    headers = {"Idempotency-Key": "k-1"}
    first = await client.post("/v1/documents?wait=30", files=FILES, headers=headers)
    again = await client.post("/v1/documents?wait=30", files=FILES, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()


async def test_a_failure_that_was_waited_for_is_replayed(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    files, headers = {"file": ("scan.bin", b"\xff\xfe")}, {"Idempotency-Key": "k-1"}
    first = await client.post("/v1/documents?wait=30", files=files, headers=headers)
    again = await client.post("/v1/documents?wait=30", files=files, headers=headers)
    assert (first.status_code, again.status_code) == (422, 422)
    assert again.content == first.content
    assert again.headers["content-type"] == "application/problem+json"
    assert kb.batches == [["scan.bin"]]


@pytest.mark.parametrize("other", [("handbook/leave.txt", b"ten days"), ("other.txt", TEXT)])
async def test_a_key_is_for_one_upload_only(client: httpx.AsyncClient, settings: Settings, other):
    headers = {"Idempotency-Key": "k-1"}
    await client.post("/v1/documents", files=FILES, headers=headers)
    response = await client.post("/v1/documents", files={"file": other}, headers=headers)
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert kept(settings) == ["handbook/leave.txt"]
    assert (settings.home / "uploads" / "handbook" / "leave.txt").read_bytes() == TEXT


async def test_the_key_itself_is_not_kept(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    await client.post("/v1/documents", files=FILES, headers={"Idempotency-Key": "my-secret-key"})
    assert len(kb.jobs.of_key) == 1
    assert "my-secret-key" not in str(kb.jobs.of_key)

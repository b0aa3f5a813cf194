import httpx
import pytest

from api.app import create_app
from api.auth import is_loopback
from core.config import Settings
from core.errors import SettingsError
from core.service_settings import ApiSettings
from tests.api.conftest import serving
from tests.fakes.knowledge_base import FakeKnowledgeBase

TOKEN = "correct horse"
PROTECTED = Settings(api=ApiSettings(host="0.0.0.0", token=TOKEN))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "kb.example.com"])
def test_a_reachable_host_without_a_token_is_refused(host: str):
    with pytest.raises(SettingsError, match="FOLIO_API__TOKEN"):
        create_app(Settings(api=ApiSettings(host=host)), knowledge_base=FakeKnowledgeBase())


def test_an_empty_token_is_refused():
    with pytest.raises(SettingsError, match="empty"):
        create_app(Settings(api=ApiSettings(token="")), knowledge_base=FakeKnowledgeBase())


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost", "LOCALHOST"])
def test_loopback_hosts(host: str):
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "0.0.0.0", "localhost.example.com", "127.0.0.1.example.com", "2130706433"]
)
def test_other_hosts_are_not_loopback(host: str):
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearer("wrong"),
        bearer(""),
        bearer(TOKEN + "x"),
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
    ],
)
async def test_every_v1_request_needs_the_token(kb: FakeKnowledgeBase, headers: dict[str, str]):
    async with serving(PROTECTED, kb) as client:
        for method, path in [("GET", "/v1/documents"), ("POST", "/v1/search"), ("GET", "/v1/nothing")]:
            response = await client.request(method, path, headers=headers)
            assert response.status_code == 401
            assert response.headers["www-authenticate"] == "Bearer"
            assert response.json()["code"] == "unauthorized"


async def test_the_token_opens_v1_from_any_host_name(kb: FakeKnowledgeBase):
    async with serving(PROTECTED, kb, base_url="http://kb.example.com") as client:
        response = await client.get("/v1/documents", headers=bearer(TOKEN))
    assert response.status_code == 200


async def test_a_token_may_be_more_than_ascii(kb: FakeKnowledgeBase):
    async with serving(Settings(api=ApiSettings(token="schlüssel")), kb) as client:
        wrong = await client.get("/v1/documents", headers=[(b"authorization", "Bearer schlössel".encode())])
        right = await client.get("/v1/documents", headers=[(b"authorization", "Bearer schlüssel".encode())])
    assert (wrong.status_code, right.status_code) == (401, 200)


async def test_a_stranger_cannot_make_the_service_read_an_upload(kb: FakeKnowledgeBase):
    async def body():
        yield b"--x\r\n"
        pytest.fail("the body was read")

    async with serving(PROTECTED, kb) as client:
        headers = {"content-type": "multipart/form-data; boundary=x"}
        response = await client.post("/v1/documents", content=body(), headers=headers)
    assert response.status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/docs", "/openapi.json"])
async def test_probes_and_documentation_are_open(kb: FakeKnowledgeBase, path: str):
    async with serving(PROTECTED, kb) as client:
        assert (await client.get(path)).status_code == 200


async def test_a_proxy_prefix_does_not_open_anything(kb: FakeKnowledgeBase):
    app = create_app(PROTECTED, knowledge_base=kb)
    transport = httpx.ASGITransport(app, root_path="/folio")
    async with httpx.AsyncClient(transport=transport, base_url="http://kb.example.com") as client:
        assert (await client.get("/folio/healthz")).status_code == 200
        assert (await client.get("/folio/v1/documents")).status_code == 401
        assert (await client.get("/v1/documents")).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example.com"}, {"Origin": "https://evil.example.com"}, {"Origin": "null"}],
)
async def test_without_a_token_foreign_web_pages_cannot_call(client: httpx.AsyncClient, kb, headers):
    response = await client.post("/v1/documents", files={"file": ("a.txt", b"text")}, headers=headers)
    assert response.status_code == 403
    assert kb.records == {}


async def test_without_a_token_other_machines_cannot_call_wherever_the_server_listens(kb: FakeKnowledgeBase):
    transport = httpx.ASGITransport(create_app(Settings(), knowledge_base=kb), client=("10.0.0.9", 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8700") as client:
        assert (await client.get("/v1/documents")).status_code == 403
        assert (await client.get("/healthz")).status_code == 200


async def test_without_a_token_pages_of_this_machine_can_call(client: httpx.AsyncClient):
    headers = {"Host": "localhost:8700", "Origin": "http://localhost:8700"}
    assert (await client.get("/v1/documents", headers=headers)).status_code == 200

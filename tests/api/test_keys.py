"""API keys over HTTP: who gets in, with what, and what nobody is told."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, routing

from api.app import create_app
from core.access import Principal, Tier
from core.api_keys import write_key
from core.config import Settings
from core.errors import DependencyDownError
from core.scopes import OPERATOR_SCOPES, Scope
from core.service_settings import ApiSettings
from store.catalog.catalog import open_catalog
from tests.api.conftest import serving
from tests.fakes.api_keys import CHEAP, key_for
from tests.fakes.clock import FakeClock
from tests.fakes.knowledge_base import FakeKnowledgeBase

KEYS_ONLY = Settings(api=ApiSettings(host="0.0.0.0", require_key=True), keys=CHEAP)
OPEN = {"/", "/healthz", "/readyz", "/docs", "/docs/oauth2-redirect", "/openapi.json"}
ADMIN = Principal(
    "acme", "admin", Tier.CONFIDENTIAL, frozenset({"hr"}), frozenset({Scope.KEYS, Scope.READ, Scope.ACT_AS})
)
NEW = {"name": "the shop", "scopes": ["read"], "clearance": "internal", "groups": ["hr"]}


@pytest.fixture
async def client(kb: FakeKnowledgeBase) -> AsyncIterator[httpx.AsyncClient]:
    """Of a service that other machines may call, with the key of an administrator."""
    async with serving(KEYS_ONLY, kb, base_url="http://kb.example.com") as client:
        client.headers.update(await key_for(kb, ADMIN, priority=0))
        yield client


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def closed_routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every method and path of the application that is not open on purpose, hidden ones too."""
    for route in routing.iter_route_contexts(app.routes):
        if route.path not in OPEN:
            for method in sorted(route.methods or {"POST"}):
                yield method, route.path.replace("{", "").replace("}", "")


async def test_every_route_is_closed_without_a_credential_with_a_wrong_one_and_without_scopes(kb):
    app = create_app(KEYS_ONLY, knowledge_base=kb)
    nothing = await key_for(kb, Principal("default", "nobody"))
    wrong = bearer(write_key("f" * 20, bytes(32)))
    routes = list(closed_routes(app))
    assert {"/v1/search", "/v1/me", "/v1/keys/key_id", "/mcp"} <= {path for _, path in routes}
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://kb") as client,
    ):
        for method, path in routes:
            statuses = [
                (await client.request(method, path, headers=headers)).status_code
                for headers in ({}, bearer("wrong"), wrong, nothing)
            ]
            allowed = 200 if path == "/v1/me" else 403
            assert statuses == [401, 401, 401, allowed], f"{method} {path}"


async def test_only_named_paths_are_open(kb: FakeKnowledgeBase):
    app = create_app(KEYS_ONLY, knowledge_base=kb)
    transport = httpx.ASGITransport(app, client=("10.0.0.9", 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://kb") as client:
        for path in (
            "/healthz/",
            "/docs/x",
            "/v1/%2e%2e/healthz",
            "/%2fhealthz",
            "/openapi.json/",
            "/HEALTHZ",
        ):
            assert (await client.get(path)).status_code == 401, path
        assert (await client.get("/healthz")).status_code == 200


async def test_a_key_is_made_shown_once_listed_and_used(client: httpx.AsyncClient, kb):
    made = await client.post("/v1/keys", json=NEW)
    body = made.json()
    listed = (await client.get("/v1/keys")).json()
    me = (await client.get("/v1/me", headers=bearer(body["key"]))).json()
    assert made.status_code == 201
    assert made.headers["location"] == f"keys/{body['id']}"
    assert listed["data"][0]["id"] == body["id"]
    assert "key" not in listed["data"][0]
    assert body["key"].split("_")[2] not in str(listed)
    assert me == {
        "tenant": "acme",
        "subject": f"key:{body['id']}",
        "service": None,
        "credential": f"key:{body['id']}",
        "clearance": "internal",
        "groups": ["hr"],
        "scopes": ["read"],
        "priority": 1,
    }


async def test_a_key_reads_as_its_principal(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    from core.access import AccessLabel

    kb.add("open.txt", "rules for all", access=AccessLabel("acme", Tier.PUBLIC))
    kb.add("secret.txt", "rules for few", access=AccessLabel("acme", Tier.RESTRICTED))
    kb.add("theirs.txt", "rules of others", access=AccessLabel("other", Tier.PUBLIC))
    made = (await client.post("/v1/keys", json=NEW)).json()
    found = await client.post("/v1/search", json={"query": "rules"}, headers=bearer(made["key"]))
    assert [hit["path"] for hit in found.json()["hits"]] == ["open.txt"]


@pytest.mark.parametrize(
    "wider",
    [
        {"clearance": "restricted"},
        {"groups": ["hr", "board"]},
        {"scopes": ["read", "audit"]},
        {"subject": "operator"},
    ],
)
async def test_a_key_cannot_make_a_stronger_one(client: httpx.AsyncClient, wider: dict[str, object]):
    response = await client.post("/v1/keys", json=NEW | wider)
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": ["root"]},
        {"tenant": "other"},
        {"name": ""},
        {"subject": "a b"},
        {"clearance": "top"},
        {"clearance": 3.5},
        {"expires_at": "2030-01-01T00:00:00"},
        {"priority": -1},
        {"expires_at": "9999-12-31T23:59:59-12:00"},
        {"groups": [""]},
    ],
)
async def test_a_wrong_key_request_is_told_where_and_not_what(client: httpx.AsyncClient, wrong):
    response = await client.post("/v1/keys", json=NEW | wrong)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert "root" not in response.text


async def test_keys_of_other_tenants_do_not_exist(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    theirs = await key_for(kb, replace(ADMIN, tenant="other"))
    their_id = theirs["Authorization"].split("_")[1]
    for key_id in (their_id, "f" * 20, "x"):
        responses = [
            await client.get(f"/v1/keys/{key_id}"),
            await client.patch(f"/v1/keys/{key_id}", json={"name": "mine"}),
            await client.post(f"/v1/keys/{key_id}/rotate"),
            await client.delete(f"/v1/keys/{key_id}"),
        ]
        assert {response.status_code for response in responses} == {404}
        assert len({response.json()["detail"] for response in responses}) == 1
    assert (await client.get("/v1/me", headers=theirs)).status_code == 200


async def test_pages_of_keys_hang_together(client: httpx.AsyncClient):
    made = [(await client.post("/v1/keys", json=NEW)).json()["id"] for _ in range(4)]
    seen, cursor = [], None
    while True:
        parameters = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/keys", params=parameters)).json()
        seen += [row["id"] for row in page["data"]]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    assert set(made) < set(seen)
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 5


async def test_a_key_is_renamed_rotated_and_revoked(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    made = (await client.post("/v1/keys", json=NEW)).json()
    where = f"/v1/keys/{made['id']}"
    renamed = await client.patch(where, json={"name": "other", "expires_at": "2090-01-01T00:00:00Z"})
    rotated = (await client.post(f"{where}/rotate", json={"grace_s": 600})).json()
    assert (renamed.json()["name"], renamed.json()["expires_at"]) == ("other", "2090-01-01T00:00:00Z")
    assert rotated["key"] != made["key"]
    for text in (made["key"], rotated["key"]):
        assert (await client.get("/v1/me", headers=bearer(text))).status_code == 200
    assert (await client.delete(where)).status_code == 204
    assert (await client.get(where)).json()["revoked_at"] is not None
    assert [event.action for event in kb.audited if event.object == made["id"]] == [
        "key.created",
        "key.changed",
        "key.rotated",
        "key.revoked",
    ]


async def test_all_wrong_credentials_are_answered_alike(kb: FakeKnowledgeBase):
    made = await key_for(kb, ADMIN)
    key_id = made["Authorization"].split("_")[1]
    revoked = await key_for(kb, ADMIN)
    await (await kb.api_keys()).revoke(revoked["Authorization"].split("_")[1])
    texts = ["x", write_key(key_id, bytes(32)), write_key("f" * 20, bytes(32)), "a.b.c", "folio_x"]
    async with serving(KEYS_ONLY, kb) as client:
        responses = [await client.get("/v1/me", headers=bearer(text)) for text in texts]
        responses += [await client.get("/v1/me", headers=revoked), await client.get("/v1/me")]
        twice = [("Authorization", made["Authorization"]), ("Authorization", made["Authorization"])]
        responses.append(await client.get("/v1/me", headers=twice))
    bodies = [{**response.json(), "request_id": ""} for response in responses]
    assert all(body == bodies[0] for body in bodies)
    assert {response.headers["www-authenticate"] for response in responses} == {"Bearer"}


async def test_while_the_catalog_is_down_nobody_comes_in(kb: FakeKnowledgeBase):
    made = await key_for(kb, ADMIN)
    kb.keys_of_callers.down = DependencyDownError("the catalog does not answer")
    async with serving(KEYS_ONLY, kb) as client:
        response = await client.get("/v1/me", headers=made)
        probe = await client.get("/readyz", headers=made)
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert probe.status_code == 200


async def test_no_secret_reaches_a_log_an_error_or_the_audit_log(kb: FakeKnowledgeBase, caplog):
    with caplog.at_level(logging.DEBUG):
        made = await key_for(kb, ADMIN)
        secret = made["Authorization"].split("_")[2]
        async with serving(KEYS_ONLY, kb) as client:
            shown = [
                await client.get("/v1/me", headers=made),
                await client.get("/v1/keys", headers=made),
                await client.post("/v1/keys", headers=made, json={"name": secret * 3}),
                await client.get("/v1/me", headers=bearer(made["Authorization"][7:] + "x")),
                await client.get("/readyz", headers=made),
            ]
    said = caplog.text + repr(kb.audited) + "".join(response.text for response in shown)
    assert secret not in said


async def test_a_service_asks_on_behalf_of_its_users(client: httpx.AsyncClient):
    headers = {"X-Folio-Subject": "ann", "X-Folio-Groups": "hr, board", "X-Folio-Clearance": "public"}
    me = (await client.get("/v1/me", headers=headers)).json()
    assert (me["subject"], me["service"], me["tenant"]) == ("ann via admin", "admin", "acme")
    assert (me["clearance"], me["groups"], me["scopes"]) == ("public", ["hr"], ["read"])
    assert (await client.get("/v1/keys", headers=headers)).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Folio-Subject": ""},
        {"X-Folio-Subject": "ann via admin"},
        {"X-Folio-Groups": "hr"},
        {"X-Folio-Clearance": "public"},
        {"X-Folio-Subject": "ann", "X-Folio-Clearance": "topmost"},
        {"X-Folio-Subject": "ann", "X-Folio-Groups": ",".join(map(str, range(300)))},
        [("X-Folio-Subject", "ann"), ("X-Folio-Subject", "bob")],
    ],
)
async def test_a_service_that_does_not_say_well_for_whom_is_told(client: httpx.AsyncClient, headers):
    response = await client.get("/v1/me", headers=headers)
    assert response.status_code == 400
    assert "topmost" not in response.text


async def test_without_the_scope_nobody_asks_for_others(kb: FakeKnowledgeBase):
    plain = await key_for(kb, replace(ADMIN, scopes=frozenset({Scope.READ})))
    async with serving(KEYS_ONLY, kb) as client:
        response = await client.get("/v1/me", headers={**plain, "X-Folio-Subject": "ann"})
    assert response.status_code == 403


async def test_a_key_counts_on_a_machine_where_nobody_needs_one(kb: FakeKnowledgeBase):
    made = await key_for(kb, ADMIN)
    async with serving(Settings(keys=CHEAP), kb) as client:
        assert (await client.get("/v1/me", headers=made)).json()["tenant"] == "acme"
        assert (await client.get("/v1/me", headers=bearer("folio_typo"))).status_code == 401
        # Clients of other services' protocols cannot do without a key and send anything.
        local = (await client.get("/v1/me", headers=bearer("unused"))).json()
    assert (local["credential"], set(local["scopes"])) == ("local", set(OPERATOR_SCOPES))


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
async def test_what_came_through_a_proxy_is_not_taken_for_this_machine(kb: FakeKnowledgeBase, name: str):
    async with serving(Settings(), kb) as client:
        assert (await client.get("/v1/me", headers={name: "203.0.113.9"})).status_code == 403


async def test_where_keys_are_asked_for_this_machine_needs_one_too(kb: FakeKnowledgeBase):
    for settings in (
        Settings(api=ApiSettings(require_key=True)),
        Settings(oidc={"issuer": "https://id.example.com", "audience": "folio"}),
    ):
        async with serving(settings, kb) as client:
            assert (await client.get("/v1/me")).status_code == 401


async def test_details_of_readiness_are_for_those_with_a_key(kb: FakeKnowledgeBase):
    made = await key_for(kb, Principal("acme", "probe"))
    async with serving(KEYS_ONLY, kb) as client:
        told = (await client.get("/readyz", headers=made)).json()
        untold = (await client.get("/readyz", headers=bearer("wrong"))).json()
    assert told["checks"][0]["detail"] == "SQLite"
    assert {check["detail"] for check in untold["checks"]} == {None}


async def test_a_stranger_with_a_wrong_key_cannot_make_the_service_read_an_upload(kb: FakeKnowledgeBase):
    async def body():
        yield b"--x\r\n"
        pytest.fail("the body was read")

    async with serving(KEYS_ONLY, kb) as client:
        headers = {
            "content-type": "multipart/form-data; boundary=x",
            **bearer(write_key("a" * 20, bytes(32))),
        }
        assert (await client.post("/v1/documents", content=body(), headers=headers)).status_code == 401


@asynccontextmanager
async def replica(
    settings: Settings, clock: FakeClock
) -> AsyncIterator[tuple[FakeKnowledgeBase, httpx.AsyncClient]]:
    """A process of its own, but for its memory: its own connection to the catalog, its own application."""
    async with open_catalog(settings, clock) as catalog:
        kb = FakeKnowledgeBase()
        kb.clock = clock
        kb.keys_of_callers = catalog.api_keys  # type: ignore[assignment]
        async with serving(settings, kb) as client:
            yield kb, client


async def test_what_one_replica_changes_counts_in_the_others_within_the_refresh_time(tmp_path: Path):
    settings = Settings(
        home=tmp_path,
        api=ApiSettings(require_key=True),
        keys=CHEAP.model_copy(update={"refresh_s": 0.0}),
    )
    clock = FakeClock()
    async with replica(settings, clock) as (kb, one), replica(settings, clock) as (_, other):
        made = await key_for(kb, ADMIN)
        key_id = made["Authorization"].split("_")[1]
        assert (await other.get("/v1/me", headers=made)).status_code == 200
        assert (await one.delete(f"/v1/keys/{key_id}", headers=made)).status_code == 204
        assert (await other.get("/v1/me", headers=made)).status_code == 401

"""Two tenants with files of the same names, through the real parts: what one does never shows at the other."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from core.access import Tier
from core.config import RedactionSettings, RetentionSettings, Settings
from core.service_settings import ApiSettings
from tests.api.acting import caller, serving_callers

TRAVEL = b"# Travel policy\n\nA hotel in Oslo may cost at most %d EUR a night.\n"
CALLERS = {"acme": caller("acme"), "beta": caller("beta/with odd name")}

Clients = dict[str, httpx.AsyncClient]


async def upload(client: httpx.AsyncClient, name: str, data: bytes) -> dict:
    response = await client.post("/v1/documents?wait=60", files={"file": (name, data)})
    assert response.status_code in {200, 201}, response.text
    return response.json()


async def listed(client: httpx.AsyncClient) -> list[str]:
    return [row["doc_id"] for row in (await client.get("/v1/documents")).json()["data"]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    roots = (str(tmp_path / "shares" / "{tenant}"),)
    return Settings(
        home=tmp_path / "home",
        redaction=RedactionSettings(policy="off"),
        api=ApiSettings(source_roots=roots),
    )


@pytest.fixture
async def clients(settings: Settings) -> AsyncIterator[Clients]:
    async with serving_callers(settings, CALLERS) as clients:
        yield clients


async def test_files_of_the_same_name_are_documents_of_their_own(clients: Clients, settings: Settings):
    uploaded = {
        name: await upload(client, "travel.md", TRAVEL % price)
        for price, (name, client) in enumerate(clients.items(), start=180)
    }
    assert len({row["doc_id"] for row in uploaded.values()}) == 3
    for price, (name, client) in enumerate(clients.items(), start=180):
        doc_id = uploaded[name]["doc_id"]
        assert await listed(client) == [doc_id]
        assert f"{price} EUR" in (await client.get(f"/v1/documents/{doc_id}/text")).json()["text"]
        hits = (await client.get("/v1/search", params={"q": "hotel in Oslo"})).json()["hits"]
        assert {hit["doc_id"] for hit in hits} == {doc_id}
        assert (await client.get("/v1/status")).json()["state_counts"] == {"indexed": 1}
    files = sorted(path.relative_to(settings.home).parts[0] for path in settings.home.rglob("travel.md"))
    assert files == ["tenants", "tenants", "uploads"]


async def test_what_is_anothers_is_answered_as_what_does_not_exist(clients: Clients):
    theirs = (await upload(clients["acme"], "travel.md", TRAVEL % 180))["doc_id"]
    nobodys = "0" * 32
    for path in ("", "/text", "/receipt"):
        found = [await clients["beta"].get(f"/v1/documents/{doc_id}{path}") for doc_id in (theirs, nobodys)]
        assert [response.status_code for response in found] == [404, 404]
        assert len({(one.json()["code"], one.json()["detail"]) for one in found}) == 1
    assert (await clients["beta"].delete(f"/v1/documents/{theirs}")).status_code == 404
    assert (await clients["operator"].delete(f"/v1/documents/{theirs}")).status_code == 404
    assert await listed(clients["acme"]) == [theirs]


async def test_a_deletion_takes_ones_own_file_only_and_its_receipt_proves_it(
    clients: Clients, settings: Settings
):
    mine = (await upload(clients["acme"], "travel.md", TRAVEL % 180))["doc_id"]
    theirs = (await upload(clients["beta"], "travel.md", TRAVEL % 180))["doc_id"]
    assert (await clients["acme"].delete(f"/v1/documents/{mine}")).status_code == 204
    receipt = (await clients["acme"].get(f"/v1/documents/{mine}/receipt")).json()
    assert receipt["receipt"]["status"] == "deleted"
    assert "upload" in json.dumps(receipt["receipt"])
    assert len(list(settings.home.rglob("travel.md"))) == 1
    hits = (await clients["beta"].get("/v1/search", params={"q": "hotel in Oslo"})).json()["hits"]
    assert {hit["doc_id"] for hit in hits} == {theirs}


@pytest.mark.slow
async def test_what_a_tenant_has_deleted_is_compacted_too(settings: Settings):
    from folio.knowledge_base import KnowledgeBase

    kept = settings.model_copy(update={"retention": RetentionSettings(deleted_s=0.001)})
    async with serving_callers(kept, CALLERS) as clients:
        doc_id = (await upload(clients["acme"], "travel.md", TRAVEL % 180))["doc_id"]
        await upload(clients["beta"], "travel.md", TRAVEL % 180)
        await clients["acme"].delete(f"/v1/documents/{doc_id}")
    async with KnowledgeBase(kept) as kb:
        report = await kb.compact()
        receipt = await kb.receipt(doc_id, tenant="acme")
        assert (await kb.status(tenant=CALLERS["beta"].principal.tenant)).chunk_count == 1
    assert report.document_count == 1
    assert receipt.receipt.status == "deleted"


@pytest.mark.slow
async def test_jobs_are_seen_by_their_subject_and_by_who_manages_the_tenants_sources(settings: Settings):
    few = CALLERS["acme"].principal.scopes - {"sources"}
    callers = {
        "manager": caller("acme", subject="m"),
        "writer": caller("acme", subject="w", scopes=few),
        "other": caller("acme", subject="o", scopes=few),
        "stranger": caller("beta"),
    }
    async with serving_callers(settings, callers) as clients:
        response = await clients["writer"].post("/v1/documents", files={"file": ("a.md", b"text")})
        job_id = response.json()["id"]
        found = {
            name: (await client.get(f"/v1/jobs/{job_id}")).status_code for name, client in clients.items()
        }
        counts = {name: len((await one.get("/v1/jobs")).json()["data"]) for name, one in clients.items()}
    assert found == {"manager": 200, "writer": 200, "other": 404, "stranger": 404, "operator": 404}
    assert counts == {"manager": 1, "writer": 1, "other": 0, "stranger": 0, "operator": 0}


async def test_sources_are_the_tenants_own_below_its_own_roots(clients: Clients, tmp_path: Path):
    own, other = tmp_path / "shares" / "acme" / "docs", tmp_path / "shares" / "gamma"
    for folder in (own, other):
        folder.mkdir(parents=True)
    (own.parent / "link").symlink_to(other)
    added = await clients["acme"].post("/v1/sources", json={"root": str(own), "name": "docs"})
    assert added.status_code == 201
    refused = ["/etc", str(other), str(own / ".." / ".." / "gamma"), str(own.parent / "link"), "file:///etc"]
    for root in refused:
        response = await clients["acme"].post("/v1/sources", json={"root": root})
        assert (response.status_code, response.json()["code"]) == (403, "forbidden"), root
    assert (await clients["operator"].get(f"/v1/sources/{added.json()['id']}")).status_code == 404
    for name in ("beta", "operator"):
        assert "docs" not in {row["name"] for row in (await clients[name].get("/v1/sources")).json()["data"]}
    same_name = tmp_path / "operators"
    same_name.mkdir()
    again = await clients["operator"].post("/v1/sources", json={"root": str(same_name), "name": "docs"})
    assert again.status_code == 201
    assert (await clients["acme"].delete(f"/v1/sources/{again.json()['id']}")).status_code == 404


@pytest.mark.slow
async def test_documents_of_an_added_source_are_the_tenants(settings: Settings, tmp_path: Path):
    from folio.knowledge_base import KnowledgeBase

    folder = tmp_path / "shares" / "acme"
    folder.mkdir(parents=True)
    (folder / "travel.md").write_bytes(TRAVEL % 180)
    async with serving_callers(settings, CALLERS) as clients:
        await clients["acme"].post("/v1/sources", json={"root": str(folder), "name": "docs"})
    async with KnowledgeBase(settings) as kb:
        await kb.execute(await kb.plan())
    async with serving_callers(settings, CALLERS) as clients:
        counts = {name: len(await listed(client)) for name, client in clients.items()}
        runs = {name: len((await one.get("/v1/status")).json()["runs"]) for name, one in clients.items()}
    assert counts == {"acme": 1, "beta": 0, "operator": 0}
    assert runs == {"acme": 1, "beta": 0, "operator": 1}


RESTRICTED = b"---\ntier: restricted\n---\n# %s\n\nThe pay of the board is 4711 EUR.\n"
FEW = CALLERS["acme"].principal.scopes - {"sources"}
INSIDE = {
    "boss": caller("acme", subject="boss", clearance=Tier.RESTRICTED),
    "clerk": caller("acme", subject="clerk", scopes=FEW),
}


async def test_nobody_replaces_a_document_that_it_may_not_read(settings: Settings):
    async with serving_callers(settings, INSIDE) as clients:
        hidden = await upload(clients["boss"], "pay.md", RESTRICTED % b"Pay")
        for headers in ({}, {"If-None-Match": "*"}, {"Idempotency-Key": "once"}):
            file = {"file": ("pay.md", b"# Mine\n\nwords\n")}
            response = await clients["clerk"].post("/v1/documents?wait=60", files=file, headers=headers)
            assert response.status_code == 403, headers
            assert hidden["doc_id"] not in response.text
        there = (await clients["boss"].get(f"/v1/documents/{hidden['doc_id']}")).json()
        again = await upload(clients["boss"], "pay.md", RESTRICTED % b"More pay")
    assert (there["title"], there["version"], again["version"]) == ("Pay", 1, 2)


@pytest.mark.slow
async def test_an_upload_that_is_sent_again_does_not_show_what_has_replaced_it(settings: Settings):
    async with serving_callers(settings, INSIDE) as clients:
        sent = {"files": {"file": ("plan.md", b"# Plan\n\nwords\n")}, "headers": {"Idempotency-Key": "k"}}
        first = await clients["clerk"].post("/v1/documents?wait=60", **sent)
        await upload(clients["boss"], "plan.md", RESTRICTED % b"Secret title")
        again = await clients["clerk"].post("/v1/documents?wait=60", **sent)
    assert (first.status_code, again.status_code) == (201, 202)
    assert again.json()["state"] == "succeeded"
    assert "Secret title" not in again.text


async def test_a_source_without_a_readable_document_is_not_there_for_a_reader(settings: Settings):
    async with serving_callers(settings, INSIDE) as clients:
        await upload(clients["boss"], "pay.md", RESTRICTED % b"Pay")
        [area] = (await clients["boss"].get("/v1/sources")).json()["data"]
        seen = [
            (await clients["clerk"].get("/v1/sources")).json()["data"],
            (await clients["clerk"].get(f"/v1/sources/{area['id']}")).status_code,
        ]
        await upload(clients["clerk"], "note.md", b"# Note\n\nwords\n")
        later = (await clients["clerk"].get("/v1/sources")).json()["data"]
    assert seen == [[], 404]
    assert [row["id"] for row in later] == [area["id"]]


async def test_a_source_of_the_api_never_opens_the_home(settings: Settings):
    roots = (str(settings.home.parent), str(settings.home.parent / "{tenant}"))
    api = settings.api.model_copy(update={"source_roots": roots})
    tenants = {"own": caller("default"), "home": caller(settings.home.name), "acme": CALLERS["acme"]}
    async with serving_callers(settings.model_copy(update={"api": api}), tenants) as clients:
        await upload(clients["acme"], "travel.md", TRAVEL % 180)
        (settings.home.parent / "alias").symlink_to(settings.home)
        places = [settings.home, *settings.home.rglob("uploads"), settings.home.parent / "alias"]
        assert len(places) >= 3
        for name in ("own", "home"):
            for place in places:
                response = await clients[name].post("/v1/sources", json={"root": str(place)})
                assert (response.status_code, response.json()["code"]) == (403, "forbidden"), place

"""Collections: what a caller can search, counted as it sees it."""

from pathlib import Path

import httpx

from core.access import AccessLabel, Tier
from core.config import Settings
from core.documents import DocumentState
from tests.api.acting import caller, serving_callers
from tests.fakes.knowledge_base import UPLOADS, FakeKnowledgeBase


async def test_only_what_is_readable_is_counted(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    kb.add("a.txt", "text")
    kb.add("secret.txt", "text", access=AccessLabel(tier=Tier.RESTRICTED))
    kb.add("bad.txt", "", state=DocumentState.FAILED)
    rows = (await client.get("/v1/collections")).json()["data"]
    assert [(row["id"], row["document_count"]) for row in rows] == [("all", 1), (UPLOADS.source_id, 1)]
    one = (await client.get(f"/v1/collections/{UPLOADS.source_id}")).json()
    assert (one["source_id"], one["dimension"], one["chunk_count"]) == (UPLOADS.source_id, 8, 1)


async def test_a_source_without_anything_for_the_caller_is_not_there(tmp_path: Path):
    kb = FakeKnowledgeBase()
    kb.add("secret.txt", "text", access=AccessLabel(tier=Tier.RESTRICTED))
    async with serving_callers(Settings(home=tmp_path), {"acme": caller("acme")}, kb) as clients:
        for client in clients.values():
            rows = (await client.get("/v1/collections")).json()["data"]
            assert [(row["id"], row["document_count"]) for row in rows] == [("all", 0)]
            missing = [await client.get(f"/v1/collections/{name}") for name in (UPLOADS.source_id, "nothing")]
            assert [response.status_code for response in missing] == [404, 404]
            assert len({response.json()["detail"] for response in missing}) == 1


async def test_pages_are_whole(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    kb.add("a.txt", "text")
    first = (await client.get("/v1/collections?limit=1")).json()
    second = (await client.get(f"/v1/collections?limit=1&cursor={first['next_cursor']}")).json()
    assert [row["id"] for row in first["data"] + second["data"]] == ["all", UPLOADS.source_id]
    assert (first["has_more"], second["has_more"], second["next_cursor"]) == (True, False, None)
    assert (await client.get("/v1/collections?cursor=gone")).status_code == 400

"""The graph of the real parts over HTTP: uploads fill it, edits change it, deletions empty it, and clearance bounds it."""

from pathlib import Path

import httpx
import pytest

from core.access import Tier
from core.config import AccessSettings, GraphSettings, RedactionSettings, Settings
from tests.api.conftest import serving

MERGER = b"# Merger\n\nAcme Corporation acquired Borealis Labs in May. Borealis Labs is based in Tromso.\n"
OTHER = b"# Visit\n\nAcme Corporation visited Vestland Shipping in Bergen.\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path / "home", redaction=RedactionSettings(policy="off"), graph=GraphSettings(refresh_s=0)
    )


async def upload(client: httpx.AsyncClient, name: str, data: bytes) -> dict:
    return (await client.post("/v1/documents?wait=60", files={"file": (name, data)})).json()


async def keys(client: httpx.AsyncClient) -> set[str]:
    return {row["key"] for row in (await client.get("/v1/graph/entities?limit=500")).json()["data"]}


async def test_the_graph_follows_uploads_edits_and_deletions(settings: Settings):
    async with serving(settings) as client:
        merger = await upload(client, "merger.md", MERGER)
        await upload(client, "other.md", OTHER)
        assert {"acme corporation", "borealis labs", "vestland shipping"} <= await keys(client)
        ways = (await client.get("/v1/graph/paths?from=Borealis Labs&to=Vestland Shipping")).json()["data"]
        assert "acme corporation" in {row["key"] for row in ways[0]["entities"]}
        await check_quotes(client, merger["doc_id"])

        await upload(client, "merger.md", MERGER.replace(b"Borealis Labs", b"Austral Works"))
        assert "borealis labs" not in await keys(client)
        assert "austral works" in await keys(client)

        assert (await client.delete(f"/v1/documents/{merger['doc_id']}")).status_code == 204
        assert "austral works" not in await keys(client)
        assert "vestland shipping" in await keys(client)
        assert (await client.get("/v1/graph/entities/austral works")).status_code == 404
        status = (await client.get("/v1/graph/status")).json()
        assert (status["document_count"], status["current_count"], status["missing_count"]) == (1, 1, 0)

    lowered = settings.model_copy(update={"access": AccessSettings(clearance=Tier.PUBLIC)})
    async with serving(lowered) as client:
        assert await keys(client) == set()
        assert (await client.get("/v1/graph/entities/vestland shipping")).status_code == 404


async def check_quotes(client: httpx.AsyncClient, doc_id: str) -> None:
    """What is quoted as evidence stands there in the stored text."""
    text = (await client.get(f"/v1/documents/{doc_id}/text")).json()["text"]
    found = (await client.get("/v1/graph/entities/Borealis Labs/evidence")).json()["data"]
    assert found
    assert all(text[row["start"] : row["end"]] == row["text"] for row in found)

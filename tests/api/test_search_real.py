"""Facets, groups, highlights, batches, folders and collections over the real parts. Redaction is off but once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from core.access import Tier
from core.config import AccessSettings, RedactionSettings, Settings, VectorSettings
from folio.knowledge_base import KnowledgeBase
from tests.api.conftest import serving

HOTELS = "# Travel policy\n\n## Hotels\n\nA hotel in Oslo may cost at most 180 EUR a night.\n\n## Trains\n\nTrains are booked early.\n"
LEAVE = "# Leave policy\n\nEvery employee has thirty days of annual leave.\n"


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two sources, one of them for the board alone."""
    place = tmp_path_factory.mktemp("filled")
    write(
        place / "open",
        {"policies/travel/hotels.md": HOTELS, "policies/leave.md": LEAVE, "note.txt": "Hotel notes."},
    )
    write(place / "board", {"secret.md": "# Hotels of the board\n\nThe board stays in hotel Zebra.\n"})

    async def fill() -> None:
        secret = Settings(
            home=place / "home",
            redaction=RedactionSettings(policy="off"),
            access=AccessSettings(document_tier=Tier.RESTRICTED),
        )
        async with KnowledgeBase(secret) as kb:
            await kb.ingest([place / "board"])
            [hidden] = await kb.documents()
            (place / "hidden").write_text(f"{hidden.doc_id} {hidden.source_id}")
        async with KnowledgeBase(settings_of(place)) as kb:
            await kb.ingest([place / "open"])

    asyncio.run(fill())
    return place


def settings_of(place: Path) -> Settings:
    return Settings(home=place / "home", redaction=RedactionSettings(policy="off"))


@pytest.fixture
async def client(filled: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(settings_of(filled)) as client:
        yield client


async def post(client: httpx.AsyncClient, **body) -> dict:
    response = await client.post("/v1/search", json={"query": "hotel in Oslo"} | body)
    assert response.status_code == 200, response.text
    return response.json()


async def test_facets_count_readable_documents_that_meet_the_filter(client: httpx.AsyncClient):
    found = await post(client, facets=["mime_type", "language"])
    narrowed = await post(client, facets=["mime_type"], filters={"folder": "policies"})
    types = [{"value": "text/markdown", "count": 2}, {"value": "text/plain", "count": 1}]
    assert found["facets"] == [
        {"field": "mime_type", "values": types, "other_count": 0, "missing_count": 0},
        {"field": "language", "values": [], "other_count": 0, "missing_count": 3},
    ]
    assert narrowed["facets"][0]["values"] == types[:1]
    one = await post(client, facets=["mime_type"], facet_limit=1)
    assert (len(one["facets"][0]["values"]), one["facets"][0]["other_count"]) == (1, 1)


async def test_groups_are_documents_with_their_best_passages(client: httpx.AsyncClient):
    found = await post(client, group_by="document", group_size=2, limit=2, explain=True)
    assert found["hits"] == []
    assert found["groups"][0]["path"] == "policies/travel/hotels.md"
    assert len(found["groups"]) == 2
    for group in found["groups"]:
        assert {hit["doc_id"] for hit in group["hits"]} == {group["doc_id"]}
        assert group["score"] == group["hits"][0]["score"]
    assert found["trace"]["stages"][-1]["name"] == "groups"


async def test_highlights_lie_on_words_of_the_query(client: httpx.AsyncClient):
    found = await post(client, query="hotels cost", highlight=True, limit=1)
    [hit] = found["hits"]
    text = (await client.get(f"/v1/documents/{hit['doc_id']}/text")).json()["text"]
    words = [hit["text"][one["start"] : one["end"]] for one in hit["highlight"]["ranges"]]
    stored = [text[one["stored_start"] : one["stored_end"]] for one in hit["highlight"]["ranges"]]
    assert {word.lower() for word in words} == {"hotels", "hotel", "cost"}
    assert stored == words
    assert "cost" in hit["text"][hit["highlight"]["best"]["start"] : hit["highlight"]["best"]["end"]]


@pytest.mark.parametrize(
    ("tree", "paths"),
    [
        (
            {"type": "eq", "key": "folder", "value": "policies"},
            {"policies/travel/hotels.md", "policies/leave.md"},
        ),
        ({"type": "in", "key": "folder", "value": ["policies/travel/"]}, {"policies/travel/hotels.md"}),
        ({"type": "exists", "key": "folder", "value": False}, {"note.txt"}),
        ({"type": "eq", "key": "path", "value": "note.txt"}, {"note.txt"}),
        ({"type": "exists", "key": "language", "value": True}, set()),
        ({"type": "ne", "key": "collection", "value": "all"}, set()),
        ({"type": "gt", "key": "modified", "value": 4_000_000_000}, set()),
    ],
)
async def test_filters_by_folder_path_and_collection(client: httpx.AsyncClient, tree, paths):
    assert {hit["path"] for hit in (await post(client, where=tree))["hits"]} == paths


async def test_a_batch_answers_each_search_in_its_place(client: httpx.AsyncClient):
    searches = [
        {"query": "hotel in Oslo", "limit": 1},
        {"query": "annual leave", "limit": 1},
        {"query": "\u200a.", "limit": 1},
        {"query": "hotel", "group_by": "document", "limit": 3},
        {"query": "hotel", "restore": True},
    ]
    response = await client.post("/v1/search/batch", json={"searches": searches})
    results = response.json()["results"]
    alone = await post(client, limit=1)
    assert [one["status"] for one in results] == [200, 200, 200, 200, 403]
    assert results[0]["result"]["hits"] == alone["hits"]
    assert results[1]["result"]["hits"][0]["path"] == "policies/leave.md"
    assert len(results[3]["result"]["groups"]) == 3
    assert (results[4]["result"], results[4]["problem"]["code"]) == (None, "forbidden")
    assert results[4]["problem"]["request_id"] == response.headers["x-request-id"]


async def test_a_wrong_filter_in_a_batch_is_named(client: httpx.AsyncClient):
    wrong = {"query": "hotel", "where": {"type": "eq", "key": "tenant", "value": "x"}}
    response = await client.post("/v1/search/batch", json={"searches": [{"query": "hotel"}, wrong]})
    assert response.status_code == 400
    assert response.json()["detail"].startswith("search 2: cannot filter by 'tenant'")


@pytest.mark.parametrize("searches", [[], [{"query": "a"}] * 33, [{"query": "a", "explain_document": "b"}]])
async def test_a_batch_has_bounds(client: httpx.AsyncClient, searches):
    response = await client.post("/v1/search/batch", json={"searches": searches})
    assert response.status_code == 422


async def test_a_search_in_the_address_takes_the_simple_parameters(client: httpx.AsyncClient):
    wanted = {
        "q": "hotel",
        "folder": "policies",
        "group_by": "document",
        "highlight": "true",
        "facets": ["mime_type"],
    }
    got = (await client.get("/v1/search", params=wanted)).json()
    posted = await post(
        client,
        query="hotel",
        filters={"folder": "policies"},
        group_by="document",
        highlight=True,
        facets=["mime_type"],
    )
    assert got | {"took_ms": 0} == posted | {"took_ms": 0}
    assert (await client.get("/v1/search", params={"q": "a", "tenant": "b"})).status_code == 422


async def test_what_may_not_be_read_shows_in_no_count_group_or_reason(
    client: httpx.AsyncClient, filled: Path
):
    doc_id, source_id = (filled / "hidden").read_text().split()
    found = await post(
        client,
        query="hotel Zebra of the board",
        facets=["mime_type", "source_id"],
        group_by="document",
        explain_document=doc_id,
    )
    unknown = await post(
        client, query="hotel Zebra of the board", explain_document="f" * 32, group_by="document"
    )
    assert "Zebra" not in str(found)
    assert sum(one["count"] for one in found["facets"][0]["values"]) == 3
    assert source_id not in {one["value"] for one in found["facets"][1]["values"]}
    assert found["explanation"] | {"doc_id": ""} == unknown["explanation"] | {"doc_id": ""}
    elsewhere = {"type": "eq", "key": "collection", "value": source_id}
    nowhere = {"type": "eq", "key": "collection", "value": "0" * 16}
    assert [(await post(client, where=tree))["notes"] for tree in (elsewhere, nowhere)] == [
        ["no passage that you may read meets the filter"]
    ] * 2


async def test_groups_together_are_bounded_as_hits_are(client: httpx.AsyncClient):
    found = await post(client, limit=1000, group_by="document", group_size=3)
    assert len(found["groups"]) == 3
    assert found["notes"] == ["at most 1 passages of each document: ask for fewer documents to get more"]


async def test_highlights_are_right_where_pseudonyms_were_turned_back(tmp_path: Path):
    write(tmp_path / "files", {"note.txt": "Please write to zaphod@example.org about the hotel in Oslo.\n"})
    settings = Settings(
        home=tmp_path / "home",
        redaction=RedactionSettings(policy="standard"),
        access=AccessSettings(scopes=("pii:read",)),
        vectors=VectorSettings(),
    )
    async with KnowledgeBase(settings) as kb:
        await kb.ingest([tmp_path / "files"])
    async with serving(settings) as client:
        body = {"query": "zaphod@example.org hotel", "highlight": True, "restore": True}
        [hit] = (await client.post("/v1/search", json=body)).json()["hits"]
        text = (await client.get(f"/v1/documents/{hit['doc_id']}/text")).json()["text"]
    ranges = hit["highlight"]["ranges"]
    assert [hit["text"][one["start"] : one["end"]] for one in ranges] == ["zaphod@example.org", "hotel"]
    assert "EMAIL" in text[ranges[0]["stored_start"] : ranges[0]["stored_end"]]
    assert text[ranges[1]["stored_start"] : ranges[1]["stored_end"]] == "hotel"

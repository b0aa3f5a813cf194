"""Listing documents over HTTP: sorting, conditions, cursors that anybody may have written."""

import base64
from itertools import pairwise

import httpx
import pytest

from tests.fakes.knowledge_base import FakeKnowledgeBase


async def paths(client: httpx.AsyncClient, query: str, *, limit: int = 2) -> list[str]:
    found, cursor = [], ""
    while True:
        page = (await client.get(f"/v1/documents?limit={limit}&{query}{cursor}")).json()
        found += [row["path"] for row in page["data"]]
        if not page["has_more"]:
            return found
        cursor = f"&cursor={page['next_cursor']}"


@pytest.fixture
def documents(kb: FakeKnowledgeBase) -> list[str]:
    names = ["b/two.md", "a/one.md", "c.txt", "a/three.md", "B.md"]
    for number, name in enumerate(names):
        kb.add(name, "x" * (number % 3 + 1))
    return names


@pytest.mark.parametrize("sort", ["path", "title", "size_bytes", "updated_at", "id"])
async def test_pages_follow_each_other_in_either_direction(client, documents: list[str], sort: str):
    up, down = await paths(client, f"sort={sort}"), await paths(client, f"sort=-{sort}")
    assert sorted(up) == sorted(documents)
    assert down == list(reversed(up))
    if sort == "path":
        assert all(before < after for before, after in pairwise(up))


async def test_conditions_narrow_it(client: httpx.AsyncClient, documents: list[str]):
    assert await paths(client, "path=a/&sort=path") == ["a/one.md", "a/three.md"]
    assert await paths(client, "q=ONE") == ["a/one.md"]
    assert await paths(client, "mime_type=application/pdf") == []
    assert await paths(client, "source_id=0123") == []
    assert await paths(client, "updated_after=2030-01-01T00:00:00Z") == []
    assert len(await paths(client, "updated_before=2030-01-01T00:00:00Z")) == len(documents)


async def test_a_cursor_is_of_one_sort_and_of_no_other(client: httpx.AsyncClient, documents: list[str]):
    cursor = (await client.get("/v1/documents?limit=1&sort=path")).json()["next_cursor"]
    for query in (f"sort=-path&cursor={cursor}", f"cursor={cursor}", "cursor=abc"):
        response = await client.get(f"/v1/documents?{query}")
        assert (response.status_code, response.json()["code"]) == (400, "invalid_input")


@pytest.mark.parametrize(
    ("sort", "said"),
    [
        ("size_bytes", '{"s":"size_bytes","v":"x","d":"1"}'),
        ("size_bytes", '{"s":"size_bytes","v":99999999999999999999999,"d":"1"}'),
        ("updated_at", '{"s":"updated_at","v":"yesterday","d":"1"}'),
        ("updated_at", '{"s":"updated_at","v":"2026-01-01T00:00:00","d":"1"}'),
        ("path", '{"s":"path","v":3,"d":"1"}'),
        ("path", '{"s":"path","v":null,"d":"1"}'),
        ("path", "[]"),
    ],
)
async def test_a_cursor_that_somebody_made_up_is_refused(client: httpx.AsyncClient, sort: str, said: str):
    cursor = base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")
    assert (await client.get(f"/v1/documents?sort={sort}&cursor={cursor}")).status_code == 400


@pytest.mark.parametrize("query", ["sort=secret", "updated_after=0", "updated_after=2026-01-01T00:00:00"])
async def test_what_cannot_be_is_refused(client: httpx.AsyncClient, query: str):
    assert (await client.get(f"/v1/documents?{query}")).status_code == 422

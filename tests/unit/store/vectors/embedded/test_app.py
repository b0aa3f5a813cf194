"""The ASGI face: token, envelope, and clear answers to what it cannot do."""

from collections.abc import AsyncIterator
from contextlib import closing

import httpx
import pytest

from store.vectors.embedded.app import create_app
from store.vectors.embedded.lock import FolderLock
from store.vectors.embedded.shelf import Shelf

PLENTY, LITTLE = 10**12, 10**6
POINTS = {"points": [{"id": 1, "vector": [1.0, 2.0]}]}


@pytest.fixture
def space() -> list[int]:
    """Bytes free on the disk, to be changed by a test."""
    return [PLENTY]


@pytest.fixture
async def web(tmp_path, space) -> AsyncIterator[httpx.AsyncClient]:
    lock = FolderLock(tmp_path)
    lock.acquire()
    with closing(Shelf(lock, free=lambda _folder: space[0])) as shelf:
        transport = httpx.ASGITransport(create_app(shelf, token="sesame"))
        headers = {"api-key": "sesame"}
        async with httpx.AsyncClient(transport=transport, base_url="http://store", headers=headers) as client:
            yield client


async def create(web: httpx.AsyncClient) -> None:
    reply = await web.put("/collections/x", json={"vectors": {"size": 2, "distance": "Dot"}})
    assert reply.json()["result"] is True


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"api-key": ""}, 401),
        ({"api-key": "wrong"}, 403),
        ({"api-key": "", "authorization": "Bearer wrong"}, 403),
        ({"api-key": "", "authorization": "Basic sesame"}, 401),
        ({"api-key": "", "authorization": "Bearer sesame"}, 200),
        ({"api-key": "sesame"}, 200),
    ],
)
async def test_every_request_carries_the_token(web, headers, status):
    assert (await web.get("/collections", headers=headers)).status_code == status


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/livez"])
async def test_health_needs_no_token(web, path):
    assert (await web.get(path, headers={"api-key": ""})).status_code == 200


async def test_a_result_has_qdrants_envelope(web):
    reply = (await web.get("/collections")).json()
    assert reply["result"] == {"collections": []}
    assert reply["status"] == "ok"
    assert reply["time"] >= 0


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/snapshots"), ("GET", "/collections/x/cluster"), ("PUT", "/collections/x/shards")],
)
async def test_an_operation_that_is_missing_is_named(web, method, path):
    reply = await web.request(method, path)
    assert reply.status_code == 501
    assert f"{method} {path} is not supported" in reply.json()["status"]["error"]
    assert reply.json()["result"] is None


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"query": {"recommend": {"positive": [1]}}}, "query RecommendQuery"),
        ({"query": 1}, "query by point id"),
        ({"query": [1.0, 2.0], "lookup_from": {"collection": "y"}}, "lookup_from"),
        ({"query": [1.0, 2.0], "shard_key": "a"}, "shard_key"),
        (
            {"filter": {"must": [{"key": "g", "geo_radius": {"center": {"lon": 1, "lat": 1}, "radius": 1}}]}},
            "geo_radius",
        ),
        ({"query": {"nearest": {"text": "hello", "model": "m"}}}, "query Document"),
    ],
)
async def test_a_query_that_is_missing_is_named(web, body, named):
    await create(web)
    reply = await web.post("/collections/x/points/query", json=body)
    assert reply.status_code == 501
    assert named in reply.json()["status"]["error"]


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"limit": "many"}', b'{"unknown": 1}', b'{"query": [NaN, 1]}', b'{"limit": 0}']
)
async def test_a_malformed_body_is_bad_input(web, body):
    await create(web)
    reply = await web.post("/collections/x/points/query", content=body)
    assert reply.status_code == 400


async def test_values_of_a_refused_body_are_not_repeated(web):
    await create(web)
    reply = await web.put("/collections/x/points", json={"points": [{"id": 1, "vector": "very private"}]})
    assert reply.status_code == 400
    assert "private" not in reply.text


@pytest.mark.parametrize(
    ("indices", "values"), [([1, 1], [1.0, 2.0]), ([1], [1.0, 2.0]), ([-1], [1.0]), ([2**32], [1.0])]
)
async def test_a_malformed_sparse_vector_is_bad_input(web, indices, values):
    await web.put("/collections/s", json={"sparse_vectors": {"bm25": {}}})
    vector = {"bm25": {"indices": indices, "values": values}}
    reply = await web.put("/collections/s/points", json={"points": [{"id": 1, "vector": vector}]})
    assert reply.status_code == 400
    assert (await web.post("/collections/s/points/count", json={})).json()["result"] == {"count": 0}


async def test_a_full_disk_refuses_writes_keeps_what_there_is_and_recovers(web, space):
    await create(web)
    await web.put("/collections/x/points", json=POINTS)
    space[0] = LITTLE
    reply = await web.put("/collections/x/points", json={"points": [{"id": 2, "vector": [1.0, 2.0]}]})
    assert (reply.status_code, "no space left on device" in reply.text) == (507, True)
    assert (await web.post("/collections/x/points/count", json={})).json()["result"] == {"count": 1}
    assert (await web.post("/collections/x/points/delete", json={"points": [1]})).status_code == 200
    space[0] = PLENTY
    assert (await web.put("/collections/x/points", json=POINTS)).status_code == 200


async def test_a_change_to_a_missing_point_changes_nothing(web):
    await create(web)
    await web.put("/collections/x/points", json=POINTS)
    reply = await web.post("/collections/x/points/payload", json={"points": [1, 99], "payload": {"a": 1}})
    assert reply.status_code == 404
    assert (await web.get("/collections/x/points/1")).json()["result"]["payload"] == {}


async def test_a_change_without_points_or_filter_is_bad_input(web):
    await create(web)
    reply = await web.post("/collections/x/points/payload", json={"payload": {"a": 1}})
    assert (reply.status_code, reply.json()["status"]["error"]) == (
        400,
        "Wrong input: No filter or points provided",
    )

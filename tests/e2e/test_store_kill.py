"""The store process killed for real while it is written to: what was acknowledged is there after the restart."""

import asyncio
from pathlib import Path

import pytest
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.http.exceptions import ResponseHandlingException

from store.vectors.embedded.endpoint import find_endpoint
from tests.fakes.store_process import StoreProcess

NAME = "points"
DIMENSION = 32
BATCH_COUNT = 50
WRITER_COUNT = 3
TAGGED = models.Filter(must=[models.FieldCondition(key="tag", match=models.MatchValue(value="t1"))])


def batch(start: int) -> list[models.PointStruct]:
    return [
        models.PointStruct(
            id=number,
            vector={
                "dense": [float(number % 7 + 1)] * DIMENSION,
                "bm25": models.SparseVector(indices=[number % 100, 200 + number % 9], values=[1.0, 2.0]),
            },
            payload={"number": number, "tag": f"t{number % 5}"},
        )
        for number in range(start, start + BATCH_COUNT)
    ]


async def create(client: AsyncQdrantClient) -> None:
    await client.create_collection(
        NAME,
        vectors_config={"dense": models.VectorParams(size=DIMENSION, distance=models.Distance.COSINE)},
        sparse_vectors_config={"bm25": models.SparseVectorParams(modifier=models.Modifier.IDF)},
    )
    await client.create_payload_index(NAME, "tag", models.PayloadSchemaType.KEYWORD, wait=True)


class Ledger:
    """Ids of the points that the store has acknowledged; `enough` is set once there are `goal` of them."""

    def __init__(self) -> None:
        self.numbers: set[int] = set()
        self.goal = 0
        self.enough = asyncio.Event()

    def add(self, numbers: range) -> None:
        self.numbers.update(numbers)
        if len(self.numbers) >= self.goal:
            self.enough.set()

    def expect(self, more_count: int) -> None:
        self.goal = len(self.numbers) + more_count
        self.enough.clear()


async def write_until_killed(client: AsyncQdrantClient, ledger: Ledger, *, start: int) -> None:
    while True:
        try:
            await client.upsert(NAME, batch(start), wait=True)
        except ResponseHandlingException:
            return
        ledger.add(range(start, start + BATCH_COUNT))
        start += BATCH_COUNT


async def stored_numbers(client: AsyncQdrantClient) -> set[int]:
    numbers, offset = set(), None
    while True:
        records, offset = await client.scroll(NAME, limit=5000, offset=offset, with_payload=["number"])
        assert all(record.payload["number"] == record.id for record in records)
        numbers |= {record.id for record in records}
        if offset is None:
            return numbers


async def kill_while_writing(process: StoreProcess, ledger: Ledger, *, round_: int) -> None:
    ledger.expect((5 + 3 * round_) * BATCH_COUNT)
    clients = [process.client() for _ in range(WRITER_COUNT)]
    writers = [
        asyncio.create_task(
            write_until_killed(client, ledger, start=(round_ * WRITER_COUNT + number) * 1_000_000)
        )
        for number, client in enumerate(clients)
    ]
    await ledger.enough.wait()
    assert process.kill() == -9
    await asyncio.gather(*writers)
    for client in clients:
        await client.close()


@pytest.mark.parametrize(
    "kill_count", [3, pytest.param(20, marks=[pytest.mark.slow, pytest.mark.timeout(600)])], ids=str
)
async def test_every_acknowledged_point_survives_kills_during_upserts(tmp_path, kill_count):
    ledger = Ledger()
    process = StoreProcess(tmp_path)
    async with process.connected() as client:
        await create(client)
    for round_ in range(kill_count):
        await kill_while_writing(process, ledger, round_=round_)
        process = StoreProcess(tmp_path)
        async with process.connected() as client:
            stored = await stored_numbers(client)
            assert ledger.numbers - stored == set()
            assert (await client.count(NAME, TAGGED, exact=True)).count == sum(n % 5 == 1 for n in stored)
    assert process.terminate() == 0


async def test_what_a_killed_process_left_does_not_stand_in_the_way(tmp_path):
    socket = tmp_path / "s"
    process = StoreProcess(tmp_path, socket=socket)
    process.kill()
    assert (tmp_path / "endpoint.json").exists()
    assert socket.exists()
    assert find_endpoint(tmp_path) is None
    again = StoreProcess(tmp_path, socket=socket)
    async with again.connected() as client:
        assert (await client.get_collections()).collections == []
    assert again.terminate() == 0


async def test_a_graceful_stop_keeps_everything_and_cleans_up(tmp_path):
    process = StoreProcess(tmp_path)
    async with process.connected() as client:
        await create(client)
        await client.upsert(NAME, batch(0), wait=True)
    assert process.terminate() == 0
    assert not (tmp_path / "endpoint.json").exists()
    again = StoreProcess(tmp_path)
    async with again.connected() as client:
        assert await stored_numbers(client) == set(range(BATCH_COUNT))
    again.terminate()


async def test_two_clients_write_and_read_at_once(tmp_path):
    process = StoreProcess(tmp_path)
    async with process.connected() as first, process.connected() as second:
        await create(first)
        await asyncio.gather(
            work(first, 0), work(second, 100_000), work(first, 200_000), work(second, 300_000)
        )
        assert (await first.count(NAME, exact=True)).count == 4 * 10 * (BATCH_COUNT - 1)
    process.terminate()


async def work(client: AsyncQdrantClient, start: int) -> None:
    for number in range(10):
        await client.upsert(NAME, batch(start + number * BATCH_COUNT), wait=True)
        assert (await client.retrieve(NAME, [start]))[0].id == start
        await client.delete(NAME, [start + number * BATCH_COUNT + 1], wait=True)


def test_a_second_process_is_told_who_has_the_folder(tmp_path, capfd):
    process = StoreProcess(tmp_path)
    with pytest.raises(RuntimeError, match="ended with 3"):
        StoreProcess(tmp_path)
    assert f"in use by process {process.endpoint.pid}" in capfd.readouterr().err
    process.terminate()


def test_the_ready_line_names_the_place_and_not_the_token(tmp_path):
    process = StoreProcess(tmp_path)
    assert process.output == {"url": process.endpoint.url, "pid": process.endpoint.pid}
    assert Path(tmp_path / "endpoint.json").stat().st_mode & 0o777 == 0o600
    process.terminate()

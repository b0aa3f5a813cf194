"""Every way to the vectors, and every way it can fail."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.config import Settings, load_settings
from core.errors import DependencyDownError, SettingsError, StoreBusyError
from core.filters import All
from store.vectors.connection import connect
from store.vectors.embedded.lock import FolderLock, is_held
from store.vectors.health import check_vectors
from store.vectors.index import QdrantIndex
from tests.contract.chunk_points import DIMENSION, chunk
from tests.fakes.store_process import StoreProcess


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[QdrantIndex]:
    async with connect(settings) as client:
        index = QdrantIndex(client, collection="folio", dimension=DIMENSION, batch_count=100)
        await index.prepare()
        yield index


def at(home: Path, **vectors) -> Settings:
    return load_settings(home=home, vectors=vectors)


@asynccontextmanager
async def listening(answer: bytes) -> AsyncIterator[str]:
    """A server that says the same to everybody."""

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(reply, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def refusal(settings: Settings) -> str:
    with pytest.raises(DependencyDownError) as caught:
        async with connect(settings):
            pass
    return str(caught.value)


async def test_without_a_url_the_store_runs_here_and_keeps_its_points(tmp_path: Path) -> None:
    async with opened(at(tmp_path)) as index:
        await index.write([chunk("a")])
    async with opened(at(tmp_path)) as index:
        assert await index.count(All(())) == 1


async def test_the_folder_is_locked_while_open_and_free_afterwards(tmp_path: Path) -> None:
    async with connect(at(tmp_path)):
        assert is_held(tmp_path / "vectors")
    assert not is_held(tmp_path / "vectors")


async def test_the_folder_is_free_after_a_failure_inside(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        async with connect(at(tmp_path)):
            _ = 1 / 0
    assert not is_held(tmp_path / "vectors")


async def test_a_folder_that_stays_taken_names_its_holder(tmp_path: Path) -> None:
    async with connect(at(tmp_path)):
        with pytest.raises(StoreBusyError, match=f"process {os.getpid()}"):
            async with connect(at(tmp_path, lock_wait_s=0)):
                pass


async def test_a_folder_that_is_given_free_in_time_is_opened(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path / "vectors")
    lock.acquire()
    asyncio.get_running_loop().call_later(0.2, lock.release)
    async with connect(at(tmp_path, lock_wait_s=30)):
        assert is_held(tmp_path / "vectors")


@pytest.mark.parametrize("by_socket", [False, True])
async def test_a_running_store_process_serves_several_at_once(tmp_path: Path, by_socket: bool) -> None:
    folder = tmp_path / "vectors"
    folder.mkdir()
    process = StoreProcess(folder, socket=folder / "s" if by_socket else None)
    try:
        async with opened(at(tmp_path)) as one, opened(at(tmp_path)) as other:
            await one.write([chunk("a")])
            assert await other.count(All(())) == 1
    finally:
        process.terminate()


async def test_a_store_process_that_dies_is_reported_as_down(tmp_path: Path) -> None:
    process = StoreProcess(tmp_path / "vectors")
    async with opened(at(tmp_path)) as index:
        process.kill()
        with pytest.raises(DependencyDownError, match="folio up"):
            await index.count(All(()))
        check = await check_vectors(index)
    assert not check.healthy
    assert "does not answer" in check.detail


async def test_a_healthy_store_names_its_collection_and_size(tmp_path: Path) -> None:
    async with opened(at(tmp_path)) as index:
        await index.write([chunk("a")])
        check = await check_vectors(index)
    assert check.healthy
    assert check.detail == f"1 chunks in {index.collection}"


async def test_a_wrong_port_names_the_url_and_the_way_out(tmp_path: Path) -> None:
    message = await refusal(at(tmp_path, url="http://127.0.0.1:1"))
    assert "http://127.0.0.1:1 does not answer" in message
    assert "FOLIO_VECTORS__URL" in message


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"220 mail.example.org ESMTP\r\n",
    ],
    ids=["some website", "another service", "no HTTP at all"],
)
async def test_something_else_on_the_port_is_no_vector_store(tmp_path: Path, answer: bytes) -> None:
    async with listening(answer) as url:
        message = await refusal(at(tmp_path, url=url))
    assert url in message


async def test_a_wrong_key_names_the_setting(tmp_path: Path) -> None:
    process = StoreProcess(tmp_path / "elsewhere")
    try:
        url = process.endpoint.url
        assert "FOLIO_VECTORS__API_KEY" in await refusal(at(tmp_path, url=url, api_key="wrong"))
        assert "FOLIO_VECTORS__API_KEY" in await refusal(at(tmp_path, url=url))
        async with connect(at(tmp_path, url=url, api_key=process.endpoint.token)) as client:
            assert (await client.get_collections()).collections == []
    finally:
        process.terminate()


@pytest.mark.parametrize("url", ["ftp://store:6333", "http://[", "http://store:port"])
async def test_a_url_that_is_none_is_a_setting_to_correct(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match="FOLIO_VECTORS__URL"):
        async with connect(at(tmp_path, url=url)):
            pass


@pytest.mark.parametrize("at_socket", [False, True], ids=["tcp", "socket"])
async def test_a_store_that_was_killed_and_started_again_is_found(tmp_path: Path, at_socket: bool) -> None:
    socket = tmp_path / "s" if at_socket else None
    first = StoreProcess(tmp_path / "vectors", socket=socket)
    try:
        async with opened(at(tmp_path)) as index:
            await index.write([chunk("a")])
            first.kill()
            with pytest.raises(DependencyDownError):
                await index.count(All(()))
            second = StoreProcess(tmp_path / "vectors", socket=socket)
            try:
                # Several at once: all of them find it, and none is turned away with the former token.
                assert await asyncio.gather(*(index.count(All(())) for _ in range(4))) == [1] * 4
            finally:
                second.terminate()
    finally:
        first.kill()

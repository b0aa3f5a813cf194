"""One `AsyncQdrantClient` per way to reach a vector store: every test that takes `qdrant` runs once for each."""

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from qdrant_client import AsyncQdrantClient

from core.config import qdrant_url_for_tests
from store.vectors.embedded.app import create_app
from store.vectors.embedded.lock import FolderLock
from store.vectors.embedded.shelf import Shelf
from tests.fakes.store_process import StoreProcess


def open_shelf(folder: Path) -> Shelf:
    lock = FolderLock(folder)
    lock.acquire()
    return Shelf(lock)


def in_process_client(shelf: Shelf) -> AsyncQdrantClient:
    transport = httpx.ASGITransport(create_app(shelf, token=None))
    return AsyncQdrantClient(url="http://embedded", transport=transport, check_compatibility=False)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with closing(open_shelf(tmp_path_factory.mktemp("shelf"))) as opened:
        yield opened


@pytest.fixture(scope="session")
def http_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreProcess]:
    process = StoreProcess(tmp_path_factory.mktemp("http"))
    yield process
    process.terminate()


@pytest.fixture(scope="session")
def socket_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreProcess]:
    folder = tmp_path_factory.mktemp("socket")
    process = StoreProcess(folder, socket=folder / "s")
    yield process
    process.terminate()


@pytest.fixture(params=["in process", "http", "unix socket", "qdrant server"])
async def qdrant(request: pytest.FixtureRequest) -> AsyncIterator[AsyncQdrantClient]:
    client = _client(request)
    yield client
    await client.close()


def _client(request: pytest.FixtureRequest) -> AsyncQdrantClient:
    match request.param:
        case "in process":
            return in_process_client(request.getfixturevalue("shelf"))
        case "http":
            return request.getfixturevalue("http_store").client()
        case "unix socket":
            return request.getfixturevalue("socket_store").client()
    url = qdrant_url_for_tests()
    if url is None:
        pytest.skip("FOLIO_TEST_QDRANT_URL names no Qdrant server")
    return AsyncQdrantClient(url=url, check_compatibility=False)


@pytest.fixture
async def name(qdrant: AsyncQdrantClient) -> AsyncIterator[str]:
    """A collection name of this test's own; the collection is removed afterwards."""
    unique = f"t_{uuid.uuid4().hex}"
    yield unique
    await qdrant.delete_collection(unique)

"""What contract suites run over: clients and indexes for each way to reach a vector store, catalogs with all tables."""

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from qdrant_client import AsyncQdrantClient, models

from core.config import Settings, load_settings, qdrant_url_for_tests
from store.vectors.connection import connect
from store.vectors.embedded.app import create_app
from store.vectors.embedded.lock import FolderLock
from store.vectors.embedded.shelf import Shelf
from store.vectors.index import QdrantIndex
from tests.contract.chunk_points import DIMENSION
from tests.contract.migrated import migrated_database, migrated_file
from tests.fakes.store_process import StoreProcess
from tests.fakes.vector_index import FakeVectorIndex

ALIAS = f"t{uuid.uuid4().hex}"


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


@pytest.fixture(scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own")


@pytest.fixture(scope="module")
def served_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("served")
    process = StoreProcess(home / "vectors")
    yield home
    process.terminate()


@pytest.fixture(params=["fake", "in process", "http", "qdrant server"])
async def index(request: pytest.FixtureRequest) -> AsyncIterator[QdrantIndex | FakeVectorIndex]:
    """An empty index. Creating a collection takes long on a busy disk, so the tests share one and empty it."""
    if request.param == "fake":
        yield FakeVectorIndex()
        return
    async with connect(_settings(request)) as client:
        index = QdrantIndex(client, collection=ALIAS, dimension=DIMENSION, batch_count=100)
        await index.prepare()
        yield index
        await client.delete(index.collection, models.Filter(), wait=True)


def _settings(request: pytest.FixtureRequest) -> Settings:
    match request.param:
        case "in process":
            return load_settings(home=request.getfixturevalue("own_home"))
        case "http":
            return load_settings(home=request.getfixturevalue("served_home"))
    url = qdrant_url_for_tests()
    if url is None:
        pytest.skip("FOLIO_TEST_QDRANT_URL names no Qdrant server")
    return load_settings(vectors={"url": url})


@pytest.fixture
async def name(qdrant: AsyncQdrantClient) -> AsyncIterator[str]:
    """A collection name of this test's own; the collection is removed afterwards."""
    unique = f"t_{uuid.uuid4().hex}"
    yield unique
    await qdrant.delete_collection(unique)


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    """A Postgres database with all tables, empty at first; see `cleared` and `emptied`."""
    with migrated_database() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite catalog with all tables and no rows, to be copied by `copied`."""
    return migrated_file(tmp_path_factory.mktemp("migrated"))

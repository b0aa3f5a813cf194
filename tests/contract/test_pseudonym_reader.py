"""PseudonymReader, one suite over every way to keep vectors, the fake included."""

import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from qdrant_client import models

from core.access import AccessLabel, Principal, Tier
from core.config import load_settings
from core.privacy_ports import PseudonymReader
from core.search import ChunkPoint
from retrieval.filters import visible_to
from store.vectors.connection import connect
from store.vectors.index import QdrantIndex
from store.vectors.pseudonyms import QdrantPseudonyms
from tests.contract.chunk_points import DIMENSION, READER, chunk
from tests.fakes.store_process import StoreProcess
from tests.fakes.vector_index import FakeVectorIndex

ALIAS = f"p{uuid.uuid4().hex}"
SEEN = visible_to(READER)


@dataclass(frozen=True)
class Store:
    index: QdrantIndex | FakeVectorIndex
    reader: PseudonymReader

    async def add(self, doc: str, *pseudonyms: str, active=True, **more) -> None:
        await self.index.write([chunk(doc, pseudonyms=tuple(sorted(pseudonyms)), active=active, **more)])

    async def known(self, *pseudonyms: str, visible=SEEN) -> set[str]:
        return await self.reader.known(pseudonyms, visible=visible)


@pytest.fixture(scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own")


@pytest.fixture(scope="module")
def served_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("served")
    process = StoreProcess(home / "vectors")
    yield home
    process.terminate()


@pytest.fixture(params=["fake", "in process", "http"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    if request.param == "fake":
        fake = FakeVectorIndex()
        yield Store(fake, fake)
        return
    home = request.getfixturevalue("own_home" if request.param == "in process" else "served_home")
    async with connect(load_settings(home=home)) as client:
        index = QdrantIndex(client, collection=ALIAS, dimension=DIMENSION, batch_count=100)
        await index.prepare()
        yield Store(index, QdrantPseudonyms(client, collection=index.collection))
        await client.delete(index.collection, models.Filter(), wait=True)


async def test_of_those_asked_for_the_stored_ones_are_known(store: Store) -> None:
    await store.add("a", "PERSON_1", "~1")
    await store.add("b", "PERSON_2")
    assert await store.known("PERSON_1", "PERSON_2", "PERSON_3") == {"PERSON_1", "PERSON_2"}
    assert await store.known("~1") == {"~1"}


async def test_nothing_is_known_of_an_empty_index_or_question(store: Store) -> None:
    assert await store.known("PERSON_1") == set()
    await store.add("a", "PERSON_1")
    assert await store.known() == set()


async def test_what_may_not_be_read_is_not_known(store: Store) -> None:
    await store.add("tenant", "PERSON_1", access=AccessLabel("other", Tier.PUBLIC))
    await store.add("tier", "PERSON_2", access=AccessLabel("default", Tier.RESTRICTED))
    await store.add("group", "PERSON_3", access=AccessLabel("default", Tier.PUBLIC, frozenset({"board"})))
    asked = ("PERSON_1", "PERSON_2", "PERSON_3")
    assert await store.known(*asked) == set()
    assert await store.known(*asked, visible=visible_to(Principal(groups=frozenset({"board"})))) == {
        "PERSON_3"
    }
    assert await store.known(*asked, visible=visible_to(Principal(clearance=Tier.RESTRICTED))) == {"PERSON_2"}


async def test_what_is_not_visible_yet_is_not_known(store: Store) -> None:
    await store.add("a", "PERSON_1", active=False)
    assert await store.known("PERSON_1") == set()


async def test_rare_name_is_known_beside_one_that_is_on_every_page(store: Store) -> None:
    rows: list[ChunkPoint] = [
        chunk(f"d{n}", pseudonyms=("PERSON_1", f"PERSON_x{n}"), active=True) for n in range(150)
    ]
    await store.index.write([*rows, chunk("z", pseudonyms=("PERSON_2",), active=True)])
    assert await store.known("PERSON_1", "PERSON_2", "PERSON_3") == {"PERSON_1", "PERSON_2"}

"""ChunkReader over the embedded store in this process and over HTTP."""

import uuid

import pytest
from qdrant_client import AsyncQdrantClient

from core.access import AccessLabel, Principal, Tier
from core.retrieval_ports import ChunkRange
from retrieval.filters import visible_to
from store.vectors.chunk_reader import QdrantChunkReader
from store.vectors.index import QdrantIndex
from tests.contract.chunk_points import DIMENSION, document

SEEN = visible_to(Principal())


@pytest.fixture
async def index(qdrant: AsyncQdrantClient) -> QdrantIndex:
    made = QdrantIndex(qdrant, collection=f"t{uuid.uuid4().hex}", dimension=DIMENSION, batch_count=100)
    await made.prepare()
    return made


async def test_it_reads_the_chunks_of_ranges_in_order_each_once(
    qdrant: AsyncQdrantClient, index: QdrantIndex
) -> None:
    await index.write(document("a", 6, active=True) + document("b", 3, active=True))
    reader = QdrantChunkReader(qdrant, collection=index.collection)
    ranges = [ChunkRange("b", 1, 1, 9), ChunkRange("a", 1, -2, 1), ChunkRange("a", 1, 1, 2)]
    found = await reader.chunks(ranges, visible=SEEN)
    assert [(hit.doc_id, hit.ordinal) for hit in found] == [("a", 0), ("a", 1), ("a", 2), ("b", 1), ("b", 2)]
    assert await reader.chunks([], visible=SEEN) == []


async def test_what_is_hidden_or_inactive_is_not_read(qdrant: AsyncQdrantClient, index: QdrantIndex) -> None:
    secret = AccessLabel("default", Tier.RESTRICTED)
    await index.write(document("a", 2, active=False) + document("b", 2, active=True, access=secret))
    reader = QdrantChunkReader(qdrant, collection=index.collection)
    ranges = [ChunkRange("a", 1, 0, 1), ChunkRange("b", 1, 0, 1)]
    assert await reader.chunks(ranges, visible=SEEN) == []
    cleared = visible_to(Principal(clearance=Tier.RESTRICTED))
    assert len(await reader.chunks(ranges, visible=cleared)) == 2

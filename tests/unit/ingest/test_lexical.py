"""BM25 weights follow the corpus: measured, weighed again in place, recorded; the vectors of the model stay."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.access import Principal
from core.config import SparseSettings, load_settings
from core.lexical import LexicalState, extra_terms
from core.search import ChunkPoint
from inference.lexical.bm25 import Bm25Encoder
from ingest.lexical import refresh_weights
from retrieval.filters import visible_to
from store.vectors.collections import QdrantCollections
from store.vectors.connection import connect
from store.vectors.index import QdrantIndex
from tests.contract.chunk_points import DIMENSION, chunk

TEXTS = {"a": "fox owl elk", "b": "fox fox owl ant bee", "c": "owl", "d": "elk ant bee"}
MEAN = 3.0


class World:
    """A collection of four active chunks, weighed as if the mean length were 60 words."""

    def __init__(self, collections: QdrantCollections) -> None:
        self.collections = collections
        self.index: QdrantIndex = collections.index(dimension=DIMENSION, embedding="one")
        self.points = collections.lexical(self.index.collection)

    async def stored(self) -> dict[str, ChunkPoint]:
        return {doc: point for doc in TEXTS for point in await self.index.stored(doc)}

    async def weights_are(self, encoder: Bm25Encoder) -> bool:
        return all(
            dict(zip(point.sparse.indices, point.sparse.values, strict=True))
            == pytest.approx(terms_of(encoder, point))
            for point in (await self.stored()).values()
        )


def terms_of(encoder: Bm25Encoder, point: ChunkPoint) -> dict[int, float]:
    vector = encoder.encode_passage(point.text, title=point.title, terms=extra_terms(point, point.text))
    return dict(zip(vector.indices, vector.values, strict=True))


def encoder(**settings) -> Bm25Encoder:
    return Bm25Encoder(SparseSettings(**settings))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with connect(load_settings(home=tmp_path)) as client:
        made = World(QdrantCollections(client, alias="folio", batch_count=2))
        await made.index.prepare()
        model = encoder()
        await made.index.write(
            [
                chunk(
                    doc,
                    text,
                    title="",
                    context="",
                    active=True,
                    pseudonyms=("~00000000000a",) if doc == "a" else (),
                    sparse=model.encode_passage(text, terms=("~00000000000a",) if doc == "a" else ()),
                )
                for doc, text in TEXTS.items()
            ]
        )
        yield made


async def test_weights_become_those_of_the_measured_mean_and_stay(world: World) -> None:
    model = encoder()
    assert await refresh_weights(world.points, model) == len(TEXTS)
    assert model.average_words == MEAN
    assert await world.weights_are(encoder(average_words=MEAN))
    assert await world.points.state() == LexicalState(model.weighting, MEAN)
    assert await refresh_weights(world.points, model) == 0


async def test_nothing_but_the_weights_changes(world: World) -> None:
    before = await world.stored()
    await refresh_weights(world.points, encoder())
    after = await world.stored()
    for doc, point in before.items():
        assert after[doc].dense == point.dense
        assert set(after[doc].sparse.indices) == set(point.sparse.indices)
        assert (after[doc].text, after[doc].version, after[doc].pseudonyms) == (
            point.text,
            point.version,
            point.pseudonyms,
        )


async def test_other_settings_weigh_again_in_place(world: World) -> None:
    await refresh_weights(world.points, encoder())
    changed = encoder(k1=2.0, b=0.1)
    assert await refresh_weights(world.points, changed) == len(TEXTS)
    assert await world.weights_are(encoder(k1=2.0, b=0.1, average_words=MEAN))


async def test_a_mean_that_has_hardly_moved_is_left(world: World) -> None:
    model = encoder()
    await world.points.save(LexicalState(model.weighting, MEAN * 1.1))
    assert await refresh_weights(world.points, model) == 0
    assert model.average_words == pytest.approx(MEAN * 1.1)


async def test_an_empty_collection_needs_nothing(world: World) -> None:
    for doc in TEXTS:
        await world.index.delete_document(doc)
    assert await refresh_weights(world.points, encoder()) == 0
    assert await world.points.state() is None


async def test_points_that_are_gone_are_passed_over(world: World) -> None:
    stored = await world.stored()
    vectors = {point.point_id: point.sparse for point in stored.values()}
    await world.index.delete_document("a")
    assert await world.points.replace(vectors) == len(TEXTS) - 1
    assert await world.index.passages("a", visible=visible_to(Principal())) == []

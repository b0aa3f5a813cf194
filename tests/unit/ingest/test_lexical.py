"""BM25 weights follow the corpus: measured, weighed again in place, recorded; the vectors of the model stay."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.access import AccessLabel, Principal
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

FOXES = Bm25Encoder(SparseSettings()).encode_passage("fox " * 500)


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
    assert await world.weights_are(encoder(average_words=MEAN))
    assert await world.points.state() == LexicalState(model.weighting, {"default": MEAN})
    assert model.encode_passage(TEXTS["b"], tenant="default") == encoder(average_words=MEAN).encode_passage(
        TEXTS["b"]
    )
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
    await world.points.save(LexicalState(model.weighting, {"default": MEAN * 1.1}))
    before = await world.stored()
    assert await refresh_weights(world.points, model) == 0
    assert await world.stored() == before


async def test_what_another_tenant_writes_moves_no_weight(world: World) -> None:
    await refresh_weights(world.points, encoder())
    before = await world.stored()
    long = chunk(
        "e", "fox " * 500, title="", context="", active=True, sparse=FOXES, access=AccessLabel("other")
    )
    await world.index.write([long])
    assert await refresh_weights(world.points, encoder()) == 1
    assert await world.stored() == before
    assert (await world.points.state()).average_words == {"default": MEAN, "other": 500.0}


async def test_weights_of_which_nothing_is_recorded_are_computed_again(world: World) -> None:
    near = encoder(average_words=MEAN * 1.1, k1=2.0)
    assert await refresh_weights(world.points, near) == len(TEXTS)
    assert await refresh_weights(world.points, near) == 0


async def test_a_chunk_keeps_the_language_that_only_its_source_knew(world: World) -> None:
    model = encoder(languages=("english", "german"))
    text = "Lieferungen Rechnungen"
    german = model.encode_passage(text, language="german")
    assert german.indices != model.encode_passage(text).indices
    await world.index.write(
        [chunk("g", text, title="", context="", active=True, sparse=german, language="german")]
    )
    await refresh_weights(world.points, model)
    (stored,) = await world.index.stored("g")
    assert stored.sparse.indices == german.indices


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

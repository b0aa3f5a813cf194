"""Quantised vectors and vectors on disk: accepted, described, and searched with the full vectors having the last word."""

import random

import pytest
from qdrant_client import models

from store.vectors.storage import VectorStorage

_CENTRES = 8
_EACH = 40
_DIMENSION = 128


def clusters() -> list[list[float]]:
    """Vectors around a few centres, the first of each closest to it."""
    source = random.Random(7)
    centres = [[source.gauss(0, 1) for _ in range(_DIMENSION)] for _ in range(_CENTRES)]
    return [
        [value + source.gauss(0, 0.02 * (1 + place)) for value in centre]
        for centre in centres
        for place in range(_EACH)
    ]


async def fill(qdrant, name: str, storage: VectorStorage) -> list[list[float]]:
    await qdrant.create_collection(name, vectors_config={"dense": storage.vector_params(_DIMENSION)})
    vectors = clusters()
    points = [models.PointStruct(id=n, vector={"dense": vector}) for n, vector in enumerate(vectors)]
    await qdrant.upsert(name, points, wait=True)
    return vectors


@pytest.mark.parametrize("quantization", ["none", "scalar", "binary"])
@pytest.mark.parametrize("on_disk", [False, True])
async def test_the_nearest_point_is_found_and_has_its_true_cosine(qdrant, name, quantization, on_disk):
    storage = VectorStorage(quantization=quantization, on_disk=on_disk, oversampling=4)
    vectors = await fill(qdrant, name, storage)
    for wanted in range(0, _CENTRES * _EACH, _EACH):
        response = await qdrant.query_points(
            name, query=vectors[wanted], using="dense", limit=5, search_params=storage.search_params()
        )
        best = response.points[0]
        assert (best.id, best.score) == (wanted, pytest.approx(1.0, abs=1e-4))


@pytest.mark.parametrize("quantization", ["scalar", "binary"])
async def test_the_collection_says_how_its_vectors_are_kept(qdrant, name, quantization):
    await fill(qdrant, name, VectorStorage(quantization=quantization, on_disk=True))
    params = (await qdrant.get_collection(name)).config.params.vectors["dense"]
    assert params.on_disk
    assert getattr(params.quantization_config, quantization).always_ram


async def test_product_quantisation_is_refused_or_done_never_ignored(qdrant, name, request):
    if "qdrant server" in request.node.name:
        pytest.skip("a server has it")
    product = models.ProductQuantization(
        product=models.ProductQuantizationConfig(compression=models.CompressionRatio.X16)
    )
    params = models.VectorParams(size=4, distance=models.Distance.COSINE, quantization_config=product)
    with pytest.raises(Exception, match="quantization_config ProductQuantization"):
        await qdrant.create_collection(name, vectors_config={"dense": params})

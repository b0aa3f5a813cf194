"""Made-up points: random unit vectors, 60 BM25 terms, the payload of a chunk of 800 characters, labels of six kinds."""

from collections.abc import Iterator, Sequence

import numpy as np

from core import ids
from core.search import ChunkPoint, HybridQuery, SparseVector
from evals.retrieval_bench.corpus import LABELS, PRINCIPAL
from retrieval.filters import visible_to

DIMENSION = 384
_TERM_COUNT = 60
_QUERY_TERM_COUNT = 8
_VOCABULARY = 100_000
_CHUNKS_PER_DOCUMENT = 16
# Term lists are drawn from a pool: drawing one for each of a million points would take longer than storing them.
_POOL_COUNT = 20_000
_CHARS = 800
_WORDS = "the interval of the device follows from the table of tolerances in the appendix "


def point_batches(count: int, *, batch_count: int, seed: int = 1) -> Iterator[list[ChunkPoint]]:
    """`count` points in batches."""
    rng = np.random.default_rng(seed)
    pool = [_terms(rng, _TERM_COUNT) for _ in range(min(count, _POOL_COUNT))]
    text = (_WORDS * (_CHARS // len(_WORDS) + 1))[:_CHARS]
    for start in range(0, count, batch_count):
        numbers = range(start, min(start + batch_count, count))
        vectors = unit_vectors(rng, len(numbers))
        chosen = rng.integers(len(pool), size=len(numbers))
        yield [
            _point(number, dense=tuple(vector), sparse=pool[row], text=text)
            for number, vector, row in zip(numbers, vectors.tolist(), chosen, strict=True)
        ]


def queries(count: int, *, seed: int = 2) -> list[HybridQuery]:
    """Questions of a principal that may read four points of six."""
    rng = np.random.default_rng(seed)
    visible = visible_to(PRINCIPAL)
    return [
        HybridQuery(dense=tuple(vector), sparse=_query_terms(rng), visible=visible)
        for vector in unit_vectors(rng, count).tolist()
    ]


def unit_vectors(rng: np.random.Generator, count: int) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    """Random directions."""
    vectors = rng.standard_normal((count, DIMENSION), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def overlap(found: Sequence[str], wanted: Sequence[str]) -> float:
    """Which share of what is wanted was found."""
    return len(set(found) & set(wanted)) / max(len(set(wanted)), 1)


def _query_terms(rng: np.random.Generator) -> SparseVector:
    found = _terms(rng, _QUERY_TERM_COUNT)
    return SparseVector(found.indices, (1.0,) * len(found.indices))


def _terms(rng: np.random.Generator, count: int) -> SparseVector:
    """Terms as frequent as Zipf's law has them."""
    drawn = np.unique(rng.zipf(1.2, 8 * count) % _VOCABULARY)
    chosen = np.sort(rng.permutation(drawn)[:count])
    return SparseVector(tuple(chosen.tolist()), tuple(rng.uniform(0.5, 2.0, len(chosen)).tolist()))


def _point(number: int, *, dense: tuple[float, ...], sparse: SparseVector, text: str) -> ChunkPoint:
    document, ordinal = divmod(number, _CHUNKS_PER_DOCUMENT)
    doc_id = f"{document:032x}"
    return ChunkPoint(
        point_id=ids.point_id(doc_id, version=1, ordinal=ordinal),
        dense=dense,
        sparse=sparse,
        doc_id=doc_id,
        version=1,
        ordinal=ordinal,
        source_id="bench",
        external_id=None,
        path=f"{document}.md",
        title=f"Document {document}",
        mime_type="text/markdown",
        heading="Heading",
        page=None,
        start=_CHARS * ordinal,
        end=_CHARS * (ordinal + 1),
        parent_start=0,
        parent_end=_CHARS * _CHUNKS_PER_DOCUMENT,
        text=text,
        access=LABELS[document % len(LABELS)],
        active=True,
        context="",
    )

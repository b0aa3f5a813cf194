"""From what the two arms found to rankings of documents, by every fusion that is compared."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from core.access import Principal
from core.config import RetrievalSettings
from core.search import Candidates, HybridQuery
from evals.datasets.retrieval_sets import Question, RetrievalSet
from evals.metrics.ranking import Quality, quality
from evals.retrieval_eval.indexing import Indexed
from retrieval import fusion
from retrieval.filters import visible_to
from retrieval.hybrid import fuse

_RANKED_COUNT = 50
_PRINCIPAL = Principal()

Fuse = Callable[[Candidates], Sequence[tuple[str, float]]]


@dataclass(frozen=True, slots=True)
class Found:
    """What the arms found for each query of a set, and which document each chunk is from."""

    name: str
    candidates: Mapping[str, Candidates]
    doc_ids: Mapping[str, str]
    grades: Mapping[str, Mapping[str, int]]


def fusions(settings: RetrievalSettings) -> dict[str, Fuse]:
    """Each arm alone, and each way to make one ranking of both, as it is served."""
    ways = {
        "RRF k=60": {"fusion": "rrf"},
        "DBSF": {"fusion": "dbsf"},
        f"convex {settings.dense_weight:g}": {"fusion": "convex"},
    }
    return {
        "dense": lambda found: found.dense,
        "BM25": lambda found: found.lexical,
        **{name: _as_served(settings.model_copy(update=update)) for name, update in ways.items()},
    }


def default_name(settings: RetrievalSettings) -> str:
    """The row of `fusions` that the settings name."""
    names = {"rrf": "RRF k=60", "dbsf": "DBSF", "convex": f"convex {settings.dense_weight:g}"}
    return names[settings.fusion]


def convex_grid(weights: Sequence[float], floors: Sequence[float | None]) -> dict[str, Fuse]:
    """The convex sum with every weight of the dense arm and every cosine that counts 0; None is the lowest found."""
    return {
        f"weight {weight:g}, floor {'lowest' if floor is None else f'{floor:g}'}": partial(
            _convex, weight=weight, floor=floor
        )
        for floor in floors
        for weight in weights
    }


async def find(data: RetrievalSet, indexed: Indexed, *, count: int) -> Found:
    """The `count` best chunks of each arm for every question, inside a principal's filter."""
    candidates = {row.query_id: await _candidates(row, indexed, count=count) for row in data.questions}
    return Found(data.name, candidates, indexed.doc_ids, data.grades)


async def served_quality(data: RetrievalSet, indexed: Indexed) -> Quality:
    """The quality of the search service as it is configured, reranking included if there is a model."""
    rankings = {}
    for question in data.questions:
        result = await indexed.parts.search.search_documents(
            question.text, principal=_PRINCIPAL, limit=_RANKED_COUNT
        )
        rankings[question.query_id] = [hit.external_id or "" for hit in result.hits]
    return quality(rankings, data.grades)


def fused_quality(found: Found, way: Fuse) -> Quality:
    """The quality of a fusion over a set, a document ranked by its best chunk."""
    rankings = {
        query_id: best_documents(way(arms), doc_ids=found.doc_ids)
        for query_id, arms in found.candidates.items()
    }
    return quality(rankings, found.grades)


def best_documents(fused: Sequence[tuple[str, float]], *, doc_ids: Mapping[str, str]) -> list[str]:
    """The documents of ranked chunks, each at the place of its best, at most 50."""
    return list(dict.fromkeys(doc_ids[chunk] for chunk, _ in fused))[:_RANKED_COUNT]


async def _candidates(question: Question, indexed: Indexed, *, count: int) -> Candidates:
    parts = indexed.parts
    query = HybridQuery(
        dense=await parts.embedder.embed_query(question.text),
        sparse=parts.sparse.encode_query(question.text),
        visible=visible_to(_PRINCIPAL),
        limit=count,
        candidate_count=count,
    )
    return await parts.index.candidates(query)


def _as_served(settings: RetrievalSettings) -> Fuse:
    return lambda found: fuse(found, settings)


def _convex(found: Candidates, *, weight: float, floor: float | None) -> Sequence[tuple[str, float]]:
    return fusion.convex(found.dense, found.lexical, dense_weight=weight, dense_floor=floor)

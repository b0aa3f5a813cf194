"""The ways to rank that are compared, all through the service that serves."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from core.access import Principal
from core.clock import SystemClock
from core.config import RerankSettings, Settings, load_settings
from core.graph import DocumentEvidence
from core.search import HybridQuery
from evals.datasets.retrieval_sets import Question, RetrievalSet
from evals.metrics.ranking import quality, recalls
from evals.retrieval_eval.indexing import Indexed
from evals.retrieval_eval.rankings import best_documents
from folio.assembly import open_catalog
from folio.evidence import graph_step, search_stages
from graph.recall import GraphRecallService
from graph.service import KnowledgeGraph
from retrieval.filters import visible_to
from retrieval.graph_step import OpenRecall
from retrieval.query.route import Route, route
from retrieval.service import SearchService
from retrieval.stages import SearchSteps

DEPTHS = (2, 5, 10)
_RANKED_COUNT = 10
_PRINCIPAL = Principal()
_MS_PER_S = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """One way to rank a set: recall of the first 2, 5 and 10 documents, nDCG@10, and the median time of a search."""

    recalls: tuple[float, ...]
    ndcg_10: float
    p50_ms: float | None = None


Rankings = dict[str, list[str]]


@asynccontextmanager
async def graph_of(evidence: Iterable[DocumentEvidence], *, home: Path) -> AsyncIterator[OpenRecall]:
    """The graph over a catalog of its own that holds this evidence."""
    settings, clock = load_settings(home=home, redaction={"policy": "off"}), SystemClock()
    async with open_catalog(settings, clock) as catalog:
        for document in evidence:
            await catalog.graph.replace(document)
        graph = KnowledgeGraph(
            catalog.graph,
            catalog.graph_merges,
            settings=settings.graph,
            clock=clock,
            tenant=_PRINCIPAL.tenant,
        )
        await graph.refreshed()

        async def the_graph(_tenant: str) -> KnowledgeGraph:
            return graph

        async def recall() -> GraphRecallService:
            return GraphRecallService(the_graph)

        yield recall


async def arms(data: RetrievalSet, indexed: Indexed) -> tuple[Rankings, Rankings]:
    """What each arm finds alone: dense, BM25."""
    dense, lexical, parts = {}, {}, indexed.parts
    for question in data.questions:
        query = HybridQuery(
            dense=await parts.embedder.embed_query(question.text),
            sparse=parts.sparse.encode_query(question.text),
            visible=visible_to(_PRINCIPAL),
        )
        found = await parts.index.candidates(query)
        dense[question.query_id] = best_documents(found.dense, doc_ids=indexed.doc_ids)
        lexical[question.query_id] = best_documents(found.lexical, doc_ids=indexed.doc_ids)
    return dense, lexical


def service(indexed: Indexed, *, use: str, recall: OpenRecall, rerank: bool = False) -> SearchService:
    """Searches as they are served, with the graph used so."""
    parts = indexed.parts
    settings = _settings(parts.settings, use=use, rerank=rerank)
    steps = SearchSteps(
        stages=search_stages(settings, clock=parts.clock), graph=graph_step(settings, parts.index, recall)
    )
    return SearchService(
        parts.index,
        embedder=parts.embedder,
        sparse=parts.sparse,
        settings=settings.retrieval,
        clock=parts.clock,
        steps=steps,
    )


async def searched(data: RetrievalSet, search: SearchService) -> tuple[Rankings, float]:
    """The documents found for each question, and the median time of a search in milliseconds."""
    rankings: Rankings = {}
    times = []
    for question in data.questions:
        begin = perf_counter()
        result = await search.search_documents(question.text, principal=_PRINCIPAL, limit=_RANKED_COUNT)
        times.append(perf_counter() - begin)
        rankings[question.query_id] = [hit.external_id or "" for hit in result.hits]
    return rankings, median(times) * _MS_PER_S


def row_of(data: RetrievalSet, rankings: Rankings, p50_ms: float | None = None) -> Row:
    """The measures of a way to rank."""
    found = recalls(rankings, data.grades, depths=DEPTHS)
    return Row(found, quality(rankings, data.grades).ndcg_10, p50_ms)


def halves(data: RetrievalSet) -> tuple[RetrievalSet, RetrievalSet]:
    """The even and the odd questions, by their ids."""
    ordered = sorted(data.questions, key=lambda question: question.query_id)
    return _part(data, ordered[0::2]), _part(data, ordered[1::2])


def routed_share(data: RetrievalSet) -> float:
    """Of all questions those that `auto` sends to the graph."""
    return sum(route(question.text) is Route.MULTI_HOP for question in data.questions) / len(data.questions)


def _part(data: RetrievalSet, questions: Sequence[Question]) -> RetrievalSet:
    grades = {question.query_id: data.grades[question.query_id] for question in questions}
    return RetrievalSet(data.name, data.passages, tuple(questions), grades)


def _settings(settings: Settings, *, use: str, rerank: bool) -> Settings:
    graph = settings.graph.model_copy(update={"use": use, "budget_ms": 60_000})
    update: dict[str, object] = {"graph": graph}
    if not rerank:
        update["rerank"] = RerankSettings(provider="off")
    return settings.model_copy(update=update)

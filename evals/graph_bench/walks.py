"""How long a walk takes, and what the view costs."""

import random
import time
from dataclasses import dataclass
from statistics import quantiles

from core.access import Principal, Tier
from core.graph import ChunkRef
from core.graph_ports import Seeds
from evals.graph_bench.evidence import CHUNKS_PER_DOCUMENT, document_count_for, made_up
from graph.memory import memory_bytes
from graph.view import GraphView
from graph.visible import VisibleGraph
from graph.walk import pagerank

LIMIT = 100
_FINE = 1e-9
_COMPARED = 10
READER = Principal(clearance=Tier.INTERNAL, groups=frozenset({"finance"}))


@dataclass(frozen=True, slots=True)
class WalkCost:
    """Milliseconds of walks (`cpu_p95_ms`: of processor time) of 3 entities and 5 chunks over a graph of `edge_count` edges; `build_s` to make the view.

    `agreement`: how many of the ten best chunks a walk of far finer tolerance has among its ten, as a share. `first_ms` is
    the first walk of a new principal, which counts what it may read.
    """

    edge_count: int
    entity_count: int
    build_s: float
    view_mb: float
    first_ms: float
    p50_ms: float
    p95_ms: float
    cpu_p95_ms: float
    agreement: float


def measure_walks(edge_count: int, *, walk_count: int) -> WalkCost:
    """Walks by a principal who may read three of four classes."""
    documents = list(made_up(document_count_for(edge_count)))
    started_s = time.perf_counter()
    view = GraphView("default")
    view.apply(documents)
    build_s = time.perf_counter() - started_s
    visible, rng = VisibleGraph(view, READER), random.Random(7)  # noqa: S311 - no secret
    keys, doc_ids = sorted(view.graph.nodes), [document.doc_id for document in documents]
    seeds = [random_seeds(rng, keys, doc_ids) for _ in range(walk_count)]
    first_ms, _ = _walk_ms(visible, seeds[0])
    times, cpu_times = zip(*(_walk_ms(visible, each) for each in seeds), strict=True)
    parts, cpu_parts = (quantiles(each, n=20, method="inclusive") for each in (times, cpu_times))
    compared = [_agreement(visible, each) for each in seeds[:20]]
    return WalkCost(
        view.matrix.entry_count // 2,
        view.graph.number_of_nodes(),
        build_s,
        memory_bytes(view) / 1e6,
        first_ms,
        parts[9],
        parts[18],
        cpu_parts[18],
        sum(compared) / len(compared),
    )


def random_seeds(rng: random.Random, keys: list[str], doc_ids: list[str]) -> Seeds:
    """What a search might bring: entities of the question, and its best chunks."""
    chunks = (ChunkRef(rng.choice(doc_ids), 1, rng.randrange(CHUNKS_PER_DOCUMENT)) for _ in range(5))
    return Seeds(
        tuple((rng.choice(keys), 1.0) for _ in range(3)),
        tuple((chunk, 1.0 / rank) for rank, chunk in enumerate(chunks, start=1)),
    )


def _walk_ms(visible: VisibleGraph, seeds: Seeds) -> tuple[float, float]:
    """On the wall, and of this thread."""
    started_s, cpu_s = time.perf_counter(), time.thread_time()
    pagerank(visible, seeds, limit=LIMIT)
    return (time.perf_counter() - started_s) * 1000, (time.thread_time() - cpu_s) * 1000


def _agreement(visible: VisibleGraph, seeds: Seeds) -> float:
    found = {walked.chunk for walked in pagerank(visible, seeds, limit=_COMPARED)}
    wanted = {walked.chunk for walked in pagerank(visible, seeds, limit=_COMPARED, tolerance=_FINE)}
    return len(found & wanted) / max(len(wanted), 1)

"""How fast searches and indexing are beside a fixed reference in the same run, so that another machine changes little.

A search is compared with exact cosines in numpy and rank_bm25 over the same chunks, by each question's fastest of several rounds
in turn; indexing with the model alone on the texts of the same chunks, in processor time. Only these ratios gate.
"""

import hashlib
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core import ids
from core.clock import SystemClock
from evals.peers.textbook import Textbook
from evals.retrieval_bench.corpus import LABELS, PRINCIPAL, Row, grown, made_passages, made_questions
from evals.retrieval_bench.folio_system import to_point
from evals.retrieval_bench.timing import summarised
from evals.runs import Part, Stage
from evals.scorecard.indexing import SetIndex
from evals.scorecard.spent import Watch
from evals.scorecard.world import World
from folio.assembly import open_collections
from inference.embed.factory import create_embedder

SEARCH, INGEST = "search", "ingest"
_INGESTED = "handbook"
_CHUNKS, _QUESTIONS, _ROUNDS, _WARM_UP = 3_000, 30, 7, 5
_DIMENSION, _SPREAD = 384, 500
_BATCH_COUNT = 500

Search = Callable[[str], Awaitable[object]]


class HashedEmbedder:
    """Implements Embedder without a model: what a model takes is no part of the ratio."""

    fingerprint = "latency:hashed"
    dimension = _DIMENSION

    async def embed_passages(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """A unit vector for each text, by its hash."""
        return [tuple(vector_of(text).tolist()) for text in texts]

    async def embed_query(self, text: str) -> tuple[float, ...]:
        """The same for a query."""
        return tuple(vector_of(text).tolist())


async def measure(world: World) -> list[Part]:
    """A part for searches, and one for indexing where the handbook is among the sets."""
    ingested = [data for data in world.sets if data.name == _INGESTED]
    return [await searching(world), *[await indexing(await world.index(data)) for data in ingested]]


async def searching(world: World) -> Part:
    """Folio and the reference in turn over the same chunks, question by question."""
    rows, questions = list(made_rows(_CHUNKS)), made_questions(_QUESTIONS + _WARM_UP)
    settings = world.settings("latency", {"redaction": {"policy": "off"}, "graph": {"enabled": False}})
    embedder = HashedEmbedder()
    reference = Textbook(rows, embed=embedder.embed_query)
    async with open_collections(settings) as collections:
        parts = world.make(settings, collections, embedder=embedder, clock=SystemClock())
        await parts.index.prepare()
        for start in range(0, len(rows), _BATCH_COUNT):
            batch = rows[start : start + _BATCH_COUNT]
            await parts.index.write([to_point(row, sparse=parts.sparse, redaction="") for row in batch])

        async def ours(question: str) -> object:
            return await parts.search.search(question, principal=PRINCIPAL, limit=10)

        for question in questions[:_WARM_UP]:
            await ours(question)
            await reference.search(question)
        times = await in_turn(
            {"ours": ours, "reference": reference.search}, questions[_WARM_UP:], rounds=_ROUNDS
        )
    return Part(Stage.LATENCY, SEARCH, _version(), (), figures_of(times["ours"], times["reference"]))


async def indexing(index: SetIndex) -> Part:
    """What indexing took over what the model alone takes for the same chunks."""
    texts = [one.text[start:end] for one in index.documents.values() for start, end in one.chunks]
    embedder = create_embedder(index.kb.settings.embedding)
    await embedder.embed_passages(texts[:1])
    watch = Watch()
    await embedder.embed_passages(texts)
    alone, whole = watch.stop(), index.ingest
    figures = {
        "ingest_slowdown": whole.cpu_s / max(alone.cpu_s, 1e-9),
        "chunks_per_s": len(texts) / max(whole.wall_s, 1e-9),
    }
    return Part(Stage.LATENCY, INGEST, index.data.version, (), figures)


async def in_turn(
    systems: Mapping[str, Search], questions: Sequence[str], *, rounds: int
) -> dict[str, list[list[float]]]:
    """Milliseconds by system and question, one for each round. All systems answer a question before the next one comes."""
    times: dict[str, list[list[float]]] = {name: [[] for _ in questions] for name in systems}
    for _ in range(rounds):
        for place, question in enumerate(questions):
            for name, search in systems.items():
                started_s = time.perf_counter()
                await search(question)
                times[name][place].append(1000 * (time.perf_counter() - started_s))
    return times


def figures_of(ours: Sequence[Sequence[float]], reference: Sequence[Sequence[float]]) -> dict[str, float]:
    """The ratio of the medians of each question's fastest time; percentiles of all of ours beside it.

    What another program takes only ever adds to a time, so the fastest of some is nearest to what the search itself takes.
    """
    all_of_ours = summarised([value for times in ours for value in times])
    ratio = statistics.median(map(min, ours)) / statistics.median(map(min, reference))
    return {"slowdown": ratio, "p50_ms": all_of_ours.p50_ms, "p95_ms": all_of_ours.p95_ms}


def made_rows(count: int) -> Iterator[Row]:
    """Chunks of made-up words, of documents with different readers."""
    seeds = np.stack([vector_of(f"seed {number}") for number in range(_SPREAD)])
    vectors = grown(seeds, count=count)
    for number, passage in enumerate(made_passages(count)):
        label = LABELS[number % len(LABELS)]
        text = passage.text
        yield Row(number, f"{number:032x}", 0, passage.title, text, text, label, vectors[number])


def vector_of(text: str) -> NDArray[np.float32]:
    """A unit vector that depends on the text alone."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    vector = np.random.default_rng(seed).standard_normal(_DIMENSION, dtype=np.float32)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def _version() -> str:
    return ids.fingerprint(
        {"chunks": _CHUNKS, "questions": _QUESTIONS, "rounds": _ROUNDS, "dimension": _DIMENSION}
    )

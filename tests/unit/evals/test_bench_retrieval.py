"""The benchmark of retrieval: its corpus, peers, tables, and a small run of each part."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.config import load_settings
from evals.bench_retrieval import FOLIO, QUICK, measure, tasks
from evals.peers.textbook import Textbook, scaled, words
from evals.retrieval_bench.adding import AddingCost, adding_cost
from evals.retrieval_bench.corpus import BenchCorpus, grown, made_questions
from evals.retrieval_bench.folio_system import open_folio
from evals.retrieval_bench.gathering import gather
from evals.retrieval_bench.report import Outcome, Task, text_report
from evals.retrieval_bench.timing import Latency, resident_mb, summarised
from tests.fakes.embedder import FakeEmbedder
from tests.unit.evals.retrieval_worlds import write_retrieval_set


async def corpus_in(place: Path, *, count: int = 24) -> BenchCorpus:
    folder = write_retrieval_set(place / "set")
    settings = load_settings(home=place / "home")
    return await gather(place, [folder], settings=settings, count=count, embedded_count=8, cache=None)


async def test_a_corpus_is_real_texts_first_then_made_up_ones(tmp_path: Path) -> None:
    corpus = await corpus_in(tmp_path)
    rows = list(corpus.rows(24))
    assert len(rows) == 24
    assert "service the pump" in rows[0].text
    assert rows[6].text.startswith("w")
    assert {round(float(np.linalg.norm(row.dense)), 4) for row in rows} == {1.0}
    assert {row.readable for row in rows} == {True, False}
    assert corpus.questions()[0].endswith("checked?")


def test_vectors_beyond_the_embedded_ones_are_near_them_and_not_the_same() -> None:
    base = np.eye(4, 384, dtype=np.float32)
    vectors = grown(base, count=10)
    assert np.array_equal(vectors[:4], base)
    assert all(0.8 < float(vectors[row] @ base[row % 4]) < 0.99 for row in range(4, 10))
    assert np.array_equal(grown(base, count=2), base[:2])


async def test_the_textbook_finds_words_and_checks_access_afterwards(tmp_path: Path) -> None:
    rows = list((await corpus_in(tmp_path)).rows(24))

    async def as_first(_: str) -> tuple[float, ...]:
        return tuple(rows[0].dense.tolist())

    system = Textbook(iter(rows), embed=as_first)
    found = await system.search(rows[0].text)
    readable = {row.text for row in rows if row.readable}
    assert found[0] == rows[0].text
    assert set(found) <= readable


def test_words_and_scaling() -> None:
    assert words("Pump HF-200!") == ["pump", "hf", "200"]
    assert scaled(np.array([1.0, 3.0, 2.0])).tolist() == [0.0, 1.0, 0.5]
    assert scaled(np.array([2.0, 2.0])).tolist() == [0.0, 0.0]


@pytest.mark.slow
async def test_an_added_document_is_found_at_once(tmp_path: Path) -> None:
    corpus = await corpus_in(tmp_path)
    async with open_folio(FakeEmbedder(dimension=384)) as system:
        await system.load(corpus.rows(24))
        assert system.store_mb > 0
        assert 1 <= len(await system.search("How often is the pump checked?")) <= 10
        cost = await adding_cost(system, first_document=10**12)
    assert cost.found_at_once
    assert 0 < cost.store_ms <= cost.all_ms


@pytest.mark.slow
def test_a_task_runs_in_its_own_process_and_reads_the_corpus_from_the_folder(tmp_path: Path) -> None:
    asyncio.run(corpus_in(tmp_path))
    outcome = measure(tmp_path, Task(FOLIO, 24, 12))
    assert outcome.latency.count == 2
    assert outcome.adding is None


def test_every_system_is_asked_at_every_size_and_adding_is_measured_at_a_small_one_first() -> None:
    listed = tasks(QUICK)
    assert (listed[0].system, listed[0].size, listed[0].adds) == (FOLIO, QUICK.adding_count, True)
    assert {task.size for task in listed[1:]} == set(QUICK.sizes)
    assert all(task.adds == (task.system == FOLIO) for task in listed)


def outcomes() -> Iterator[Outcome]:
    yield Outcome(
        Task(FOLIO, 1_000, 9, adds=True), Latency(9, 3.0, 4.0, 300.0), 10.0, AddingCost(100, 10, True)
    )
    for size, ours_ms, textbook_ms in ((20_000, 8.0, 80.0), (100_000, 20.0, 300.0)):
        adding = AddingCost(120, 16, True)
        yield Outcome(Task(FOLIO, size, 9, adds=True), Latency(9, ours_ms, 9.0, 100.0), 50.0, adding)
        yield Outcome(Task("textbook", size, 9), Latency(9, textbook_ms, 99.0, 10.0), 90.0)


def test_the_report_says_which_goals_were_met() -> None:
    text = text_report(list(outcomes()), note="it is not installed")
    assert "| 20,000 | textbook | 9 | 80.0 | 99.0 | 10 | 90 | 10.0 x |" in text
    assert "| 1,000 | 100.0 | 10.0 | yes |" in text
    assert "p50 at 100,000 chunks, ms: 20.00, goal at most 12: **missed**" in text
    assert "faster than the textbook at 20,000: 10.0, goal 5: met" in text
    assert "faster than the textbook at 100,000: 15.0, goal 20: **missed**" in text
    assert "20,000 to 100,000 chunks, ratio: 2.50, goal at most 2: **missed**" in text
    assert "adding a document from 1,000 to 100,000 chunks, ratio: 1.20, goal at most 1.5: met" in text
    assert "without the model from 1,000 to 100,000 chunks, ratio: 1.60, goal at most 1.5: **missed**" in text
    assert "LlamaIndex was not measured: it is not installed" in text


def test_a_summary_of_times() -> None:
    found = summarised([4.0, 1.0, 3.0, 2.0])
    assert (found.count, found.p50_ms, found.p95_ms, found.per_s) == (4, 2.5, 4.0, 400.0)
    assert resident_mb() > 1
    assert resident_mb(2**30) == 0.0


def test_made_questions_are_the_same_every_time() -> None:
    assert made_questions(2) == made_questions(2)

"""How fast records of answers are written, and how long an answer waits for it. `python -m evals.bench_records [CATALOG_URL]`."""

import asyncio
import sys
import tempfile
from pathlib import Path

from core.access import Principal
from core.answers import Answer, AnswerStatus, Citation
from core.clock import SystemClock
from core.config import Settings, load_settings
from folio.answer_records import AnswerRecorder, Recording
from folio.kept_words import Rewrite
from folio.review_filing import ReviewFiling
from folio.vault_sealing import VaultSealer
from store.catalog.catalog import SqlCatalog, open_catalog

RATE = 250
PACED_COUNT = 1000
BURST_COUNT = 5000
_CITATIONS = tuple(
    Citation(f"{number:032x}", None, "", "a.md", 1, None, "", "", 0, 12) for number in range(5)
)
_ANSWER = Answer("Thirty days. [1]", AnswerStatus.GROUNDED, None, _CITATIONS, confidence=0.9)
_WHO = Principal("bench", "jo")


async def _same(text: str) -> str:
    return text


def _redactor(tenant: str) -> Rewrite:
    del tenant
    return _same


def _recorder(settings: Settings, catalog: SqlCatalog, clock: SystemClock) -> AnswerRecorder:
    async def opening() -> Recording:
        words = catalog.answer_words(VaultSealer(settings))
        filing = ReviewFiling(settings.records, catalog.reviews, words, clock=clock, redactor=_redactor)
        return Recording(catalog.answer_records, filing, b"bench")

    return AnswerRecorder(settings.records, opening, clock=clock)


async def _paced(recorder: AnswerRecorder, clock: SystemClock) -> list[float]:
    """How long each of so many answers waited, in seconds, ascending."""
    began_s, took = clock.monotonic_s(), []
    for number in range(PACED_COUNT):
        await asyncio.sleep(max(0.0, began_s + number / RATE - clock.monotonic_s()))
        started_s = clock.monotonic_s()
        await recorder.noted(recorder.asking("How many days?", _WHO), _ANSWER)
        took.append(clock.monotonic_s() - started_s)
    await recorder.flush()
    return sorted(took)


async def _burst(recorder: AnswerRecorder, clock: SystemClock) -> float:
    """Records a second, as fast as they are written."""
    started_s = clock.monotonic_s()
    for _ in range(BURST_COUNT):
        await recorder.noted(recorder.asking("How many days?", _WHO), _ANSWER)
    await recorder.flush()
    return BURST_COUNT / (clock.monotonic_s() - started_s)


async def measure(settings: Settings) -> dict[str, object]:
    """The figures of one catalog."""
    clock = SystemClock()
    async with open_catalog(settings, clock) as catalog:
        recorder = _recorder(settings, catalog, clock)
        took = await _paced(recorder, clock)
        rate = await _burst(recorder, clock)
        await recorder.aclose()
        started_s = clock.monotonic_s()
        verdict = await catalog.audit.verify()
        return {
            "wait_p50_ms": round(took[len(took) // 2] * 1000, 3),
            "wait_p99_ms": round(took[len(took) * 99 // 100] * 1000, 3),
            "records_per_s": round(rate),
            "lost": recorder.counts.lost,
            "problem": verdict.problem,
            "verified_records": verdict.record_count,
            "entries": verdict.entry_count,
            "verify_s": round(clock.monotonic_s() - started_s, 2),
        }


def main() -> None:
    """Measure the catalog at the URL, else a new SQLite file."""
    with tempfile.TemporaryDirectory() as home:
        catalog = {"url": sys.argv[1]} if len(sys.argv) > 1 else {}
        settings = load_settings(home=Path(home), catalog=catalog)
        for name, value in asyncio.run(measure(settings)).items():
            sys.stdout.write(f"{name}: {value}\n")


if __name__ == "__main__":
    main()

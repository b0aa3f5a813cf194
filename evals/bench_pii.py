"""How fast texts are searched for personal data, beside Presidio's own way, in one run.

python -m evals.bench_pii [--chunks 200] [--rounds 3] [--json]

The texts are generated: chunks of about 130 words as a company's documents have them, some with personal data, most
without. Both sides use the same spaCy model in the same process, one after the other, in every round; Presidio runs
`AnalyzerEngine.analyze` with every recogniser that it enables. The goal is a ratio, of processor time too.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import orjson

from core.config import RedactionSettings
from core.hidden_modules import hidden
from evals.pii_bench.chunks import generated_chunks

OURS, STOCK = "Folio", "Presidio"
LEAST_RATIO = 2.0


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one side took for a number of chunks: on the clock and of the processor, in seconds."""

    name: str
    chunk_count: int
    wall_s: float
    cpu_s: float

    @property
    def chunks_per_s(self) -> float:
        """Chunks per second on the clock."""
        return self.chunk_count / self.wall_s


def ratio(timings: Sequence[Timing], *, clock: Callable[[Timing], float]) -> float:
    """How many times faster Folio is: Presidio's best round by Folio's best round."""
    best = {name: min(clock(row) for row in timings if row.name == name) for name in (OURS, STOCK)}
    return best[STOCK] / best[OURS]


def measure(chunks: Sequence[str], *, rounds: int) -> list[Timing]:
    """Load both sides, let each see a few chunks first, then take turns."""
    with hidden("torch", "transformers"):
        from ingest.pii.detector import Detector
        from ingest.pii.stock import StockPresidio

        settings = RedactionSettings()
        detector, stock = Detector(settings), StockPresidio(nlp_model=settings.nlp_model)
    sides: dict[str, Callable[[Sequence[str]], object]] = {
        OURS: detector.find,
        STOCK: lambda texts: list(stock.find(texts)),
    }
    for find in sides.values():
        find(chunks[:5])
    return [_timed(name, find, chunks) for _ in range(rounds) for name, find in sides.items()]


def as_text(timings: Sequence[Timing]) -> str:
    """A Markdown table of every round, then the goal."""
    lines = ["| | chunks | s | chunks/s | CPU s |", "|---|---:|---:|---:|---:|"]
    lines += [
        f"| {row.name} | {row.chunk_count} | {row.wall_s:.2f} | {row.chunks_per_s:.1f} | {row.cpu_s:.2f} |"
        for row in timings
    ]
    times = ratio(timings, clock=lambda row: row.wall_s)
    of_cpu = ratio(timings, clock=lambda row: row.cpu_s)
    verdict = "met" if times >= LEAST_RATIO else "missed"
    lines += [
        "",
        f"best rounds: {times:.2f} times Presidio (CPU {of_cpu:.2f}); goal {LEAST_RATIO:.0f}: {verdict}",
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.bench_pii", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("--chunks", type=int, default=200, help="texts of about 130 words")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each side")
    parser.add_argument("--json", action="store_true", help="every round as JSON")
    options = parser.parse_args(arguments)
    timings = measure(generated_chunks(options.chunks), rounds=options.rounds)
    if options.json:
        sys.stdout.write(orjson.dumps([asdict(row) for row in timings]).decode() + "\n")
    else:
        sys.stdout.write(as_text(timings) + "\n")
    return 0


def _timed(name: str, find: Callable[[Sequence[str]], object], chunks: Sequence[str]) -> Timing:
    wall, cpu = time.perf_counter(), time.process_time()
    find(chunks)
    return Timing(name, len(chunks), time.perf_counter() - wall, time.process_time() - cpu)


if __name__ == "__main__":
    raise SystemExit(main())

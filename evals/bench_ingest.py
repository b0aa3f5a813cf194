"""How fast folders become searchable, beside the embedding model alone and LlamaIndex, and what small changes cost.

python -m evals.bench_ingest [--documents 200 | --corpus FILE.jsonl [--limit N]] [--folders 1000 10000] [--quick] [--json]

Everything is measured in one run on one machine, and the goals are ratios, except for the sync without work. A folder of
generated Markdown is the same on every machine; a corpus is a line `{id, title, text}` per document.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from evals.ingest_bench import scaling, throughput
from evals.ingest_bench.corpus import write_generated, write_jsonl
from evals.ingest_bench.scaling import SyncCost
from evals.ingest_bench.throughput import CEILING, FOLIO_OFF, FOLIO_ON, Throughput

_SHARES = {FOLIO_OFF: 0.9, FOLIO_ON: 0.45}
_NO_OP_S = 2.0
_EDIT_RATIO = 1.3


@dataclass(frozen=True, slots=True)
class Goal:
    """A measured figure and its bound."""

    name: str
    value: float
    bound: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the figure is within its bound."""
        return self.value >= self.bound if self.at_least else self.value <= self.bound


def shares(rows: Sequence[Throughput]) -> dict[str, float]:
    """Chunks per second of each way, as a part of the embedding model's own."""
    rates = {row.name: row.chunk_count / row.seconds for row in rows}
    return {name: rate / rates[CEILING] for name, rate in rates.items()}


def cpu_shares(rows: Sequence[Throughput]) -> dict[str, float]:
    """The same with seconds of processor time, which other work on the machine disturbs less."""
    rates = {row.name: row.chunk_count / row.cpu_s for row in rows}
    return {name: rate / rates[CEILING] for name, rate in rates.items()}


def goals(rows: Sequence[Throughput], costs: Sequence[SyncCost]) -> list[Goal]:
    """The goals that the measured rows speak about."""
    found = shares(rows)
    checked = [
        Goal(name, found[name], bound, at_least=True) for name, bound in _SHARES.items() if name in found
    ]
    if costs:
        largest = max(costs, key=lambda cost: cost.document_count)
        smallest = min(costs, key=lambda cost: cost.document_count)
        checked.append(Goal(f"no-op sync of {largest.document_count} files, s", largest.no_op_s, _NO_OP_S))
        if largest is not smallest:
            sizes = f"{largest.document_count} against {smallest.document_count}"
            checked += [
                Goal(f"one edit, folder synced, {sizes}", largest.edit_s / smallest.edit_s, _EDIT_RATIO),
                Goal(
                    f"one edit, file named, {sizes}",
                    largest.named_edit_s / smallest.named_edit_s,
                    _EDIT_RATIO,
                ),
            ]
    return checked


def as_text(rows: Sequence[Throughput], costs: Sequence[SyncCost]) -> str:
    """Markdown tables, then the goals."""
    parts, cpu_parts = shares(rows), cpu_shares(rows)
    lines = [
        "| | chunks | s | CPU s | chunks/s | of the model alone | by CPU s | peak MB | seconds of work per stage |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in row.stages.items())
        lines.append(
            f"| {row.name} | {row.chunk_count} | {row.seconds:.1f} | {row.cpu_s:.1f} | {row.chunk_count / row.seconds:.1f} "
            f"| {parts[row.name]:.2f} | {cpu_parts[row.name]:.2f} | {row.peak_mb:.0f} | {stages} |"
        )
    lines += [
        "",
        "| documents | filled in s | no-op s | one edit s | one edit, named s |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {cost.document_count} | {cost.fill_s:.1f} | {cost.no_op_s:.2f} | {cost.edit_s:.2f} | {cost.named_edit_s:.2f} |"
        for cost in costs
    ]
    lines.append("")
    for goal in goals(rows, costs):
        bound = f"at {'least' if goal.at_least else 'most'} {goal.bound:g}"
        lines.append(f"- {'met' if goal.met else 'MISSED'}: {goal.name}: {goal.value:.2f} ({bound})")
    return "\n".join([*lines, ""])


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=200, help="generated documents of about 8 chunks")
    parser.add_argument("--corpus", type=Path, help="a JSONL corpus in place of generated documents")
    parser.add_argument("--limit", type=int, help="at most so many lines of the corpus")
    parser.add_argument(
        "--folders", type=int, nargs="*", default=[1_000, 10_000], help="sizes of synced folders"
    )
    parser.add_argument("--turns", type=int, default=5, help="syncs whose median counts")
    parser.add_argument("--quick", action="store_true", help="20 documents; folders of 50 and 200 files")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    if options.quick:
        options.documents, options.folders, options.turns = 20, [50, 200], 3
    with tempfile.TemporaryDirectory() as place:
        rows = throughput.measure(_folder(Path(place), options))
        costs = [
            asyncio.run(scaling.measure(Path(place), document_count=count, turn_count=options.turns))
            for count in options.folders
        ]
    sys.stdout.write(_as_json(rows, costs) if options.json else as_text(rows, costs))


def _folder(place: Path, options: argparse.Namespace) -> Path:
    folder = place / "corpus"
    if options.corpus:
        write_jsonl(folder, corpus=options.corpus, limit=options.limit)
    else:
        write_generated(folder, document_count=options.documents)
    return folder


def _as_json(rows: Sequence[Throughput], costs: Sequence[SyncCost]) -> str:
    measured = {
        "throughput": [asdict(row) for row in rows],
        "shares": shares(rows),
        "cpu_shares": cpu_shares(rows),
        "syncs": [asdict(cost) for cost in costs],
        "goals": [asdict(goal) | {"met": goal.met} for goal in goals(rows, costs)],
    }
    return orjson.dumps(measured, option=orjson.OPT_APPEND_NEWLINE).decode()


if __name__ == "__main__":
    main()

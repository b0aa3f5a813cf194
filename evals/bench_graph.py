"""How fast walks over the knowledge graph are, how it follows edits, how it loads, and what it adds to ingestion.

python -m evals.bench_graph [--edges 100000 1000000] [--documents 1000 50000] [--rows 1000000] [--data FOLDER] [--json]

The graphs are made up and the same each time: few entities are named everywhere, most of them seldom. Each measurement has a
process of its own. With `--data`, the folder is ingested with the graph and without it.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import orjson

from evals.bench_ingest import Goal
from evals.graph_bench.evidence import ROWS_PER_DOCUMENT
from evals.graph_bench.extraction import IngestCost, measure_ingest
from evals.graph_bench.keeping_up import LoadCost, RefreshCost, measure_load, measure_refresh
from evals.graph_bench.walks import WalkCost, measure_walks

_GOAL_EDGE_COUNT = 100_000
_WALK_MS = 50.0
_REFRESH_RATIO = 1.5
_INGEST_SHARE = 0.25

_WALK_HEADS = (
    "edges | entities | view made in s | MB | first walk ms | p50 ms | p95 ms | p95 CPU ms | same best ten"
)
_REFRESH_HEADS = "documents | rows | write ms | refresh ms | first walk ms | both ms | both CPU ms"
_LOAD_HEADS = "rows | cold load s | CPU s | rows/s | longest stall of the event loop s | view MB | peak MB"
_INGEST_HEADS = "graph | chunks | s | CPU s | chunks/s | s of work for the graph"

_Cost = TypeVar("_Cost")


@dataclass(slots=True)
class Measured:
    """Everything of one run; parts that were not asked for are empty."""

    walks: list[WalkCost] = field(default_factory=list)
    refreshes: list[RefreshCost] = field(default_factory=list)
    loads: list[LoadCost] = field(default_factory=list)
    ingests: list[IngestCost] = field(default_factory=list)


def added_share(ingests: Sequence[IngestCost]) -> float:
    """The processor time that the graph adds, as a share of what ingestion takes without it."""
    with_graph, without = (
        sum(each.cpu_s for each in ingests if each.with_graph is on) for on in (True, False)
    )
    return with_graph / without - 1


def goals(measured: Measured) -> list[Goal]:
    """The goals that the figures speak about."""
    found = [
        Goal(f"p95 of a walk, {cost.edge_count} edges, ms", cost.p95_ms, _WALK_MS)
        for cost in measured.walks
        if cost.edge_count <= 1.1 * _GOAL_EDGE_COUNT
    ]
    if len(measured.refreshes) > 1:
        small, large = measured.refreshes[0], measured.refreshes[-1]
        sizes = f"{large.document_count} against {small.document_count} documents"
        name = f"refresh after an edit and first walk, {sizes}"
        found.append(Goal(name, large.both_ms / small.both_ms, _REFRESH_RATIO))
        found.append(Goal(f"{name}, processor time", large.cpu_ms / small.cpu_ms, _REFRESH_RATIO))
    if measured.ingests:
        share = added_share(measured.ingests)
        found.append(Goal("processor time that the graph adds to ingestion, share", share, _INGEST_SHARE))
    return found


def as_text(measured: Measured) -> str:
    """Markdown tables, then the goals."""
    tables = [
        _table(_WALK_HEADS, map(_walk_line, measured.walks)),
        _table(_REFRESH_HEADS, map(_refresh_line, measured.refreshes)),
        _table(_LOAD_HEADS, map(_load_line, measured.loads)),
        _table(_INGEST_HEADS, map(_ingest_line, measured.ingests)),
    ]
    checked = [
        f"- {'met' if goal.met else 'MISSED'}: {goal.name}: {goal.value:.2f} (at most {goal.bound:g})"
        for goal in goals(measured)
    ]
    return "\n\n".join([table for table in tables if table] + ["\n".join(checked)]) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _parser().parse_args(arguments)
    measured = Measured(
        [alone(partial(measure_walks, count, walk_count=options.walks)) for count in options.edges],
        [alone(partial(measure_refresh, count, edit_count=options.edits)) for count in options.documents],
        [alone(partial(measure_load, max(count // ROWS_PER_DOCUMENT, 1))) for count in options.rows],
    )
    if options.data:
        turns = [False, True] * options.turns
        measured.ingests = [alone(partial(measure_ingest, options.data, with_graph=on)) for on in turns]
    as_json = orjson.dumps(_plain(measured), option=orjson.OPT_APPEND_NEWLINE).decode()
    sys.stdout.write(as_json if options.json else as_text(measured))


def alone(measure: Callable[[], _Cost]) -> _Cost:
    """The result of one measurement in a new process, so that memory counts for it only."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure).result()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--edges", type=int, nargs="*", default=[100_000, 1_000_000], help="sizes of walked graphs"
    )
    parser.add_argument("--walks", type=int, default=200, help="walks over each")
    parser.add_argument(
        "--documents", type=int, nargs="*", default=[1000, 50_000], help="sizes of edited graphs"
    )
    parser.add_argument("--edits", type=int, default=100, help="edits of each")
    parser.add_argument("--rows", type=int, nargs="*", default=[1_000_000], help="sizes of loaded graphs")
    parser.add_argument(
        "--data", type=Path, help="a folder of documents to ingest with the graph and without"
    )
    parser.add_argument("--turns", type=int, default=1, help="ingestions of each kind")
    parser.add_argument("--json", action="store_true")
    return parser


def _walk_line(cost: WalkCost) -> list[str]:
    times = (cost.first_ms, cost.p50_ms, cost.p95_ms, cost.cpu_p95_ms)
    size = [str(cost.edge_count), str(cost.entity_count), f"{cost.build_s:.1f}", f"{cost.view_mb:.0f}"]
    return [*size, *(f"{value:.1f}" for value in times), f"{cost.agreement:.2f}"]


def _refresh_line(cost: RefreshCost) -> list[str]:
    times = (cost.write_ms, cost.refresh_ms, cost.walk_ms, cost.both_ms, cost.cpu_ms)
    return [str(cost.document_count), str(cost.row_count), *(f"{value:.1f}" for value in times)]


def _load_line(cost: LoadCost) -> list[str]:
    speed = [
        *(f"{value:.1f}" for value in (cost.seconds, cost.cpu_s)),
        f"{cost.rows_per_s:.0f}",
        f"{cost.longest_stall_s:.2f}",
    ]
    return [str(cost.row_count), *speed, f"{cost.view_mb:.0f}", f"{cost.peak_mb:.0f}"]


def _ingest_line(cost: IngestCost) -> list[str]:
    rate = cost.chunk_count / cost.seconds
    times = (cost.seconds, cost.cpu_s, rate, cost.graph_s)
    return ["on" if cost.with_graph else "off", str(cost.chunk_count), *(f"{value:.1f}" for value in times)]


def _table(heads: str, lines: Iterable[Sequence[str]]) -> str:
    """Heads are given with `|` between them. Empty if there is no line."""
    found = list(lines)
    rule = ["---"] * (heads.count("|") + 1)
    rows = [heads.split(" | "), rule, *found] if found else []
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _plain(measured: Measured) -> dict[str, object]:
    return asdict(measured) | {"goals": [asdict(goal) | {"met": goal.met} for goal in goals(measured)]}


if __name__ == "__main__":
    main()

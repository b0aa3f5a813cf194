"""How well documents are found: each arm, every fusion and the service as it is configured, on public retrieval sets.

python -m evals.eval_retrieval --data FOLDER [--cache FOLDER] [--sets scifact ...]

Each set is cut, encoded and searched by the parts that serve, in an embedded store of its own; a document is ranked by its
best chunk. Options are never chosen on the set that they are measured on: the last tables leave one set out.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.config import RetrievalSettings, load_settings
from core.errors import FolioError
from evals.datasets.retrieval_sets import RetrievalSet, find_sets, read_set
from evals.metrics.ranking import Quality
from evals.retrieval_eval.cross_validation import best_option, leave_one_out
from evals.retrieval_eval.indexing import indexed
from evals.retrieval_eval.rankings import (
    Found,
    convex_grid,
    default_name,
    find,
    fused_quality,
    fusions,
    served_quality,
)
from evals.retrieval_eval.report import goal_lines, grid_table, held_out_table, quality_table

SETS = ("scifact", "anthropic_docs_rag", "multihop_hotpotqa", "multihop_musique", "qed_nq", "vaswani_npl")
_WEIGHTS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
# The lowest candidate, zero, a little below (what unrelated texts reach), and the least that a cosine can be.
_FLOORS = (None, 0.0, -0.2, -1.0)
_SERVED = "as served"


@dataclass(frozen=True, slots=True)
class Measured:
    """One set: what its arms found, and the quality of every way to rank it."""

    found: Found
    rows: Mapping[str, Quality]


async def measure(data: RetrievalSet, settings: RetrievalSettings, *, cache: Path | None) -> Measured:
    """Index a set, ask all its questions, rank."""
    async with indexed(data.passages, cache=cache) as store:
        found = await find(data, store, count=settings.candidate_count)
        rows = {name: fused_quality(found, way) for name, way in fusions(settings).items()}
        rows[_SERVED] = await served_quality(data, store)
    return Measured(found, rows)


def evidence(measured: Sequence[Measured]) -> str:
    """Why the default is what it is: the grid of the convex sum, and what sets choose for each other."""
    values = {
        row.found.name: {
            name: fused_quality(row.found, way).ndcg_10
            for name, way in convex_grid(_WEIGHTS, _FLOORS).items()
        }
        for row in measured
    }
    parts = [
        "## Convex sum, nDCG@10",
        grid_table(values),
        f"Best mean: {best_option(list(values.values()))}.",
    ]
    if len(values) > 1:
        ways = {
            row.found.name: {name: quality.ndcg_10 for name, quality in row.rows.items() if name != _SERVED}
            for row in measured
        }
        parts += [
            "## Leave one set out",
            held_out_table("convex sum", leave_one_out(values)),
            held_out_table("arm or fusion", leave_one_out(ways)),
        ]
    return "\n\n".join(parts)


async def report(folders: Sequence[Path], *, cache: Path | None) -> str:
    """All tables as Markdown.

    Raises:
        SettingsError: A set cannot be read.
    """
    settings = load_settings().retrieval
    default, measured, parts = default_name(settings), [], []
    for folder in folders:
        data = read_set(folder)
        row = await measure(data, settings, cache=cache)
        measured.append(row)
        size = f"{len(data.questions)} queries, {len(data.passages)} documents"
        chunks = f"{len(row.found.doc_ids)} chunks"
        goals = "\n".join(goal_lines(data.name, row.rows, default=default))
        parts.append(f"## {data.name}: {size}, {chunks}\n\n{quality_table(row.rows)}\n\n{default}:\n{goals}")
        sys.stderr.write(f"{data.name} done\n")
    return "\n\n".join([*parts, evidence(measured)])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.eval_retrieval", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("--data", type=Path, help="folder that holds the sets")
    parser.add_argument("--cache", type=Path, help="folder that keeps vectors for the next run")
    parser.add_argument(
        "--sets", nargs="+", default=[], help=f"default: those there are of {', '.join(SETS)}"
    )
    options = parser.parse_args(arguments)
    if options.data is None:
        sys.stdout.write("nothing measured: name the folder with the retrieval sets with --data\n")
        return 0
    known = [name for name in SETS if (options.data / name).is_dir()]
    try:
        folders = find_sets(options.data, options.sets or known)
        text = asyncio.run(report(folders, cache=options.cache))
    except FolioError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

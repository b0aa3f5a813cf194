"""When questions are answered and when refused, without a language model, and whether quotes hold the answer.

python -m evals.eval_grounding --data FOLDER [--cache FOLDER] [--sets clapnq ...] [--count N]

Each set is indexed by the parts that serve. Its own unanswerable questions are asked where it has some; and every answerable one
twice, with its passage and with the passage kept out of the search. What the calibrations were fitted on is not asked.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from core.errors import FolioError
from evals.grounding.asking import Case, Questioner
from evals.grounding.report import HEADER, row
from evals.grounding.sets import GroundedSet, read_grounded
from evals.grounding.splitting import for_measuring
from evals.retrieval_eval.indexing import indexed

SETS = ("clapnq", "qed_nq")
_DEFAULT_COUNT = 300
_FITTED = frozenset({"qed_nq"})


async def asked(data: GroundedSet, *, cache: Path | None, count: int) -> list[Case]:
    """All cases of a set; of answerable questions the first `count`."""
    questions = for_measuring(data) if data.name in _FITTED else data.questions
    answerable = [question for question in questions if question.gold][:count]
    others = [question for question in questions if not question.gold][:count]
    async with indexed(data.passages, cache=cache) as store:
        questioner = Questioner(data, store)
        cases = [await questioner.asked(question) for question in [*answerable, *others]]
        return cases + [await questioner.asked(question, without=True) for question in answerable]


def rows(data: GroundedSet, cases: Sequence[Case]) -> list[str]:
    """The lines of the table for a set."""
    found = []
    if data.has_unanswerable:
        found.append(row(f"{data.name}, its own", [case for case in cases if not case.without]))
    kept_out = [case for case in cases if case.truth or case.without]
    return [*found, row(f"{data.name}, passage kept out", kept_out)]


async def report(folders: Sequence[Path], *, cache: Path | None, count: int) -> str:
    """The table as Markdown.

    Raises:
        SettingsError: A set cannot be read.
    """
    lines = [HEADER]
    for folder in folders:
        data = read_grounded(folder)
        lines += rows(data, await asked(data, cache=cache, count=count))
        sys.stderr.write(f"{data.name} done\n")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.eval_grounding", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("--data", type=Path, help="folder that holds the sets")
    parser.add_argument("--cache", type=Path, help="folder that keeps vectors for the next run")
    parser.add_argument("--sets", nargs="+", default=list(SETS), help=f"default: {', '.join(SETS)}")
    parser.add_argument(
        "--count", type=int, default=_DEFAULT_COUNT, help="most questions of each kind, default 300"
    )
    options = parser.parse_args(arguments)
    if options.data is None:
        sys.stdout.write("nothing measured: name the folder with the sets with --data\n")
        return 0
    folders = [options.data / name for name in options.sets]
    try:
        text = asyncio.run(report(folders, cache=options.cache, count=options.count))
    except FolioError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

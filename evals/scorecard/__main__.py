"""Measures every stage of Folio offline and compares it with the baseline in the repository.

python -m evals.scorecard [--only STAGE ...] [--sets NAME ...] [--data FOLDER] [--cache FOLDER] [--save] [--regress NAME]

Exit code 0: nothing is worse; 1: something is, and what follows names it; 2: the call or a file is wrong.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.errors import FolioError
from evals.gates.report.html import html
from evals.gates.report.markdown import markdown
from evals.golden.sets import golden_names
from evals.runs import EvalResult, to_json
from evals.scorecard.baselines import read_baseline, save_baseline
from evals.scorecard.judging import Outcome, outcome
from evals.scorecard.options import BASELINES, STAGES, Options
from evals.scorecard.regressions import REGRESSIONS, regression
from evals.scorecard.running import run
from evals.scorecard.table import scorecard

ALL = "all"
_QUICK_COUNT = 40


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, say what became of it."""
    given = _parser().parse_args(arguments)
    try:
        options = Options(
            data=given.data,
            cache=given.cache,
            only=tuple(given.only),
            sets=tuple(given.sets),
            case_count=_QUICK_COUNT if given.quick else 0,
        )
        baseline = None if given.save else read_baseline(given.baseline)
        if given.regress == ALL:
            return _all_regressions(_without_latency(options), baseline)
        fault = regression(given.regress) if given.regress else None
        result = asyncio.run(run(options, fault))
        found = outcome(result, baseline, stages=options.measured, is_quick=options.is_quick)
    except FolioError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(scorecard(found.comparison, result) + "\n")
    if given.output:
        _write(given.output, found)
    if given.save:
        _save(given.baseline, result, found, is_quick=options.is_quick)
    return 0 if found.comparison.passed else 1


def regression_row(name: str, found: Outcome) -> str:
    """A line of the table of regressions."""
    fault = REGRESSIONS[name]
    cause = found.cause.value if found.cause else "none"
    told = "failed" if not found.comparison.passed else "passed"
    right = "yes" if is_caught(name, found) else "**no**"
    sentence = found.comparison.causes[0] if found.comparison.causes else ""
    return f"| {name} | {fault.says} | {told} | {fault.stage.value} | {cause} | {right} | {sentence} |"


def is_caught(name: str, found: Outcome) -> bool:
    """Whether the scorecard failed, and for the stage that was broken."""
    return not found.comparison.passed and found.cause is REGRESSIONS[name].stage


def _all_regressions(options: Options, baseline: EvalResult | None) -> int:
    head = "| regression | what is broken | scorecard | broken | named | right | first sentence |\n|---|---|---|---|---|---|---|\n"
    sys.stdout.write(head)
    caught = True
    for name, fault in REGRESSIONS.items():
        result = asyncio.run(run(options, fault))
        found = outcome(result, baseline, stages=options.measured, is_quick=options.is_quick)
        sys.stdout.write(regression_row(name, found) + "\n")
        sys.stdout.flush()
        caught = caught and is_caught(name, found)
    return 0 if caught else 1


def _without_latency(options: Options) -> Options:
    """Nothing that is broken on purpose is about time, and that stage takes a minute on a busy machine."""
    return (
        options if options.only else replace(options, only=tuple(one for one in STAGES if one != "latency"))
    )


def _write(folder: Path, found: Outcome) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "result.json").write_bytes(to_json(found.result))
    (folder / "scorecard.md").write_text(scorecard(found.comparison, found.result) + "\n", encoding="utf-8")
    (folder / "report.md").write_text(markdown(found.comparison, found.result), encoding="utf-8")
    (folder / "report.html").write_text(html(found.comparison, found.result), encoding="utf-8")


def _save(folder: Path, result: EvalResult, found: Outcome, *, is_quick: bool) -> None:
    if is_quick:
        sys.stderr.write("nothing saved: --quick measures a part of each set only\n")
        return
    if not found.comparison.passed:
        sys.stderr.write("nothing saved: a bound is passed, whatever the baseline\n")
        return
    own = {*golden_names()}
    others = {part.dataset for part in result.parts if part.dataset not in own and _is_of_data(part.dataset)}
    for file in save_baseline(folder, result, data_sets=others):
        sys.stderr.write(f"saved {file}\n")


def _is_of_data(name: str) -> bool:
    from evals.scorecard.stages import freshness, injection, latency, redaction

    return name not in {freshness.NAME, injection.NAME, redaction.NAME, latency.SEARCH, latency.INGEST}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals.scorecard",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", nargs="+", default=[], metavar="STAGE", help=f"of {', '.join(STAGES)}")
    parser.add_argument(
        "--sets", nargs="+", default=[], metavar="NAME", help="sets by name; default: the packaged ones"
    )
    parser.add_argument("--data", type=Path, help="folder with further sets in the layout of BEIR")
    parser.add_argument(
        "--cache", type=Path, help="folder that keeps the vectors of these sets for the next run"
    )
    parser.add_argument(
        "--baseline", type=Path, default=BASELINES, help="folder of snapshots to compare with"
    )
    parser.add_argument("--save", action="store_true", help="write what is measured as the new baseline")
    parser.add_argument(
        "--output", type=Path, help="folder for result.json, scorecard.md, report.md and report.html"
    )
    parser.add_argument(
        "--regress", metavar="NAME", help=f"break something: {', '.join(REGRESSIONS)}, or {ALL}"
    )
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK_COUNT} cases of each set")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())

"""The sets of a run: the packaged ones, and folders of others where they are named. Nothing is indexed here."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.errors import InvalidInputError
from evals.datasets.beir import read_beir
from evals.datasets.model import EvalSet
from evals.golden.sets import golden_names, load_golden
from evals.scorecard.options import DATA_SETS, Options


def chosen_sets(options: Options) -> list[EvalSet]:
    """All sets of the run, the packaged ones first.

    Raises:
        InvalidInputError: There is no set of a name.
        SettingsError: A file of a set cannot be read.
    """
    packaged = golden_names()
    wanted = options.sets or (*packaged, *_there(options.data))
    return [shortened(_loaded(name, packaged, options.data), options.case_count) for name in wanted]


def shortened(data: EvalSet, count: int) -> EvalSet:
    """The set with so many of its cases, evenly spread, so that every kind is among them; 0: with all."""
    cases = data.cases
    if not count or len(cases) <= count:
        return data
    return replace(data, cases=tuple(cases[number * len(cases) // count] for number in range(count)))


def _loaded(name: str, packaged: Sequence[str], data: Path | None) -> EvalSet:
    if name in packaged:
        return load_golden(name)
    if data is None:
        raise InvalidInputError(
            f"there is no packaged set '{name[:40]}' (there are {', '.join(packaged)}); name the folder that holds it with --data"
        )
    return read_beir(data / name)


def _there(data: Path | None) -> tuple[str, ...]:
    return tuple(name for name in DATA_SETS if data and (data / name / "queries.jsonl").is_file())

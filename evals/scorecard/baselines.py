"""What runs are compared with: snapshots in the repository, one file of the packaged sets and one of those under `--data`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from core.errors import InvalidInputError
from evals.runs import EvalResult, Part, Stage, read_result, to_json

PACKAGED, DATA = "packaged", "data"
_PARTED: Mapping[str, str] = {PACKAGED: "packaged.json", DATA: "data.json"}


def read_baseline(folder: Path) -> EvalResult | None:
    """All snapshots of a folder as one run; None where there is none.

    Raises:
        InvalidInputError: A file is no run, or two have the same part.
    """
    found = [read_result(file) for file in sorted(folder.glob("*.json"))] if folder.is_dir() else []
    if not found:
        return None
    keys = [part.key for one in found for part in one.parts]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise InvalidInputError(
            f"the baselines in {folder} have the part {twice[0]} twice: remove one of the files"
        )
    packaged = next((one for one in found if one.run_id.startswith(PACKAGED)), found[0])
    return replace(packaged, parts=tuple(part for one in found for part in one.parts))


def save_baseline(folder: Path, result: EvalResult, *, data_sets: Collection[str]) -> list[Path]:
    """Put the parts of a run in the place of those of the same stage and set; others stay. The files that were written.

    `data_sets` are the sets that are no part of the project: they have a file of their own.
    """
    own = [part for part in result.parts if part.dataset not in data_sets]
    others = [part for part in result.parts if part.dataset in data_sets]
    parted = {PACKAGED: own, DATA: others}
    return [_written(folder, name, result, parts) for name, parts in parted.items() if parts]


def restricted(
    baseline: EvalResult, result: EvalResult, *, stages: Collection[Stage], is_quick: bool = False
) -> EvalResult:
    """The baseline of what a run was asked for: these stages, the sets that it has, and, where it is cut short, its cases."""
    sets = {part.dataset for part in result.parts}
    asked = [part for part in baseline.parts if part.stage in stages and part.dataset in sets]
    if not is_quick:
        return replace(baseline, parts=tuple(asked))
    measured = _case_ids(result)
    parts = tuple(
        replace(part, cases=tuple(case for case in part.cases if case.case_id in measured[part.key]))
        for part in asked
        if part.key in measured
    )
    return replace(baseline, parts=parts)


def lost(before: EvalResult, after: EvalResult) -> dict[str, str]:
    """By part what was measured before and is not now: the part itself, or cases of it."""
    now = _case_ids(after)
    gone = {
        part.key: len({case.case_id for case in part.cases} - now[part.key])
        for part in before.parts
        if part.key in now
    }
    missing = {part.key: "was measured before and is not now" for part in before.parts if part.key not in now}
    return missing | {key: f"{count} cases are not measured any more" for key, count in gone.items() if count}


def _case_ids(result: EvalResult) -> dict[str, set[str]]:
    return {part.key: {case.case_id for case in part.cases} for part in result.parts}


def _written(folder: Path, name: str, result: EvalResult, parts: Sequence[Part]) -> Path:
    file = folder / _PARTED[name]
    former = read_result(file).parts if file.is_file() else ()
    kept = {part.key: part for part in (*former, *parts)}
    snapshot = EvalResult(
        f"{name}-{result.run_id}", result.at, result.subject, tuple(_ordered(kept.values())), result.seconds
    )
    folder.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".part")
    fresh.write_bytes(to_json(snapshot))
    fresh.replace(file)
    return file


def _ordered(parts: Iterable[Part]) -> list[Part]:
    return sorted(parts, key=lambda part: (list(Stage).index(part.stage), part.dataset))

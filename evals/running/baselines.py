"""Baselines: the evaluations that later ones are compared with, a file for each set."""

from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InvalidInputError, NotFoundError
from core.eval_runs import EvalRun, EvalRuns
from evals.files import make_folder, replace_file
from evals.places import baselines_folder, checked_name
from evals.runs import EvalResult, from_json, read_result, to_json

if TYPE_CHECKING:
    from core.config import Settings


def baseline_file(settings: "Settings", name: str) -> Path:
    """Where the baseline of this name (by default, a set's) lies."""
    return baselines_folder(settings) / f"{checked_name(name)}.json"


async def find_baseline(
    settings: "Settings", runs: EvalRuns, dataset: str, reference: str | None
) -> EvalResult | None:
    """The baseline of a set; with a reference, the one of this name, file or id of a kept run. None: there is none yet.

    Raises:
        NotFoundError: Nothing has the reference.
        InvalidInputError: The file is no evaluation.
    """
    if reference is None:
        file = baseline_file(settings, dataset.lower())
        return read_result(file) if file.is_file() else None
    if (path := _file(reference)) is not None:
        return read_result(path)
    run = await runs.get(settings.access.tenant, reference)
    if run is not None:
        return result_of(run)
    if (path := _named(settings, reference)) is not None:
        return read_result(path)
    raise NotFoundError(
        f"there is no baseline '{reference[:80]}': name a file, an evaluation that `folio eval runs` lists, or a file in "
        f"{baselines_folder(settings)} without its '.json'"
    )


def save_baseline(settings: "Settings", dataset: str, result: EvalResult) -> Path:
    """Make an evaluation the baseline of a set; the one before is replaced whole.

    Raises:
        InvalidInputError: The file cannot be written.
    """
    file = baseline_file(settings, dataset.lower())
    try:
        make_folder(file.parent)
        replace_file(file, to_json(result))
    except OSError as error:
        raise InvalidInputError(f"the baseline {file} cannot be written: {error.strerror}") from None
    return file


def result_of(run: EvalRun) -> EvalResult:
    """The evaluation that was kept in the catalog.

    Raises:
        InvalidInputError: Another version of Folio has kept it in another form.
    """
    return from_json(run.body, name=f"the evaluation {run.run_id}")


def known_result(run: EvalRun) -> EvalResult | None:
    """The evaluation that was kept; None where another version of Folio has kept it in another form."""
    try:
        return result_of(run)
    except InvalidInputError:
        return None


def _file(reference: str) -> Path | None:
    path = Path(reference).expanduser()
    return path if path.is_file() else None


def _named(settings: "Settings", reference: str) -> Path | None:
    try:
        file = baseline_file(settings, reference)
    except InvalidInputError:
        return None
    return file if file.is_file() else None

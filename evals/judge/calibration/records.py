"""What calibrations found, kept beside the golden sets, and what they allow. `calibration.json`: figures and names, no words."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import uuid4

import orjson
from pydantic import TypeAdapter, ValidationError

from core.errors import InvalidInputError
from evals.judge.calibration.agreement import Agreement
from evals.judge.calibration.labelled import SETS

FILE = "calibration.json"
LEAST_JUDGED = 0.9
"""Share of the statements that have to have a score: who passes on the hard ones agrees with ease."""
LEAST_COUNT = 100
"""Statements of a set: with fewer the interval is wide, and luck finds a sample."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A judge on one labelled set. `model` is empty where it asks none; `version` is of its prompts and rules."""

    judge: str
    model: str
    version: str
    dataset: str
    dataset_version: str
    seed: int
    repeat_count: int
    at: datetime
    agreement: Agreement


def may_gate(
    judge: str, *, model: str, version: str, known: Sequence[Calibration], min_agreement: float
) -> str | None:
    """Why a judge must not decide a gate; None where it may. Pure.

    It may where it was calibrated as it is now - the same model, the same prompts - on every labelled set, and on each of them
    the *lower* bound of its rank correlation is at least `min_agreement`: a value of .7 that may as well be .6 is no .7.
    """
    own = [one for one in known if one.judge == judge]
    if not own:
        return f"the judge '{judge}' was never calibrated: run `folio eval calibrate`"
    current = [one for one in own if (one.model, one.version) == (model, version)]
    if not current:
        return f"the judge '{judge}' has another model or other prompts than when it was calibrated: run `folio eval calibrate`"
    missing = set(SETS) - {one.dataset for one in current}
    if missing:
        return f"the judge '{judge}' was not calibrated on {', '.join(sorted(missing))}: run `folio eval calibrate`"
    return next(filter(None, (_fault(one, min_agreement) for one in current)), None)


def read_calibrations(folder: Path) -> list[Calibration]:
    """Those kept in a folder; none where there is no file.

    Raises:
        InvalidInputError: The file is no file of calibrations.
    """
    file = folder / FILE
    try:
        return _adapter().validate_json(file.read_bytes())
    except FileNotFoundError:
        return []
    except (OSError, ValidationError):
        raise InvalidInputError(
            f"{file} cannot be read as calibrations: remove it, and run `folio eval calibrate`"
        ) from None


def keep_calibrations(folder: Path, found: Sequence[Calibration]) -> Path:
    """Keep calibrations in place of those of the same judge, model and set. Written beside, then put in place.

    Raises:
        InvalidInputError: The file that is there is no file of calibrations.
    """
    rows = {(one.judge, one.model, one.dataset): one for one in (*read_calibrations(folder), *found)}
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f"{FILE}.{uuid4().hex}"
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    try:
        beside.write_bytes(orjson.dumps([asdict(rows[key]) for key in sorted(rows)], option=options))
        beside.replace(folder / FILE)
    finally:
        beside.unlink(missing_ok=True)
    return folder / FILE


def _fault(one: Calibration, min_agreement: float) -> str | None:
    said = one.agreement
    name = f"the judge '{one.judge}' on {one.dataset}"
    if said.asked_count < LEAST_COUNT:
        return f"{name} was calibrated on {said.asked_count} statements, fewer than {LEAST_COUNT}"
    if said.judged_count < LEAST_JUDGED * said.asked_count:
        return f"{name} gave a score to {said.judged_count} of {said.asked_count} statements only"
    if said.low is None or said.spearman is None:
        return f"{name} ranks nothing: its scores are all the same"
    if said.low < min_agreement:
        return (
            f"{name} agrees with people by {said.spearman:.2f} (Spearman), at least {said.low:.2f} with 95% confidence; "
            f"evals.judge.min_agreement asks for {min_agreement:.2f}"
        )
    return None


@cache
def _adapter() -> TypeAdapter[list[Calibration]]:
    return TypeAdapter(list[Calibration])

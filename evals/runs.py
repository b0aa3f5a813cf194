"""What an evaluation has measured: scores by case, without a word of questions or answers. Types, and their JSON.

A run has parts, a part is one stage of the service measured on one set: what the gate compares, slices and blames.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

import orjson
from pydantic import TypeAdapter, ValidationError

from core.errors import InvalidInputError

FORMAT = "folio-eval-run/1"


class Stage(StrEnum):
    """Stages of the service, in the order in which a fault spreads: the first that is worse is the cause."""

    REDACTION = "redaction"
    CHUNKING = "chunking"
    ACCESS = "access"
    DENSE = "dense"
    LEXICAL = "lexical"
    SEARCH = "search"
    GROUNDING = "grounding"
    ANSWERS = "answers"
    INJECTION = "injection"
    FRESHNESS = "freshness"
    LATENCY = "latency"
    JUDGED = "judged"


@dataclass(frozen=True, slots=True)
class CaseScores:
    """The scores of one case by metric (see `evals.metrics.catalogue`); `note` is a short code of what happened, no words."""

    case_id: str
    scores: Mapping[str, float]
    tags: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One stage on one set. `figures` belong to the whole, not to cases: a 95th percentile, an F1."""

    stage: Stage
    dataset: str
    dataset_version: str
    cases: tuple[CaseScores, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The stage and the set, as `dense/handbook`."""
        return f"{self.stage.value}/{self.dataset}"


@dataclass(frozen=True, slots=True)
class EvalResult:
    """A run. `subject` says what was measured: names of settings, models, prompts, with their values or fingerprints."""

    run_id: str
    at: datetime
    subject: Mapping[str, str]
    parts: tuple[Part, ...]
    seconds: float = 0.0
    format: str = FORMAT


def to_json(result: EvalResult) -> bytes:
    """The run as a file has it: keys in order, a line for each case would be too many, two blanks of indentation."""
    return orjson.dumps(
        asdict(result), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    )


def from_json(data: bytes | str, *, name: str = "the run") -> EvalResult:
    """A run that `to_json` wrote.

    Raises:
        InvalidInputError: It is none; the message names the first thing that is wrong.
    """
    try:
        found = _adapter().validate_json(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise InvalidInputError(f"{name} is no result of an evaluation: {place}: {first['msg']}") from None
    if found.format != FORMAT:
        raise InvalidInputError(f"{name} has the format '{found.format[:40]}', not '{FORMAT}'")
    return found


def read_result(file: Path) -> EvalResult:
    """The run in a file.

    Raises:
        InvalidInputError: There is no such file, or it is no run.
    """
    try:
        return from_json(file.read_bytes(), name=str(file))
    except OSError as error:
        raise InvalidInputError(f"{file} cannot be read: {error.strerror}") from None


@cache
def _adapter() -> TypeAdapter[EvalResult]:
    return TypeAdapter(EvalResult)

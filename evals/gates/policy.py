"""When a comparison fails: a packaged TOML file, and one of the user's over it."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import InvalidInputError
from evals.metrics.catalogue import METRICS, Better, Metric, can_gate

Strictness = Literal["fail", "report"]
TrialMetric = Literal["rating", "refused", "partial", "removed", "confidence", "took_ms", "cost"]


class MetricPolicy(BaseModel):
    """What is different from the catalogue for one metric; None: nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tolerance: float | None = Field(None, ge=0, allow_inf_nan=False)
    gates: bool | None = None
    bound: float | None = Field(None, allow_inf_nan=False)
    better: Better | None = None


class TrialPolicy(BaseModel):
    """How a trial on live traffic is judged; see `policy.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    alpha: float = Field(0.05, gt=0, lt=0.5)
    early_alpha: float = Field(0.001, gt=0, lt=0.05)
    power: float = Field(0.8, gt=0.5, lt=1)
    superiority: float = Field(0.6, gt=0.5, lt=1)
    least_effect: float = Field(0.03, ge=0, lt=0.5)
    min_users: int = Field(10, ge=3)
    deciding: tuple[TrialMetric, ...] = ("rating", "refused", "partial", "removed")


class GatePolicy(BaseModel):
    """How strict a gate is. The fields are explained in `policy.toml`, whose values `default_policy` has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    alpha: float = Field(0.05, gt=0, lt=0.5)
    resamples: int = Field(10_000, ge=100, le=1_000_000)
    interval_resamples: int = Field(2_000, ge=100, le=100_000)
    seed: int = Field(7, ge=0)
    min_cases: int = Field(20, ge=2)
    far: float = Field(5.0, ge=1)
    min_slice_cases: int = Field(8, ge=2)
    missing: Strictness = "fail"
    changed_sets: Strictness = "report"
    slices: Strictness = "report"
    metrics: Mapping[str, MetricPolicy] = Field(default_factory=dict)
    trial: TrialPolicy = TrialPolicy()

    def metric(self, name: str) -> Metric:
        """The metric as this policy has it. One that nobody knows is reported, higher is better, and never fails."""
        own = self.metrics.get(name, MetricPolicy())
        known = METRICS.get(name)
        base = known or Metric(name, name, "higher", "not in the catalogue", gates=own.better is not None)
        return Metric(
            name,
            base.title,
            own.better or base.better,
            base.description,
            base.unit,
            base.tolerance if own.tolerance is None else own.tolerance,
            (base.gates if own.gates is None else own.gates) and can_gate(name),
            (base.bound if own.bound is None else own.bound) if can_gate(name) else None,
        )


@cache
def default_policy() -> GatePolicy:
    """That of the packaged file."""
    return _policy(_packaged(), name="evals/gates/policy.toml")


def read_policy(file: Path | None = None) -> GatePolicy:
    """The packaged policy, with what a file of the user's says in its place.

    Raises:
        InvalidInputError: The file cannot be read, or says something that no policy has.
    """
    if file is None:
        return default_policy()
    try:
        own = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInputError(f"the policy {file} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"the policy {file} is no TOML file: {error}") from None
    packaged = _packaged()
    if isinstance(own.get("trial"), dict):
        own["trial"] = packaged["trial"] | own["trial"]
    return _policy(packaged | own, name=str(file))


def _packaged() -> dict[str, Any]:
    return tomllib.loads(files("evals.gates").joinpath("policy.toml").read_text(encoding="utf-8"))


def _policy(values: dict[str, Any], *, name: str) -> GatePolicy:
    try:
        return GatePolicy.model_validate(values)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(step) for step in one['loc'])}: {one['msg']}"
            for one in error.errors(include_input=False, include_url=False)
        )
        raise InvalidInputError(f"the policy {name} is wrong: {wrong}") from None

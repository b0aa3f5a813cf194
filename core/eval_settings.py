"""The section of the settings tree about evaluations: golden sets, the gate before changes go live, the judge, drift."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from core.sections import Section


class GateSettings(Section):
    """What has to be measured before another model, prompt or chunking goes live."""

    mode: Literal["off", "warn", "block"] = Field(
        "off",
        description="whether a change of model, prompt, chunking or retrieval needs a passed evaluation: `warn` says so, `block` refuses",
    )
    sets: tuple[str, ...] = Field(
        (), description="golden sets that have to pass, by name; none named: every set of the knowledge base"
    )
    max_age_s: float = Field(
        30 * 86_400.0, gt=0, description="how long an evaluation that passed counts, in seconds"
    )
    document_count: int = Field(
        500,
        ge=1,
        le=100_000,
        description="most documents that a change is tried on, those that the questions need among them",
    )


class DriftSettings(Section):
    """What is kept of live questions, without words and without who asked, to see them change."""

    sample_per_day: int = Field(
        200,
        ge=0,
        le=100_000,
        description="most questions of a tenant and day of which the vector and the outcome are kept; 0: none",
    )
    retention_s: float = Field(90 * 86_400.0, ge=86_400, description="how long they are kept, in seconds")
    baseline_days: int = Field(28, ge=1, le=365, description="days that count as usual")
    window_days: int = Field(7, ge=1, le=90, description="days before now that are compared with the usual")
    min_count: int = Field(
        50, ge=10, description="fewest questions on either side; with fewer nothing is said"
    )
    alpha: float = Field(
        0.01, gt=0, lt=0.5, description="how often an alarm may be false where nothing has changed"
    )


class JudgeSettings(Section):
    """The language model that judges answers."""

    model: str = Field(
        "", max_length=200, description="name of a configured model; empty: the one that answers is not asked"
    )
    repeat_count: int = Field(3, ge=3, le=20, description="how often each judgement is asked for")
    min_agreement: float = Field(
        0.7,
        ge=0,
        le=1,
        description="least rank correlation (Spearman) with human labels before a judge may decide a gate",
    )


class EvalSettings(Section):
    """Evaluations of this knowledge base."""

    folder: Path | None = Field(
        None, description="where golden sets, baselines and reports lie; default: `evals` in `home`"
    )
    gate: GateSettings = GateSettings()
    drift: DriftSettings = DriftSettings()
    judge: JudgeSettings = JudgeSettings()

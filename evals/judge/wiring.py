"""Who judges, on whose account, and where judgements are kept: from the settings of an open knowledge base."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import SettingsError
from evals.judge.criteria import CRITERIA, CriterionMetric, Judge
from evals.judge.keeping import Kept
from evals.places import evals_folder

if TYPE_CHECKING:
    from core.config import Settings
    from core.llm_settings import LlmSettings, ModelSettings
    from folio.opened import OpenKnowledgeBase
    from generation.prompts.book import HeldPrompt


def judge_name(settings: "Settings", named: str | None = None) -> str:
    """Provider and model of the judge: the one that is named, else `evals.judge.model`.

    Raises:
        SettingsError: None is named: the model that answers is not asked about itself.
    """
    name = named or settings.evals.judge.model
    if not name:
        raise SettingsError(
            "no judge is named: set evals.judge.model (FOLIO_EVALS__JUDGE__MODEL) to the name of a configured language model "
            "that does not write the answers, or give --judge"
        )
    return provider_of(settings.llm, name)


def provider_of(llm: "LlmSettings", model: str) -> str:
    """Provider and model as `openai/x`, where the model is configured; else its name."""
    found = next(
        (one for one in configured(llm) if model in {one.model, f"{one.provider}/{one.model}"}), None
    )
    return f"{found.provider}/{found.model}" if found else model


def configured(llm: "LlmSettings") -> "list[ModelSettings]":
    """The models of the settings, the first choice first."""
    every = (llm, *((llm.fast,) if llm.fast else ()), *llm.fallbacks)
    return [one for one in every if one.model]


async def open_judge(kb: "OpenKnowledgeBase", name: str) -> Judge:
    """The judge, behind the gateway: with its limits, budgets and records, and no other model in its place.

    Raises:
        SettingsError: No configured model has the name.
    """
    return Judge(name, await kb.language_model(name), kb.settings.access.tenant)


async def criterion_metrics(
    settings: "Settings", judge: Judge, names: Sequence[str] = tuple(CRITERIA)
) -> list[CriterionMetric]:
    """The criteria with their prompts: the highest released versions.

    Raises:
        SettingsError: A prompt is not there.
    """
    return [
        CriterionMetric(CRITERIA[name], judge, await pinned(settings, CRITERIA[name].prompt))
        for name in names
    ]


async def pinned(settings: "Settings", prompt: str) -> "HeldPrompt":
    """A prompt of judges. What was decided about prompts of the service does not count here: a judge must not change by halves."""
    from folio.prompting import create_book

    return await create_book(settings).pin(prompt)


def kept_in(settings: "Settings") -> Kept:
    """Where judgements are kept."""
    return Kept(evals_folder(settings) / "judgements")


def calibration_folder(settings: "Settings") -> Path:
    """Where calibrations are kept."""
    return evals_folder(settings)

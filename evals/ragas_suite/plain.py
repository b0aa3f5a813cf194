"""The RAGAS metrics that ask nobody: words and ids are compared.

Four of them exist only in RAGAS's older form, which is asked below the step that would report its use and trace its words.
"""

import importlib.util
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

from evals.judge.cases import JudgedCase
from evals.judge.judgements import NoScoreError, Unjudged
from evals.ragas_suite.library import load, version


@dataclass(frozen=True, slots=True)
class _Kind:
    of: Callable[[JudgedCase], dict[str, Any]]
    score: Callable[[dict[str, Any]], Awaitable[float]]
    needs: str = ""


def _words(case: JudgedCase) -> dict[str, Any]:
    return {"reference": case.gold, "response": case.answer}


def _passages(case: JudgedCase) -> dict[str, Any]:
    return {"retrieved_contexts": list(case.passages), "reference_contexts": list(case.gold_passages)}


def _ids(case: JudgedCase) -> dict[str, Any]:
    return {"retrieved_context_ids": list(case.found_ids), "reference_context_ids": list(case.gold_ids)}


def _newer(name: str) -> Callable[[dict[str, Any]], Awaitable[float]]:
    async def score(given: dict[str, Any]) -> float:
        return float((await getattr(load(), name)().ascore(**given)).value)

    return score


def _older(module: str, name: str) -> Callable[[dict[str, Any]], Awaitable[float]]:
    async def score(given: dict[str, Any]) -> float:
        sample = load("ragas.dataset_schema").SingleTurnSample(**given)
        # The public method reports its use, and hands the words to whatever traces langchain.
        return float(await _older_metric(module, name)._single_turn_ascore(sample, None))  # noqa: SLF001

    return score


@cache
def _older_metric(module: str, name: str) -> Any:
    metric = getattr(load(f"ragas.metrics.{module}"), name)()
    # Likeness by the newer metric: the older one reports its use, too.
    for name_of_likeness in ("_distance_measure", "distance_measure"):
        if name_of_likeness in vars(metric):
            setattr(metric, name_of_likeness, SimpleNamespace(single_turn_ascore=_likeness))
    return metric


async def _likeness(sample: Any, _: object = None) -> float:
    given = {"reference": sample.reference, "response": sample.response}
    return float((await load().NonLLMStringSimilarity().ascore(**given)).value)


_KINDS = {
    "ragas_nonllm_context_precision": _Kind(
        _passages, _older("_context_precision", "NonLLMContextPrecisionWithReference")
    ),
    "ragas_nonllm_context_recall": _Kind(_passages, _older("_context_recall", "NonLLMContextRecall")),
    "ragas_id_context_precision": _Kind(_ids, _older("_context_precision", "IDBasedContextPrecision")),
    "ragas_id_context_recall": _Kind(_ids, _older("_context_recall", "IDBasedContextRecall")),
    "ragas_string_similarity": _Kind(_words, _newer("NonLLMStringSimilarity"), "rapidfuzz"),
    "ragas_exact_match": _Kind(_words, _newer("ExactMatch")),
    "ragas_rouge_l": _Kind(_words, _newer("RougeScore"), "rouge_score"),
    "ragas_bleu": _Kind(_words, _newer("BleuScore"), "sacrebleu"),
}


@dataclass(frozen=True, slots=True)
class PlainMetric:
    """Implements JudgedMetric; asked twice it says the same twice."""

    name: str
    version: str
    model: str = ""

    def inputs(self, case: JudgedCase) -> Mapping[str, object] | None:
        """What is compared; None where one side is missing."""
        given = _KINDS[self.name].of(case)
        return given if all(given.values()) else None

    async def score(self, case: JudgedCase, *, repeat: int) -> float:  # noqa: ARG002 - of the protocol
        """What RAGAS says.

        Raises:
            NoScoreError: Its library cannot compare these two.
        """
        try:
            return await _KINDS[self.name].score(_KINDS[self.name].of(case))
        except (ArithmeticError, EOFError, LookupError, ValueError):
            raise NoScoreError(Unjudged.MALFORMED) from None


def plain_metrics() -> list[PlainMetric]:
    """Those whose libraries are installed.

    Raises:
        MissingExtraError: RAGAS is not installed.
    """
    return [
        PlainMetric(name, version())
        for name, kind in _KINDS.items()
        if not kind.needs or importlib.util.find_spec(kind.needs) is not None
    ]

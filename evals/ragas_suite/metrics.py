"""The RAGAS metrics that ask a language model, as Folio's judging asks them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core import ids
from evals.judge.cases import JudgedCase
from evals.judge.judgements import NoScoreError, Unjudged
from evals.ragas_suite.adapters import RagasJudge, embedder, language_model
from evals.ragas_suite.library import load, version

_ODD_ANSWERS = (ArithmeticError, LookupError, TypeError, ValueError)
"""What RAGAS's sums raise where an answer is of the schema and makes no sense."""

_OWN_CHECKS = "1"
"""Of what is refused of a judge's answers here; a part of every key under which judgements are kept."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """`of` takes from a case what RAGAS calls by these names."""

    of: Callable[[JudgedCase], dict[str, Any]]
    metric: str
    embeds: bool = False


_KINDS = {
    "ragas_faithfulness": _Kind(
        lambda case: {
            "user_input": case.question,
            "response": case.answer,
            "retrieved_contexts": list(case.passages),
        },
        "Faithfulness",
    ),
    "ragas_answer_relevancy": _Kind(
        lambda case: {"user_input": case.question, "response": case.answer}, "AnswerRelevancy", embeds=True
    ),
    "ragas_context_precision": _Kind(
        lambda case: {
            "user_input": case.question,
            "reference": case.gold,
            "retrieved_contexts": list(case.passages),
        },
        "ContextPrecisionWithReference",
    ),
    "ragas_context_recall": _Kind(
        lambda case: {
            "user_input": case.question,
            "retrieved_contexts": list(case.passages),
            "reference": case.gold,
        },
        "ContextRecall",
    ),
}


@dataclass(frozen=True, slots=True)
class RagasMetric:
    """Implements JudgedMetric over a RAGAS metric."""

    name: str
    judge: RagasJudge
    version: str

    @property
    def model(self) -> str:
        """Who is asked, and what embeds where vectors count."""
        embeds = _KINDS[self.name].embeds
        return f"{self.judge.name} {self.judge.embedder}" if embeds else self.judge.name

    def inputs(self, case: JudgedCase) -> Mapping[str, object] | None:
        """What RAGAS is given; None where a part of it is missing."""
        given = _KINDS[self.name].of(case)
        return given if all(given.values()) else None

    async def score(self, case: JudgedCase, *, repeat: int) -> float:
        """What RAGAS says; not a number where it found nothing to decide on.

        Raises:
            FolioError: The judge does not answer, or not in the form asked for.
        """
        metric, kind = _metric(self.name, self.judge, repeat), _KINDS[self.name]
        try:
            score = float((await metric.ascore(**kind.of(case))).value)
        except _ODD_ANSWERS:
            raise NoScoreError(Unjudged.MALFORMED) from None
        # A cosine may be below 0: that is as far away as can be.
        return max(score, 0.0) if kind.embeds else score


def ragas_metrics(judge: RagasJudge) -> list[RagasMetric]:
    """All of them.

    Raises:
        MissingExtraError: RAGAS is not installed.
    """
    return [RagasMetric(name, judge, _version(_metric(name, judge, 0))) for name in _KINDS]


def _metric(name: str, judge: RagasJudge, repeat: int) -> Any:
    kind = _KINDS[name]
    given = {"llm": language_model(judge, metric=name, repeat=repeat)}
    if kind.embeds:
        given["embeddings"] = embedder(judge)
    return getattr(load(), kind.metric)(**given)


def _version(metric: Any) -> str:
    """Changes with RAGAS, with any character of the prompts that this metric sends, and with what is refused here."""
    prompts = [value for value in vars(metric).values() if hasattr(value, "instruction")]
    text = [
        [
            prompt.instruction,
            [[part.model_dump() for part in example] for example in prompt.examples],
            prompt.output_model.model_json_schema(),
        ]
        for prompt in prompts
    ]
    parts: dict[str, object] = {
        "ragas": version(),
        "prompts": json.dumps(text, sort_keys=True),
        "own": _OWN_CHECKS,
    }
    return ids.fingerprint(parts)

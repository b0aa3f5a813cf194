"""RAGAS's judge and embedder, from an open knowledge base."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evals.judge.asking import JudgedMetric
from evals.judge.wiring import open_judge
from evals.ragas_suite.adapters import RagasJudge
from evals.ragas_suite.metrics import ragas_metrics
from evals.ragas_suite.plain import plain_metrics

if TYPE_CHECKING:
    from folio.knowledge_base import KnowledgeBase


async def metrics_of(kb: "KnowledgeBase", judge: str, *, answer_tokens: int = 1024) -> Sequence[JudgedMetric]:
    """All RAGAS metrics, over this judge and the embedder of the knowledge base.

    Raises:
        SettingsError: No configured model has the judge's name.
        MissingExtraError: RAGAS is not installed.
    """
    opened = await open_judge(kb, judge)

    async def embed(texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return (await kb.embed(texts, as_queries=True)).vectors

    embedding = kb.settings.embedding
    asked = RagasJudge(
        opened.name,
        opened.model,
        opened.tenant,
        embed,
        f"{embedding.provider}/{embedding.model}",
        answer_tokens=answer_tokens,
    )
    return [*ragas_metrics(asked), *plain_metrics()]

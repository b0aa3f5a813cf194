"""RAGAS's model and embedder, as it wants them, over Folio's gateway and the embedder of the knowledge base.

RAGAS asks in one text and wants data of a schema back: `LanguageModel.structured` does that, with its repair of malformed answers,
limits, budgets and records. No client of RAGAS's own is ever made.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any, TypeAlias

from pydantic import BaseModel

from core.language_model_ports import LanguageModel
from core.language_models import CallPurpose, Completion, Message, Prompt, Role
from evals.judge.judgements import NoScoreError, Unjudged
from evals.ragas_suite.library import load

Embed: TypeAlias = Callable[[Sequence[str]], Awaitable[Sequence[Sequence[float]]]]
"""Vectors of questions, in their order."""

FEATURE = "eval_ragas"
_BINARY = frozenset({"verdict", "attributed", "noncommittal"})
_SEEDS_PER_REPEAT = 1000


@dataclass(frozen=True, slots=True)
class RagasJudge:
    """Who is asked, and on whose account. `name` is provider and model; `embedder` names what `embed` embeds with."""

    name: str
    model: LanguageModel
    tenant: str
    embed: Embed
    embedder: str
    answer_tokens: int = 1024
    temperature: float = 0.3


def language_model(judge: RagasJudge, *, metric: str, repeat: int) -> Any:
    """An `InstructorBaseRagasLLM` for one judgement. Its calls have seeds of their own, the same in every run."""
    seeds = count(repeat * _SEEDS_PER_REPEAT)
    statements: list[str] = []
    purpose = CallPurpose(judge.tenant, FEATURE, prompt_version=metric)

    async def ask(prompt: str, answer: type[BaseModel]) -> BaseModel:
        asked = Prompt(
            (Message(Role.USER, prompt),),
            max_tokens=judge.answer_tokens,
            temperature=judge.temperature,
            seed=next(seeds),
        )
        said = await judge.model.structured(asked, answer, purpose=purpose)
        if isinstance(said, Completion):
            raise NoScoreError(Unjudged.REFUSED)
        row = said.model_dump()
        why = flaw_of(row, statements)
        if why is not None:
            raise NoScoreError(why)
        statements[:] = [one for one in row.get("statements", ()) if isinstance(one, str)]
        return said

    return _llm_class()(ask)


def embedder(judge: RagasJudge) -> Any:
    """A `BaseRagasEmbedding` over `judge.embed`."""
    return _embedding_class()(judge.embed)


def flaw_of(said: Mapping[str, Any], statements: Sequence[str]) -> Unjudged | None:
    """Why an answer of RAGAS's schema is worth nothing all the same; None where it is worth something.

    The schemas allow any number for a verdict, verdicts on fewer `statements` than were asked about, and an empty question:
    RAGAS would make a score of each of them.
    """
    verdicts = [one for one in said.get("statements", ()) if isinstance(one, Mapping)]
    if not _has_binary_verdicts(said) or (verdicts and statements and len(verdicts) != len(statements)):
        return Unjudged.MALFORMED
    return Unjudged.EMPTY if not str(said.get("question", "-")).strip() else None


def _has_binary_verdicts(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(
            one in {0, 1} if name in _BINARY else _has_binary_verdicts(one) for name, one in value.items()
        )
    return all(map(_has_binary_verdicts, value)) if isinstance(value, list) else True


@cache
def _llm_class() -> Any:
    base: Any = load("ragas.llms.base").InstructorBaseRagasLLM

    class GatewayLlm(base):  # type: ignore[misc]  # RAGAS is loaded when it is needed
        """Implements InstructorBaseRagasLLM."""

        def __init__(self, ask: Callable[[str, type[BaseModel]], Awaitable[BaseModel]]) -> None:
            self._ask = ask

        async def agenerate(self, prompt: str, response_model: type[BaseModel]) -> BaseModel:
            """The answer as data."""
            return await self._ask(prompt, response_model)

        def generate(self, prompt: str, response_model: type[BaseModel]) -> BaseModel:
            """The same outside of a loop."""
            return asyncio.run(self.agenerate(prompt, response_model))

    return GatewayLlm


@cache
def _embedding_class() -> Any:
    base: Any = load("ragas.embeddings.base").BaseRagasEmbedding

    class KnowledgeBaseEmbedding(base):  # type: ignore[misc]  # as above
        """Implements BaseRagasEmbedding."""

        def __init__(self, embed: Embed) -> None:
            super().__init__()
            self._embed = embed

        async def aembed_text(self, text: str, **_: Any) -> list[float]:
            """The vector of a question."""
            return list((await self._embed([text]))[0])

        async def aembed_texts(self, texts: list[str], **_: Any) -> list[list[float]]:
            """Vectors of questions."""
            return [list(vector) for vector in await self._embed(texts)]

        def embed_text(self, text: str, **_: Any) -> list[float]:
            """The same outside of a loop."""
            return asyncio.run(self.aembed_text(text))

    return KnowledgeBaseEmbedding

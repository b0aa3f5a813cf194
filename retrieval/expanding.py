"""Searching for other ways to ask a question beside the question itself, and putting what they find together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from core.access import Principal
from core.errors import FolioError
from core.ports import Embedder, SparseEncoder
from core.retrieval_ports import CandidateIndex
from core.search import Candidates, HybridQuery, SparseVector
from retrieval.fusion import Fused, Ranking, reciprocal_rank
from retrieval.query.expansion import Expansion
from retrieval.question import checked_vector

# The question as it was asked counts as much as two others.
_OTHER_WEIGHT = 0.5
_NO_WORDS = SparseVector((), ())


class QuestionExpander(Protocol):
    """Writes what else to search for."""

    async def expand(self, question: str, *, tenant: str, subject: str) -> Expansion:
        """Other questions, or a passage.

        Raises:
            FolioError: It cannot.
        """


OpenExpander = Callable[[], Awaitable[QuestionExpander]]
"""Opens what asks the language model; what comes of it is kept by whoever gives this."""


@dataclass(frozen=True, slots=True)
class ExpandStep:
    """Expands questions within a time: a search goes on without what does not come."""

    opened: OpenExpander
    index: CandidateIndex
    embedder: Embedder
    sparse: SparseEncoder
    budget_s: float

    async def queries(
        self, question: str, query: HybridQuery, *, principal: Principal
    ) -> tuple[list[HybridQuery], str]:
        """The further queries, each inside the same filter, and a note where there are none against expectation."""
        try:
            async with asyncio.timeout(self.budget_s):
                expander = await self.opened()
                expansion = await expander.expand(
                    question, tenant=principal.tenant, subject=principal.subject
                )
                return await self._encoded(expansion, query), ""
        except TimeoutError:
            return [], "the question was not expanded: the language model took too long"
        except FolioError as error:
            return [], f"the question was not expanded: {type(error).code.replace('_', ' ')}"

    async def _encoded(self, expansion: Expansion, query: HybridQuery) -> list[HybridQuery]:
        dimension = self.embedder.dimension
        found: list[HybridQuery] = []
        for text in expansion.questions:
            vector = checked_vector(await self.embedder.embed_query(text), dimension=dimension)
            found.append(replace(query, dense=vector, sparse=self.sparse.encode_query(text)))
        if expansion.passage is not None:
            [vector] = await self.embedder.embed_passages([expansion.passage])
            found.append(replace(query, dense=checked_vector(vector, dimension=dimension), sparse=_NO_WORDS))
        return found


def together(rankings: Sequence[Ranking]) -> Fused:
    """The rankings of the question (first) and of what was searched for beside it, by reciprocal rank."""
    weights = [1.0] + [_OTHER_WEIGHT] * (len(rankings) - 1)
    return reciprocal_rank(rankings, weights=weights)


def united(found: Sequence[Candidates]) -> Candidates:
    """Everything that the queries found, each point with its best score in an arm, best first."""
    return Candidates(_best([one.dense for one in found]), _best([one.lexical for one in found]))


def _best(arms: Sequence[Sequence[tuple[str, float]]]) -> tuple[tuple[str, float], ...]:
    best: dict[str, float] = {}
    for arm in arms:
        for key, score in arm:
            best[key] = max(score, best.get(key, score))
    return tuple(sorted(best.items(), key=lambda row: (-row[1], row[0])))

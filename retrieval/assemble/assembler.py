"""The stages that make evidence of hits, one after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.filters import Visible
from core.ports import SparseEncoder
from core.retrieval_ports import ChunkReader
from core.retrieval_settings import AssemblySettings
from core.search import Hit
from retrieval.assemble.compression import SplitSentences, compressed
from retrieval.assemble.diversity import capped, diversified
from retrieval.assemble.duplicates import without_duplicates
from retrieval.assemble.packing import best_at_ends, packed
from retrieval.assemble.surroundings import with_neighbours, with_parents
from retrieval.stages import Question, StageOutcome


@dataclass(frozen=True, slots=True)
class AssemblyParts:
    """What assembly works with. `count_tokens` is the reader's tokenizer, `split` finds sentences."""

    reader: ChunkReader
    sparse: SparseEncoder
    count_tokens: Callable[[str], int]
    split: SplitSentences


class Assembler:
    """Implements Stage: makes evidence of hits, as the settings say."""

    name = "assemble"

    def __init__(self, parts: AssemblyParts, settings: AssemblySettings, *, candidate_count: int = 0) -> None:
        """`candidate_count` hits are wanted to choose from."""
        self.candidate_count = candidate_count
        self._parts = parts
        self._settings = settings

    async def apply(self, question: Question, hits: Sequence[Hit]) -> StageOutcome:
        """The evidence for a question; the trace says how many hits it was made of."""
        kept = await self.assembled(question.text, hits, visible=question.visible, limit=question.limit)
        return StageOutcome(kept, f"{len(kept)} passages of {len(hits)} hits")

    async def assembled(self, query: str, hits: Sequence[Hit], *, visible: Visible, limit: int) -> list[Hit]:
        """At most `limit` passages: near-duplicates out, at most so many of a document, different ones first if asked for.

        Then their surroundings are read, sentences without a common word cut off, and what fits into the budget is kept.
        """
        chosen = self._chosen(hits)[:limit]
        wide = await self._widened(chosen, visible=visible)
        if self._settings.compress:
            wide = compressed(query, wide, sparse=self._parts.sparse, split=self._parts.split)
        kept = packed(wide, budget_tokens=self._settings.budget_tokens, count=self._parts.count_tokens)
        return best_at_ends(kept) if self._settings.order == "best_at_ends" else kept

    def _chosen(self, hits: Sequence[Hit]) -> list[Hit]:
        settings = self._settings
        distinct = without_duplicates(hits, similarity=settings.duplicate_similarity)
        if settings.diversity:
            terms = [self._parts.sparse.encode_passage(hit.text) for hit in distinct]
            distinct = diversified(distinct, terms, weight=settings.diversity)
        return capped(distinct, per_document_count=settings.per_document_count)

    async def _widened(self, hits: Sequence[Hit], *, visible: Visible) -> list[Hit]:
        reader = self._parts.reader
        match self._settings.surroundings:
            case "neighbours":
                count = self._settings.neighbour_count
                return await with_neighbours(hits, reader=reader, visible=visible, count=count)
            case "parents":
                return await with_parents(hits, reader=reader, visible=visible)
        return list(hits)

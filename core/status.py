"""What a knowledge base says of itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.documents import DocumentState, Source
from core.runs import RunRecord


@dataclass(frozen=True, slots=True)
class IndexModel:
    """The embedding model that the index is made with, and how many numbers its vectors have."""

    name: str
    dimension: int


@dataclass(frozen=True, slots=True)
class KnowledgeBaseStatus:
    """Counts over the principal's tenant. `chunk_count` counts the active chunks in the vector store.

    `rebuild_pending`: the settings name another embedding model than `embedding_model`, which the index is of.
    """

    home: str
    embedding_model: str
    sources: tuple[Source, ...]
    state_counts: dict[DocumentState, int]
    chunk_count: int
    runs: tuple[RunRecord, ...]
    rebuild_pending: bool = False


def runs_of(runs: Sequence[RunRecord], sources: Sequence[Source]) -> list[RunRecord]:
    """The runs over these sources and no others: the counts of a run say something of everything that it went over."""
    known = {source.source_id for source in sources}
    return [run for run in runs if run.source_ids and known.issuperset(run.source_ids)]

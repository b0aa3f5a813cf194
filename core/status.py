"""What a knowledge base says of itself."""

from dataclasses import dataclass

from core.documents import DocumentState, Source
from core.runs import RunRecord


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

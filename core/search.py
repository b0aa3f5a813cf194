"""What crosses the boundary between retrieval and the vector store."""

from dataclasses import dataclass, field

from core.access import AccessLabel
from core.filters import All, Condition, Visible


@dataclass(frozen=True, slots=True)
class SparseVector:
    """Term ids and their weights, equally long."""

    indices: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ChunkPoint:
    """A chunk as it is stored: two vectors and the payload that filters, ranks and cites.

    `dense` has the embedder's dimension and unit length; `embedding_key` (see `core.ids`) says what it was computed from:
    `context` (title, headings, a table's header row) and `text`, one after the other. None: written before it was kept.
    `pseudonyms` are the tokens in text and context and the aliases of their names (see `core.pseudonyms`), sorted.
    """

    point_id: str
    dense: tuple[float, ...]
    sparse: SparseVector
    doc_id: str
    version: int
    ordinal: int
    source_id: str
    external_id: str | None
    path: str
    title: str
    mime_type: str
    heading: str
    page: int | None
    start: int
    end: int
    parent_start: int
    parent_end: int
    text: str
    access: AccessLabel
    active: bool = False
    modified_s: int = 0
    embedding_key: str = ""
    context: str | None = None
    pseudonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HybridQuery:
    """One question to the vector store. `visible` is mandatory: there is no search without a principal."""

    dense: tuple[float, ...]
    sparse: SparseVector
    visible: Visible
    narrowed: Condition = field(default_factory=lambda: All(()))
    limit: int = 10
    candidate_count: int = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that answers a query, best first. `score` is the fused score: comparable within one result only."""

    doc_id: str
    version: int
    ordinal: int
    external_id: str | None
    path: str
    title: str
    heading: str
    page: int | None
    start: int
    end: int
    parent_start: int
    parent_end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first, and how long it took."""

    hits: tuple[Hit, ...]
    took_ms: float

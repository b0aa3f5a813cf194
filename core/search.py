"""What crosses the boundary between retrieval and the vector store."""

from dataclasses import dataclass, field

from core.access import AccessLabel
from core.filters import All, Condition, Visible
from core.highlights import Highlight
from core.offsets import OffsetMap
from core.pseudonyms import RestoredSpan
from core.search_trace import SearchTrace


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
    `redaction` is the fingerprint of the redactor that the text went through; empty: written before it was kept. `policy` is
    the redaction policy that the source has for itself; empty: the settings'. `language` names that of the document where it is
    known, and is one that words can be stemmed in; empty: it is detected.
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
    redaction: str = ""
    policy: str = ""
    language: str = ""


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
    """A chunk that answers a query, best first. `score` is the fused score: comparable within one result only.

    `redaction` and `policy` as in `ChunkPoint`. `offsets` is set where the text was redacted once more when it was read: they
    lead from `text` to the stored one, which `start` and `end` bound. `restored` are the values in `text` where pseudonyms were
    turned back; the offsets stay those of the stored text. `modified_s` is when the document was changed last, in seconds since
    1970, 0 where unknown. `similarity` is the cosine of query and passage, or where that was not computed, the least of those that
    were: no more than that. `highlight` is where words of the query stand in `text`, if that was asked for and any does.
    """

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
    tenant: str = "default"
    source_id: str = ""
    redaction: str = ""
    policy: str = ""
    modified_s: int = 0
    mime_type: str = ""
    language: str = ""
    similarity: float = 0.0
    highlight: Highlight | None = field(default=None, compare=False)
    offsets: OffsetMap | None = field(default=None, compare=False, repr=False)
    restored: tuple[RestoredSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidates:
    """What the two arms of a hybrid query found: point ids with their own scores, best first."""

    dense: tuple[tuple[str, float], ...]
    lexical: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class FacetsWanted:
    """Which fields are counted over, and how many values of each are named, the most frequent first."""

    fields: tuple[str, ...]
    value_count: int = 20


@dataclass(frozen=True, slots=True)
class FacetValue:
    """How many documents have a value."""

    value: str | int
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """How the documents divide by a field: its values by falling count, how many have another, how many have none."""

    field: str
    values: tuple[FacetValue, ...]
    other_count: int
    missing_count: int


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How a search is made.

    Attributes:
        limit: Most hits; with `group_size`, most documents.
        narrowed: A filter that every hit meets.
        preferred: A filter that is dropped if nothing meets it; `notes` say so.
        explain: Return the trace too.
        group_size: Most passages of each document, the documents by their best; 0: passages on their own.
        facets: What the documents that meet the filter are counted by.
        highlight: Say where words of the query stand in each hit.
    """

    limit: int = 10
    narrowed: Condition | None = None
    preferred: Condition | None = None
    explain: bool = False
    group_size: int = 0
    facets: FacetsWanted | None = None
    highlight: bool = False


@dataclass(frozen=True, slots=True)
class SearchWanted:
    """One search of several."""

    query: str = field(repr=False)
    options: SearchOptions = SearchOptions()


@dataclass(frozen=True, slots=True)
class QueryVector:
    """What a query was compared by: its vector and the fingerprint of the model that made it.

    `nearest` is the cosine of the passage nearest in meaning among those that may be read; None where there is none.
    """

    model: str
    values: tuple[float, ...] = field(repr=False)
    nearest: float | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first, and how long it took.

    With groups, the hits of a document follow one another, and `groups` are the numbers of hits of one document after the other.

    `notes` say in words what the caller has to know: a filter that nothing meets, a preference that was dropped. `query` is what
    was searched for: names in it that the index knows are the pseudonyms that stand in the passages. `vector` is that of `query`.
    """

    hits: tuple[Hit, ...]
    took_ms: float
    notes: tuple[str, ...] = ()
    trace: SearchTrace | None = None
    query: str = field(default="", compare=False, repr=False)
    groups: tuple[int, ...] = ()
    facets: tuple[Facet, ...] = ()
    vector: QueryVector | None = field(default=None, compare=False, repr=False)

"""Search over HTTP."""

from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from core.filters import All, AtLeast, AtMost, Condition, Equals
from core.search import SearchResult
from core.search_trace import Explanation, SearchTrace
from retrieval.question import MAX_QUERY_CHARS
from retrieval.user_filters import parse_filter

QueryText = Annotated[str, Field(min_length=1, max_length=MAX_QUERY_CHARS)]
Limit = Annotated[int, Field(ge=1, le=10_000, description="bounded further by `retrieval.max_limit`")]
_Value = Annotated[str, Field(min_length=1, max_length=1024)]


class SearchFilters(BaseModel):
    """Metadata that a hit must have; every filter given must hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    doc_id: _Value | None = None
    source_id: _Value | None = None
    external_id: _Value | None = None
    mime_type: _Value | None = None
    modified_after: AwareDatetime | None = Field(None, description="inclusive, to the second")
    modified_before: AwareDatetime | None = Field(None, description="inclusive, to the second")

    def condition(self) -> Condition:
        """The filters as one condition; without any, always true."""
        return All(tuple(self._conditions()))

    def _conditions(self) -> Iterator[Condition]:
        for field in ("doc_id", "source_id", "external_id", "mime_type"):
            value = getattr(self, field)
            if value is not None:
                yield Equals(field, value)
        if self.modified_after:
            yield AtLeast("modified_s", int(self.modified_after.timestamp()))
        if self.modified_before:
            yield AtMost("modified_s", int(self.modified_before.timestamp()))


class SearchRequest(BaseModel):
    """What to look for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    query: QueryText
    limit: Limit = 10
    filters: SearchFilters = SearchFilters()
    where: dict[str, Any] | None = Field(
        None,
        description="filter as a tree, beside `filters`: `{type, key, value}` with type eq, ne, in, nin, gt, gte, lt, lte or "
        "exists; `{type: and | or, filters: [...]}`; `{type: not, filter: {...}}`. "
        "Keys: doc_id, source_id, mime_type, external_id, modified (a day, or an instant with its zone)",
    )
    prefer: dict[str, Any] | None = Field(
        None, description="a filter like `where` that is left out, with a note, if nothing meets it"
    )
    explain: bool = Field(False, description="return what every stage of the search found")
    explain_document: _Value | None = Field(
        None, description="id of a document: return why it is where it is, or is not among the hits"
    )

    restore: bool = Field(
        False,
        description="turn pseudonyms back: with the scope `pii:read` only, and recorded in the audit log",
    )

    def narrowed(self) -> Condition:
        """`filters` and `where` as one condition.

        Raises:
            InvalidInputError: A field, type or value of the tree cannot be.
        """
        plain = self.filters.condition()
        return plain if self.where is None else All((plain, parse_filter(self.where)))

    def preferred(self) -> Condition | None:
        """`prefer` as a condition.

        Raises:
            InvalidInputError: A field, type or value of the tree cannot be.
        """
        return None if self.prefer is None else parse_filter(self.prefer)


class RestoredValue(BaseModel):
    """A value in place of its pseudonym, by character offsets."""

    model_config = ConfigDict(from_attributes=True)

    token: str
    entity: str
    start: int = Field(description="in the text that holds it")
    end: int
    stored_start: int = Field(description="of its pseudonym in the document's stored text")
    stored_end: int
    original_start: int = Field(description="in the text as it was read from the file")
    original_end: int


class SearchHit(BaseModel):
    """A passage. `text` is the stored text of the document from character `start` to `end`.

    With `restore` it has values where that has pseudonyms; the offsets stay those of the stored text.
    """

    model_config = ConfigDict(from_attributes=True)

    doc_id: str
    external_id: str | None
    path: str
    title: str
    page: int | None = Field(description="counted from 1; null where the format has no pages")
    heading: str
    version: int
    start: int
    end: int
    score: float = Field(description="comparable within one response only")
    text: str
    restored: list[RestoredValue] = Field([], description="with `restore`: the values in `text`")


class SearchResponse(BaseModel):
    """Hits, best first."""

    hits: list[SearchHit]
    took_ms: float
    notes: list[str] = Field([], description="what the caller has to know: a filter that nothing meets, ...")
    trace: SearchTrace | None = Field(None, description="with `explain`")
    explanation: Explanation | None = Field(None, description="with `explain_document`")

    @classmethod
    def of(cls, result: SearchResult, *, explanation: Explanation | None = None) -> Self:
        """The response for a search result."""
        return cls(
            hits=[SearchHit.model_validate(hit) for hit in result.hits],
            took_ms=result.took_ms,
            notes=list(result.notes),
            trace=result.trace,
            explanation=explanation,
        )

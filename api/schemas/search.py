"""Search over HTTP."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from core.filters import All, AtLeast, AtMost, Condition, Equals
from core.search import SearchResult
from retrieval.service import MAX_QUERY_CHARS

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


class SearchHit(BaseModel):
    """A passage. `text` is the stored text of the document from character `start` to `end`."""

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


class SearchResponse(BaseModel):
    """Hits, best first."""

    hits: list[SearchHit]
    took_ms: float

    @classmethod
    def of(cls, result: SearchResult) -> Self:
        """The response for a search result."""
        return cls(hits=[SearchHit.model_validate(hit) for hit in result.hits], took_ms=result.took_ms)

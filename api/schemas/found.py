"""What a search answers over HTTP."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.problem import Problem
from core.search import Hit, SearchResult
from core.search_trace import Explanation, SearchTrace


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


class MarkedRange(BaseModel):
    """A stretch of a passage, by character offsets."""

    model_config = ConfigDict(from_attributes=True)

    start: int = Field(description="in `text`, as it is shown")
    end: int
    stored_start: int = Field(description="in the document's stored text")
    stored_end: int


class Highlighted(BaseModel):
    """Where words of the query stand, stemmed as the index stems them."""

    model_config = ConfigDict(from_attributes=True)

    ranges: list[MarkedRange] = Field(description="in order, without overlaps")
    best: MarkedRange = Field(description="the stretch of about 240 characters with the most different words")


class SearchHit(BaseModel):
    """A passage. `text` is the stored text of the document from character `start` to `end`.

    With `restore` it has values where that has pseudonyms; the offsets stay those of the stored text.
    """

    doc_id: str
    external_id: str | None
    source_id: str
    path: str
    title: str
    mime_type: str
    language: str | None = Field(description="null where the source does not say it")
    modified_at: datetime | None = Field(description="of the file; null where it is not known")
    page: int | None = Field(description="counted from 1; null where the format has no pages")
    heading: str
    version: int
    start: int
    end: int
    score: float = Field(description="what hits are ordered by; comparable within one response only")
    similarity: float = Field(
        description="cosine of query and passage, comparable between searches. Of a passage that was found by its words alone it is "
        "that of the last one found by meaning, which it does not exceed"
    )
    text: str
    restored: list[RestoredValue] = Field([], description="with `restore`: the values in `text`")
    highlight: Highlighted | None = Field(
        None, description="with `highlight`; null where no word of the query is"
    )

    @classmethod
    def of(cls, hit: Hit) -> Self:
        """The hit as it is sent."""
        same = (
            "doc_id",
            "external_id",
            "source_id",
            "path",
            "title",
            "mime_type",
            "page",
            "heading",
            "version",
        )
        return cls(
            **{name: getattr(hit, name) for name in (*same, "start", "end", "score", "similarity", "text")},
            language=hit.language or None,
            modified_at=modified_at(hit),
            restored=[RestoredValue.model_validate(one) for one in hit.restored],
            highlight=Highlighted.model_validate(hit.highlight) if hit.highlight else None,
        )


class DocumentGroup(BaseModel):
    """A document with its best passages."""

    doc_id: str
    path: str
    title: str
    score: float = Field(description="of its best passage")
    hits: list[SearchHit]


class FacetCount(BaseModel):
    """How many documents have a value."""

    model_config = ConfigDict(from_attributes=True)

    value: str | int
    count: int


class FacetCounts(BaseModel):
    """How the readable documents that meet the filter divide by a field."""

    model_config = ConfigDict(from_attributes=True)

    field: str
    values: list[FacetCount] = Field(description="the most frequent, by falling count")
    other_count: int = Field(description="documents with another value")
    missing_count: int = Field(description="documents without one")


class SearchResponse(BaseModel):
    """Hits, best first; with `group_by` documents in place of them."""

    hits: list[SearchHit] = Field(description="empty with `group_by`: they are in `groups`")
    groups: list[DocumentGroup] | None = Field(None, description="with `group_by`")
    facets: list[FacetCounts] = Field([], description="in the order they were asked for")
    took_ms: float
    notes: list[str] = Field([], description="what the caller has to know: a filter that nothing meets, ...")
    trace: SearchTrace | None = Field(None, description="with `explain`")
    explanation: Explanation | None = Field(None, description="with `explain_document`")

    @classmethod
    def of(
        cls, result: SearchResult, *, grouped: bool = False, explanation: Explanation | None = None
    ) -> Self:
        """The response for a search result."""
        return cls(
            hits=[] if grouped else [SearchHit.of(hit) for hit in result.hits],
            groups=list(_groups(result)) if grouped else None,
            facets=[FacetCounts.model_validate(one) for one in result.facets],
            took_ms=result.took_ms,
            notes=list(result.notes),
            trace=result.trace,
            explanation=explanation,
        )


class BatchedResult(BaseModel):
    """What became of one search of several: `result`, or a `problem` of its own."""

    status: int = Field(description="what it would have been answered with on its own")
    result: SearchResponse | None = None
    problem: Problem | None = None


class BatchResponse(BaseModel):
    """One result for each search, in the order they were asked."""

    results: list[BatchedResult]


def modified_at(hit: Hit) -> datetime | None:
    """When the document of a hit was changed last (UTC); None where that is not known, or no date."""
    if not hit.modified_s:
        return None
    try:
        return datetime.fromtimestamp(hit.modified_s, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _groups(result: SearchResult) -> Iterator[DocumentGroup]:
    at = 0
    for count in result.groups:
        members: Sequence[Hit] = result.hits[at : at + count]
        at += count
        best = members[0]
        yield DocumentGroup(
            doc_id=best.doc_id,
            path=best.path,
            title=best.title,
            score=best.score,
            hits=[SearchHit.of(hit) for hit in members],
        )

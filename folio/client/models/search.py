"""Passages that a search found."""

from datetime import datetime
from typing import Any

from folio.client.models.base import Record


class RestoredValue(Record):
    """A value in place of its pseudonym, by character offsets."""

    token: str
    entity: str
    start: int
    end: int
    stored_start: int
    stored_end: int
    original_start: int
    original_end: int


class MarkedRange(Record):
    """A stretch of a passage, by character offsets."""

    start: int
    end: int
    stored_start: int
    stored_end: int


class Highlighted(Record):
    """Where words of the query stand."""

    ranges: tuple[MarkedRange, ...]
    best: MarkedRange


class SearchHit(Record):
    """A passage: the stored text of its document from character `start` to `end`."""

    doc_id: str
    external_id: str | None
    source_id: str = ""
    path: str
    title: str
    mime_type: str = ""
    language: str | None = None
    modified_at: datetime | None = None
    page: int | None
    heading: str
    version: int
    start: int
    end: int
    score: float
    similarity: float = 0.0
    text: str
    restored: tuple[RestoredValue, ...] = ()
    highlight: Highlighted | None = None


class DocumentGroup(Record):
    """A document with its best passages."""

    doc_id: str
    path: str
    title: str
    score: float
    hits: tuple[SearchHit, ...]


class FacetCount(Record):
    """How many documents have a value."""

    value: str | int
    count: int


class FacetCounts(Record):
    """How the readable documents that meet the filter divide by a field."""

    field: str
    values: tuple[FacetCount, ...]
    other_count: int
    missing_count: int


class SearchResponse(Record):
    """Hits, best first; with `group_by` documents in place of them. `trace` and `explanation` are there where they were asked for."""

    hits: tuple[SearchHit, ...]
    groups: tuple[DocumentGroup, ...] | None = None
    facets: tuple[FacetCounts, ...] = ()
    took_ms: float
    notes: tuple[str, ...] = ()
    trace: dict[str, Any] | None = None
    explanation: dict[str, Any] | None = None


class BatchedSearch(Record):
    """What became of one search of several."""

    status: int
    result: SearchResponse | None = None
    problem: dict[str, Any] | None = None


class SearchBatch(Record):
    """One result for each search, in the order they were asked."""

    results: tuple[BatchedSearch, ...]

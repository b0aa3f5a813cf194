"""Where documents come from, and what can be searched."""

from datetime import datetime
from typing import Any

from folio.client.models.base import Record, Tagged


class Source(Tagged):
    """A source. `options` are what is said for it alone."""

    id: str
    name: str
    kind: str
    root: str
    origin: str
    options: dict[str, Any]


class Collection(Record):
    """Documents that can be searched together. Counts are of the documents that the caller may read."""

    id: str
    name: str
    source_id: str | None
    document_count: int
    chunk_count: int
    embedding_model: str
    dimension: int
    language: str | None
    updated_at: datetime | None

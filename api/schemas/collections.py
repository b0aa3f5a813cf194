"""Collections over HTTP."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from folio.collections import Collection


class CollectionBody(BaseModel):
    """Documents that can be searched together. Counts are of the documents that the caller may read."""

    id: str = Field(description="`all`, or the id of a source")
    name: str
    source_id: str | None = Field(description="null for `all`")
    document_count: int
    chunk_count: int
    embedding_model: str
    dimension: int = Field(description="numbers per vector")
    language: str | None = Field(description="ISO 639-1, where the source says one")
    updated_at: datetime | None = Field(description="the last change of a document")

    @classmethod
    def of(cls, collection: Collection) -> Self:
        """The wire form of a collection."""
        return cls(
            id=collection.collection_id,
            name=collection.name,
            source_id=collection.source_id,
            document_count=collection.document_count,
            chunk_count=collection.chunk_count,
            embedding_model=collection.embedding_model,
            dimension=collection.dimension,
            language=collection.language,
            updated_at=collection.updated_at,
        )


class CollectionPage(BaseModel):
    """One page of collections: `all` first, the others by name."""

    data: list[CollectionBody]
    next_cursor: str | None = Field(description="pass it as `cursor` for the next page; null on the last")
    has_more: bool

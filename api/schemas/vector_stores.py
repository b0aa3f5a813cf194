"""Collections and documents in the form of OpenAI's vector stores."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from api.collection_search import RelevantHit, store_id_of
from api.schemas.filters import FilterTree
from api.schemas.found import modified_at
from api.schemas.numbers import WHOLE
from api.schemas.search import QueryText
from core.documents import DocumentRecord, DocumentState
from folio.collections import Collection

MAX_RESULTS = 50
_MAX_QUERIES = 10
_MAX_ATTRIBUTE_CHARS = 512
_DEFAULT_RESULTS = 10
Attributes = dict[str, str | float | bool]
StoreId = Annotated[str, Field(min_length=1, max_length=128)]
FileStatus = Literal["in_progress", "completed", "cancelled", "failed"]
STATES: dict[FileStatus, tuple[DocumentState, ...]] = {
    "in_progress": (DocumentState.PENDING, DocumentState.INDEXING),
    "completed": (DocumentState.INDEXED,),
    "failed": (DocumentState.FAILED, DocumentState.QUARANTINED),
    "cancelled": (),
}
_STATUSES: dict[DocumentState, FileStatus] = {
    state: name for name, states in STATES.items() for state in states
}


class RankingOptions(BaseModel):
    """How results are ranked and cut."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ranker: Literal["none", "auto", "default-2024-11-15"] | None = Field(
        None, description="taken and not heeded: passages are ranked as the service is set up"
    )
    score_threshold: float = Field(0.0, strict=True, ge=0, le=1, description="least `score` of a result")


class StoreSearchRequest(BaseModel):
    """What to look for in a vector store."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"query": "How much may a hotel cost?", "max_num_results": 5}]},
    )

    query: QueryText | Annotated[list[QueryText], Field(min_length=1, max_length=_MAX_QUERIES)]
    filters: FilterTree = Field(
        None, description="as OpenAI's comparison and compound filters; also exists and not"
    )
    max_num_results: Annotated[int, Field(ge=1, le=MAX_RESULTS), WHOLE] = _DEFAULT_RESULTS
    ranking_options: RankingOptions = RankingOptions()
    rewrite_query: bool = Field(
        False, strict=True, description="taken and not heeded: a question is searched for as it is"
    )

    @property
    def queries(self) -> tuple[str, ...]:
        """The queries, each once."""
        return tuple(dict.fromkeys([self.query] if isinstance(self.query, str) else self.query))


class ResultContent(BaseModel):
    """The text of a result."""

    type: Literal["text"] = "text"
    text: str


class StoreResult(BaseModel):
    """A passage of a document."""

    file_id: str = Field(description="the document's id")
    filename: str = Field(description="the document's path in its source")
    score: float = Field(ge=0, le=1, description="the highest cosine of this result and all behind it")
    attributes: Attributes
    content: list[ResultContent]

    @classmethod
    def of(cls, found: RelevantHit) -> Self:
        """A hit as a result."""
        hit = found.hit
        changed = modified_at(hit)
        known: dict[str, str | float | bool | None] = {
            "doc_id": hit.doc_id,
            "source_id": hit.source_id,
            "external_id": hit.external_id,
            "path": hit.path,
            "title": hit.title,
            "heading": hit.heading,
            "mime_type": hit.mime_type,
            "language": hit.language,
            "modified": changed.isoformat() if changed else None,
            "page": hit.page,
            "version": hit.version,
            "start": hit.start,
            "end": hit.end,
        }
        return cls(
            file_id=hit.doc_id,
            filename=hit.path,
            score=found.relevance,
            attributes=_attributes(known),
            content=[ResultContent(text=hit.text)],
        )


class StoreResultPage(BaseModel):
    """The results of a search; there is one page."""

    object: Literal["vector_store.search_results.page"] = "vector_store.search_results.page"
    search_query: list[str]
    data: list[StoreResult]
    has_more: Literal[False] = False
    next_page: None = None


class FileCounts(BaseModel):
    """Documents by what became of them; of a collection only those that can be searched are counted."""

    in_progress: int = 0
    completed: int
    failed: int = 0
    cancelled: int = 0
    total: int


class VectorStore(BaseModel):
    """A collection."""

    id: str = Field(description="`all`, or `vs_` and the id of a source")
    object: Literal["vector_store"] = "vector_store"
    created_at: int = Field(
        description="the last change of one of its documents, in seconds since 1970; 0: none"
    )
    last_active_at: int | None = None
    name: str
    status: Literal["completed"] = "completed"
    usage_bytes: int = 0
    file_counts: FileCounts
    metadata: dict[str, str]

    @classmethod
    def of(cls, collection: Collection) -> Self:
        """A collection as a vector store."""
        changed_s = _seconds(collection.updated_at)
        return cls(
            id=store_id_of(collection.collection_id),
            created_at=changed_s,
            last_active_at=changed_s or None,
            name=collection.name,
            file_counts=FileCounts(completed=collection.document_count, total=collection.document_count),
            metadata={
                "embedding_model": collection.embedding_model[:_MAX_ATTRIBUTE_CHARS],
                "passage_count": str(collection.chunk_count),
            },
        )


class FileError(BaseModel):
    """Why a document cannot be searched."""

    code: Literal["invalid_file"] = "invalid_file"
    message: str


class StoreFile(BaseModel):
    """A document."""

    id: str = Field(description="the document's id")
    object: Literal["vector_store.file"] = "vector_store.file"
    created_at: int = Field(description="when the document was indexed last, in seconds since 1970")
    vector_store_id: str
    status: FileStatus
    usage_bytes: int
    last_error: FileError | None = None
    attributes: Attributes

    @classmethod
    def of(cls, record: DocumentRecord, *, store_id: str) -> Self:
        """A document as a file of a store."""
        status = _STATUSES.get(record.state, "in_progress")
        known: dict[str, str | float | bool | None] = {
            "path": record.path,
            "title": record.title,
            "mime_type": record.mime_type,
            "version": record.version,
        }
        return cls(
            id=record.doc_id,
            created_at=_seconds(record.updated_at),
            vector_store_id=store_id,
            status=status,
            usage_bytes=record.size_bytes,
            last_error=FileError(message=record.reason or "") if status == "failed" else None,
            attributes=_attributes(known),
        )


class StoreList(BaseModel):
    """A page of vector stores."""

    object: Literal["list"] = "list"
    data: list[VectorStore]
    first_id: str | None
    last_id: str | None
    has_more: bool


class FileList(BaseModel):
    """A page of files."""

    object: Literal["list"] = "list"
    data: list[StoreFile]
    first_id: str | None
    last_id: str | None
    has_more: bool


def ends_of(rows: Sequence[VectorStore | StoreFile]) -> dict[str, str | None]:
    """The ids of the first and the last one."""
    return {"first_id": rows[0].id if rows else None, "last_id": rows[-1].id if rows else None}


def _attributes(known: dict[str, str | float | bool | None]) -> Attributes:
    """Those that there are, as long as OpenAI's may be."""
    return {
        name: value[:_MAX_ATTRIBUTE_CHARS] if isinstance(value, str) else value
        for name, value in known.items()
        if value not in {None, ""}
    }


def _seconds(moment: datetime | None) -> int:
    return int(moment.timestamp()) if moment else 0

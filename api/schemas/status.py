"""What the service says of itself."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from core.documents import DocumentState, SourceKind
from core.status import KnowledgeBaseStatus


class StatusSource(BaseModel):
    """A place that documents come from."""

    model_config = ConfigDict(from_attributes=True)

    source_id: str
    kind: SourceKind
    root: str


class StatusRun(BaseModel):
    """An ingest run. While `finished_at` is null, `done_count` of `total_count` files are finished."""

    model_config = ConfigDict(from_attributes=True)

    run_id: str
    source_ids: list[str]
    started_at: datetime
    finished_at: datetime | None
    total_count: int
    done_count: int
    chunk_count: int
    failed_count: int
    orchestrator_run_id: str | None
    error: str | None


class Status(BaseModel):
    """The knowledge base at a glance."""

    model_config = ConfigDict(from_attributes=True)

    embedding_model: str
    chunk_count: int
    state_counts: dict[DocumentState, int] = Field(description="states without a document are absent")
    sources: list[StatusSource]
    runs: list[StatusRun] = Field(description="the latest, newest first")

    @classmethod
    def of(cls, status: KnowledgeBaseStatus) -> Self:
        """The wire form of a status."""
        return cls.model_validate(status)


class Alive(BaseModel):
    """The process answers."""

    status: str = "ok"


class DependencyCheck(BaseModel):
    """One dependency's state. `detail` is given to callers who may use the API."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    healthy: bool
    detail: str | None


class Readiness(BaseModel):
    """Whether requests can be served now, and if not, what is down."""

    ready: bool
    checks: list[DependencyCheck]

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


class ServiceFacts(BaseModel):
    """What answers: its version, how many worker processes, and the language model that it asks."""

    version: str
    worker_count: int = Field(description="API processes that share this address and run now")
    language_model: str | None = Field(description="as the settings name it; null: answers are extractive")


class Status(BaseModel):
    """The knowledge base at a glance."""

    model_config = ConfigDict(from_attributes=True)

    embedding_model: str
    chunk_count: int
    state_counts: dict[DocumentState, int] = Field(description="states without a document are absent")
    sources: list[StatusSource]
    runs: list[StatusRun] = Field(description="the latest, newest first")
    rebuild_pending: bool = Field(
        False, description="the settings name another embedding model than the index is of"
    )
    last_sync_at: datetime | None = Field(
        None, description="when the latest of these runs ended without an error"
    )
    service: ServiceFacts | None = None

    @classmethod
    def of(cls, status: KnowledgeBaseStatus, *, service: ServiceFacts | None = None) -> Self:
        """The wire form of a status."""
        ended = [run.finished_at for run in status.runs if run.finished_at and run.error is None]
        extra = {"service": service, "last_sync_at": max(ended, default=None)}
        return cls.model_validate(status).model_copy(update=extra)


class Alive(BaseModel):
    """The process answers."""

    status: str = "ok"


class DependencyCheck(BaseModel):
    """One dependency's state. `detail` is given to callers who may use the API."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    healthy: bool
    required: bool = Field(description="false: without it requests are served, if not as well")
    took_ms: float = Field(description="how long it took to answer")
    detail: str | None


class Readiness(BaseModel):
    """Whether requests can be served now, and if not, what is down."""

    ready: bool
    draining: bool = Field(False, description="the process is about to end: send it nothing more")
    checks: list[DependencyCheck]

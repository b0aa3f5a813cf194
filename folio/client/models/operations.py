"""How the service stands, and what it costs."""

from datetime import datetime

from folio.client.models.base import Record


class StatusSource(Record):
    """A place that documents come from."""

    source_id: str
    kind: str
    root: str


class Run(Record):
    """An ingest run."""

    run_id: str
    source_ids: tuple[str, ...]
    started_at: datetime
    finished_at: datetime | None
    total_count: int
    done_count: int
    chunk_count: int
    failed_count: int
    orchestrator_run_id: str | None
    error: str | None


class Status(Record):
    """The knowledge base at a glance."""

    embedding_model: str
    chunk_count: int
    state_counts: dict[str, int]
    sources: tuple[StatusSource, ...]
    runs: tuple[Run, ...]


class UsageRow(Record):
    """Calls of language models of one group."""

    group: tuple[str, ...]
    call_count: int
    failed_count: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost: float
    unpriced_count: int
    p95_ms: float | None
    p95_first_token_ms: float | None


class UsageList(Record):
    """The groups, dearest first."""

    by: tuple[str, ...]
    currency: str
    data: tuple[UsageRow, ...]


class Readiness(Record):
    """Whether requests can be served now."""

    ready: bool

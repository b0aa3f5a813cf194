"""What the stores hold, counted over all tenants: for the operator's metrics, never for a caller."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class EvaluationSeen:
    """The latest evaluation of what is live on a golden set: whether it was worse than its baseline, and how long ago it was."""

    failed: bool
    age_s: float


@dataclass(frozen=True, slots=True)
class DriftSeen:
    """The last look at what people ask: by signal whether it is not as usual for some tenant, and how long ago it was."""

    alarms: dict[str, bool]
    age_s: float


@dataclass(frozen=True, slots=True)
class Census:
    """Counts of the catalog at one moment; ages in seconds, None where there is nothing that could have one.

    `chunk_count` counts the chunks of indexed documents; `oldest_pending_s` is the age of the document that has waited longest
    to be indexed or deleted, `last_sync_s` the time since the last sync ended without an error. `drift` and `evaluations` are of the
    last 30 days.
    """

    documents: dict[str, int] = field(default_factory=dict)
    chunk_count: int = 0
    jobs: dict[str, int] = field(default_factory=dict)
    oldest_job_s: float | None = None
    webhooks: dict[str, int] = field(default_factory=dict)
    source_count: int = 0
    graph_documents: int = 0
    graph_rows: int = 0
    oldest_pending_s: float | None = None
    last_sync_s: float | None = None
    last_sync_failed_count: int = 0
    drift: DriftSeen | None = None
    evaluations: dict[str, EvaluationSeen] = field(default_factory=dict)

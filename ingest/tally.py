"""What a run has done so far: the numbers behind its progress, its record and its report."""

from collections import Counter
from collections.abc import Mapping

from core import metrics
from core.runs import FileFailure, IngestReport, StageTotals
from ingest.documents import Indexed
from ingest.plan import Progress, SyncPlan
from ingest.preparing import Prepared

STAGES = ("source_manifest", "parsed", "redacted", "chunks", "embeddings", "vector_index")
"""Items are, in this order: files found, characters, findings of personal data, chunks, vectors that were computed, points."""

GRAPH = "graph"
"""A stage of runs that read documents for the graph. Items are rows of evidence."""


class Tally:
    """Counts of one run. Every file of the plan is counted once, by exactly one of the methods."""

    def __init__(self, plan: SyncPlan) -> None:
        self._plan = plan
        self._failures: list[FileFailure] = list(plan.failures)
        self._done = Counter[str]()
        self._documents = Counter[str]()
        self._items = Counter[str]()
        self._seconds: dict[str, float] = dict.fromkeys((*STAGES, GRAPH), 0.0)
        self._redactions = Counter[str]()
        self._token_count = 0
        self._embedded_token_count = 0.0
        found = plan.file_count
        self._stage("source_manifest", found, seconds=plan.seconds, documents=found)

    def indexed(self, kind: str, prepared: Prepared, indexed: Indexed) -> None:
        """A document of the plan became searchable: it was `added`, `modified` or `moved`."""
        seconds: Mapping[str, float] = indexed.stage_seconds
        chunk_count = indexed.record.chunk_count
        self._done[kind] += 1
        metrics.document_processed("indexed")
        self._stage("parsed", prepared.text_chars, seconds=seconds["parsed"])
        self._stage("redacted", sum(prepared.redaction_counts.values()), seconds=seconds["redacted"])
        self._stage("chunks", chunk_count, seconds=seconds["chunks"])
        self._stage("embeddings", indexed.embedded_count, seconds=seconds["embeddings"])
        self._stage("vector_index", chunk_count, seconds=seconds["vector_index"])
        if prepared.evidence:
            row_count = len(prepared.evidence.extraction.rows)
            self._stage(GRAPH, row_count, seconds=seconds[GRAPH])
        self._redactions.update(prepared.redaction_counts)
        self._token_count += indexed.record.token_count
        self._embedded_token_count += (
            indexed.record.token_count * indexed.embedded_count / max(chunk_count, 1)
        )

    def carried(self, indexed: Indexed) -> None:
        """A moved document is searchable at its new path; none of it was computed again."""
        self._done["moved"] += 1
        self._token_count += indexed.record.token_count
        self._stage("vector_index", indexed.record.chunk_count, seconds=indexed.stage_seconds["vector_index"])

    def settled(self) -> None:
        """A file needs nothing any more: another run has indexed it since the plan was made."""
        self._done["settled"] += 1

    def overtaken(self) -> None:
        """A removal is not needed any more: another run has done it, or the file is back."""
        self._done["overtaken"] += 1

    def removed(self) -> None:
        """A deleted file's document is gone."""
        self._done["deleted"] += 1
        metrics.document_processed("deleted")

    def failed(self, path: str, reason: str) -> None:
        """A file of the plan was not indexed, or not removed."""
        self._done["failed"] += 1
        metrics.document_processed("failed")
        self._failures.append(FileFailure(path, reason))

    @property
    def done_count(self) -> int:
        """Finished files of the plan's work."""
        return self._done.total()

    @property
    def chunk_count(self) -> int:
        """Chunks written."""
        return self._items["vector_index"]

    @property
    def failed_count(self) -> int:
        """Everything that is reported as failed."""
        return len(self._failures)

    def progress(self, path: str, *, elapsed_s: float) -> Progress:
        """How far the run is, after the file at `path`."""
        return Progress(
            done_count=self.done_count,
            total_count=self._plan.work_count,
            chunk_count=self.chunk_count,
            failed_count=self.failed_count,
            elapsed_s=elapsed_s,
            current_path=path,
        )

    def report(self, *, seconds: float) -> IngestReport:
        """The outcome."""
        return IngestReport(
            added=self._done["added"],
            modified=self._done["modified"],
            moved=self._done["moved"],
            deleted=self._done["deleted"],
            unchanged=self._plan.unchanged_count + self._done["settled"],
            failed=tuple(self._failures),
            chunk_count=self.chunk_count,
            token_count=self._token_count,
            embedded_token_count=round(self._embedded_token_count),
            seconds=round(seconds, 3),
            stages={name: self._totals(name) for name in (*STAGES, GRAPH) if self._is_shown(name)},
            redaction_counts=dict(sorted(self._redactions.items())),
        )

    def _stage(self, name: str, items: int, *, seconds: float, documents: int = 1) -> None:
        self._documents[name] += documents
        self._items[name] += items
        self._seconds[name] += seconds
        metrics.stage_took(f"ingest_{name}", seconds)

    def _is_shown(self, name: str) -> bool:
        return name in STAGES or self._documents[name] > 0

    def _totals(self, name: str) -> StageTotals:
        return StageTotals(self._documents[name], self._items[name], round(self._seconds[name], 3))

"""What the rooms ask of each other: Protocols of at most six methods. Fakes live in `tests/fakes`."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Protocol

from core.documents import (
    Chunk,
    DocumentRecord,
    DocumentState,
    ParsedDocument,
    RedactedDocument,
    Source,
)
from core.filters import Condition, Visible
from core.inspection import Holding, PointGroup, StoredChunk
from core.jobs import Job, JobOutcome, KeptAnswer, KeyClaim
from core.runs import RunRecord
from core.search import ChunkPoint, Hit, HybridQuery, SparseVector
from core.webhooks import Attempt, Delivery, DeliveryState, Webhook


class Clock(Protocol):
    """Time, as an argument."""

    def now(self) -> datetime:
        """The current time, timezone-aware, in UTC."""

    def monotonic_s(self) -> float:
        """Seconds from an arbitrary start that never go backwards."""


class Parser(Protocol):
    """Turns bytes into Markdown with page breaks. Blocking; call it in a thread."""

    @property
    def fingerprint(self) -> str:
        """Changes when the same bytes would give another text."""

    def parse(self, data: bytes, *, path: str) -> ParsedDocument:
        """The text of one file.

        Of the path, only the suffix may shape the text; the title may also be the file's stem, as it is.

        Raises:
            UnreadableFileError: The file is corrupt, locked, of an unknown type, or gives no text.
        """


class Redactor(Protocol):
    """Takes personal data out of a document. Blocking; call it in a thread."""

    @property
    def fingerprint(self) -> str:
        """Changes when the same text would be redacted differently."""

    def redact(self, document: ParsedDocument) -> RedactedDocument:
        """The document with pseudonyms, and placeholders for secrets, page spans moved along; text, title included."""


class Chunker(Protocol):
    """Cuts a document into chunks along its structure. Blocking; call it in a thread."""

    @property
    def fingerprint(self) -> str:
        """Changes when the same text would be cut differently."""

    def chunk(self, document: ParsedDocument) -> list[Chunk]:
        """The chunks in reading order; never empty for a text with a visible character."""


class Embedder(Protocol):
    """A dense embedding model. Vectors have unit length."""

    @property
    def fingerprint(self) -> str:
        """Names model, dimension and prefixes: vectors of two fingerprints are not comparable."""

    @property
    def dimension(self) -> int:
        """Numbers per vector."""

    async def embed_passages(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """One unit vector per text, in order. Texts beyond the model's window are cut."""

    async def embed_query(self, text: str) -> tuple[float, ...]:
        """The unit vector of one query."""


class SparseEncoder(Protocol):
    """BM25 term weights; the engine adds the inverse document frequency."""

    @property
    def fingerprint(self) -> str:
        """Names tokenizer, stemmer and parameters."""

    def encode_passage(
        self,
        text: str,
        *,
        terms: Sequence[str] = (),
        title: str = "",
        language: str | None = None,
        tenant: str | None = None,
    ) -> SparseVector:
        """Term ids with their saturated frequencies; of `terms` each is one term as it is, beside the words.

        The title, which the text begins with, weighs more; the language is detected where it is not given. Lengths are
        relative to the mean of the tenant's passages, where that was measured.
        """

    def encode_query(self, text: str, *, terms: Sequence[str] = ()) -> SparseVector:
        """Term ids of a query: its words and `terms` with weight 1, what only lifts a passage (a pair of words) with less."""

    def matches(
        self, text: str, query: SparseVector, *, language: str | None = None
    ) -> list[tuple[int, int]]:
        """Where in a passage the words of a query stand: ranges of characters, in order and without overlaps."""


class VectorIndex(Protocol):
    """Chunks as points. A version is written inactive, then made the only active one, then older ones go."""

    async def prepare(self) -> None:
        """Create the collection, its payload indexes and its alias if they are missing."""

    async def write(self, points: Sequence[ChunkPoint]) -> None:
        """Insert or replace points; returns when the store has acknowledged every one."""

    async def activate(self, doc_id: str, *, version: int, chunk_count: int) -> None:
        """Read the version back, make it visible, retire the document's other versions.

        Raises:
            TransientError: Fewer points are stored than `chunk_count`; nothing was changed.
        """

    async def delete_document(self, doc_id: str) -> int:
        """Remove every point of a document; the number of points that were there. Read back: 0 remain."""

    async def count(self, condition: Condition) -> int:
        """How many points meet the condition (exact)."""

    async def search(self, query: HybridQuery) -> list[Hit]:
        """The visible active chunks, dense and BM25 arms fused by reciprocal rank (k=60, ranks from 1), best first."""


class IndexInspector(Protocol):
    """Looks at everything the vector store keeps: every version, visible or not, of every model's collection."""

    async def holdings(self, doc_id: str) -> list[Holding]:
        """What each collection holds of a document, the current collection first."""

    async def census(self) -> list[PointGroup]:
        """All points, counted by collection, document, version and visibility. One pass over the store."""

    def chunks(self, *, limit: int | None = None, with_vectors: bool = False) -> AsyncIterator[StoredChunk]:
        """The stored chunks by point id, at most `limit` of each collection."""


class PassageReader(Protocol):
    """Reads stored chunks without ranking them."""

    async def passages(self, doc_id: str, *, visible: Visible) -> list[Hit]:
        """The visible active chunks of a document in reading order, score 0."""


class PointReader(Protocol):
    """Reads points back as they were written, to use again what has not changed."""

    async def stored(self, doc_id: str) -> list[ChunkPoint]:
        """Every point of a document, of any version, active or not, by version and ordinal."""


class DocumentCatalog(Protocol):
    """The truth about documents. Every write is one transaction."""

    async def get(self, doc_id: str) -> DocumentRecord | None:
        """One document, or None."""

    async def save(self, records: Sequence[DocumentRecord]) -> None:
        """Insert or replace whole records, all or none; `updated_at` is set by the catalog.

        Raises:
            InvalidInputError: A record's source is not registered, or its path belongs to another document.
        """

    async def of_source(self, source_id: str) -> dict[str, DocumentRecord]:
        """All documents of a source that are not deleted by a sync, by path. Deleted-by-request ones are included.

        A record in state DELETED was deleted by request if it has a reason and a content hash: its file may still be
        there, and stays out of the index while it has this hash. A sync that finds a file gone clears the reason.
        """

    async def at_paths(self, source_id: str, paths: Collection[str]) -> dict[str, DocumentRecord]:
        """Like `of_source`, but only the documents at these paths; one that ends with a slash is all below it."""

    async def page(
        self, tenant: str, *, limit: int, after: str | None = None, states: Collection[DocumentState] = ()
    ) -> list[DocumentRecord]:
        """Documents of a tenant by ascending id, from after the id `after`; all states if none is named."""

    async def state_counts(self, tenant: str) -> dict[DocumentState, int]:
        """How many documents stand in each state; states without any are absent."""

    async def artifact_users(self, key: str) -> int:
        """How many documents, of any tenant, refer to an artifact. It may be deleted when none does."""


class DocumentLeases(Protocol):
    """Who works on which document. A lease ends by itself, so that nobody waits for a run that has died.

    Whoever has the lease on `core.generations.GATE` stops all others: they keep and extend what they have, and get no more.
    """

    async def acquire(self, doc_ids: Collection[str], *, owner: str, lease_s: float) -> set[str]:
        """Take or extend leases, from now for `lease_s` seconds; the ids that the owner holds now.

        Another owner's lease is taken over only once it has expired.
        """

    async def release(self, doc_ids: Collection[str], *, owner: str) -> None:
        """Give back the leases that the owner still holds; others stay as they are."""

    async def owners(self) -> set[str]:
        """Everybody who has a lease, expired ones included."""

    async def evict(self, owner: str) -> None:
        """Remove all leases of an owner who is known to be gone."""

    async def busy_count(self) -> int:
        """How many documents somebody has a lease on that has not expired. The gate's is not counted."""


class SourceCatalog(Protocol):
    """The places documents come from, and the runs over them."""

    async def register(self, source: Source) -> None:
        """Insert the source if it is new or was removed; a known one is left as it is."""

    async def update(self, source: Source) -> None:
        """Insert the source, or replace what is said of it.

        Raises:
            InvalidInputError: It belongs to another tenant: its documents would change hands.
        """

    async def remove(self, source_id: str) -> None:
        """Forget a source whose documents are all deleted; their records stay, for receipts. No error if it is unknown.

        Raises:
            InvalidInputError: It still has documents that are not deleted.
        """

    async def sources(self, tenant: str | None = None) -> list[Source]:
        """All sources of a tenant by root; without one, those of all tenants."""

    async def save_run(self, run: RunRecord) -> None:
        """Insert or replace a run's record, progress included."""

    async def runs(self, *, limit: int = 20) -> list[RunRecord]:
        """The latest runs, newest first."""


class ArtifactStore(Protocol):
    """Redacted text by its content hash. Writing the same text twice keeps one copy."""

    async def put(self, text: str) -> str:
        """Store the text; its key."""

    async def get(self, key: str) -> str:
        """The text of a key.

        Raises:
            NotFoundError: No artifact has this key.
        """

    async def delete(self, key: str) -> None:
        """Remove the artifact and what a broken-off write of it may have left; no error if there is nothing."""

    async def exists(self, key: str) -> bool:
        """Whether anything of the artifact is stored, a broken-off write included."""

    async def keys(self, *, before: datetime) -> list[str]:
        """The keys of which something is stored that was last written before an instant, ascending."""


class Cache(Protocol):
    """Bytes that can be computed again. It may forget a value at any time."""

    async def get(self, key: str) -> bytes | None:
        """The value, or None if there is none or it has expired."""

    async def set(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Keep the value for `ttl_s` seconds at most, in place of an earlier one."""

    async def delete(self, key: str) -> None:
        """Forget the value; no error if there is none."""


class JobStore(Protocol):
    """The jobs of all tenants, as those who ask for them see them."""

    async def add(self, job: Job, *, key_hash: str | None = None) -> None:
        """Insert a new job and, in the same transaction, note it for an idempotency key."""

    async def release(self, job_id: str) -> None:
        """Let a queued job begin now, whatever its `available_at` was."""

    async def remove(self, job_id: str) -> None:
        """Take a queued job back; no error if there is none."""

    async def job(self, job_id: str) -> Job | None:
        """One job, or None."""

    async def page(
        self, tenant: str, *, subject: str | None, limit: int, before: str | None = None
    ) -> list[Job]:
        """Jobs of a tenant, of one subject or of all, newest first, from before the id `before`."""


class JobQueue(Protocol):
    """The jobs that are to be done. A job is its owner's until the lease ends; only the owner's writes count."""

    async def claim(self, owner: str, *, limit: int, lease_s: float) -> list[Job]:
        """Make the oldest jobs one's own that may begin, or whose owner's lease has ended; they are running now."""

    async def extend(self, owner: str, *, lease_s: float) -> None:
        """Keep all jobs of the owner, from now for `lease_s` seconds."""

    async def advance(self, owner: str, job_ids: Collection[str], *, progress: float) -> None:
        """Say how far jobs are, from 0 to 1."""

    async def put_back(
        self, owner: str, job_ids: Collection[str], *, delay_s: float = 0.0, counted: bool = True
    ) -> None:
        """Queue jobs again, not to begin before `delay_s` seconds; not `counted`: as if they had not begun."""

    async def finish(self, owner: str, outcomes: Sequence[JobOutcome]) -> None:
        """Record how jobs ended."""

    async def purge(self, before: datetime) -> None:
        """Forget jobs that ended before an instant."""


class IdempotencyKeys(Protocol):
    """Which requests were answered already. Keys are known by their hash only."""

    async def claim(self, key_hash: str, *, request_hash: str, hold_s: float, keep_s: float) -> KeyClaim:
        """Make the key this request's own for `hold_s` seconds, unless it is known since less than `keep_s` seconds."""

    async def answer(self, key_hash: str, answer: KeptAnswer) -> None:
        """Keep the answer to be replayed."""

    async def forget(self, key_hash: str) -> None:
        """Give the key free: the request left nothing behind."""

    async def purge(self, before: datetime) -> None:
        """Forget keys that were claimed before an instant."""


class WebhookStore(Protocol):
    """The subscriptions and what became of the messages to them."""

    async def add(self, webhook: Webhook) -> None:
        """Insert a subscription."""

    async def of_tenant(self, tenant: str) -> list[Webhook]:
        """All subscriptions of a tenant by id."""

    async def webhook(self, webhook_id: str) -> Webhook | None:
        """One subscription, or None."""

    async def remove(self, webhook_id: str) -> None:
        """Remove a subscription and all messages to it."""

    async def deliveries(
        self, webhook_id: str, *, limit: int, before: int | None = None, state: DeliveryState | None = None
    ) -> list[Delivery]:
        """Messages to a subscription, newest first, from before the number `before`."""


class DeliveryQueue(Protocol):
    """The messages that are to be delivered: written with the documents they are about, in the same transaction."""

    async def claim(self, owner: str, *, limit: int, lease_s: float) -> list[Delivery]:
        """Reserve messages that are due; of one document to one webhook only the oldest."""

    async def record(self, owner: str, attempts: Sequence[Attempt]) -> None:
        """Note what came of the tries, and give the messages free."""

    async def give_back(self, owner: str) -> None:
        """Give free what the owner has reserved."""

    async def purge(self, before: datetime) -> None:
        """Forget messages that were delivered or given up before an instant."""

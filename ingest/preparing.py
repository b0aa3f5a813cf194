"""From a file to chunks: read, parse, redact, chunk. A few documents at a time, in threads, in order."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from core.documents import Candidate, Chunk, ParsedDocument, RedactedDocument
from core.errors import (
    DependencyDownError,
    DiskFullError,
    FolioError,
    MissingExtraError,
    PermanentError,
    SettingsError,
    StoreBusyError,
    UnreadableFileError,
)
from core.ports import Clock
from core.pseudonyms import Mention
from core.tracing import stage
from ingest.evidence import ReadEvidence, read_evidence
from ingest.pipeline import Pipeline, Pipelines
from ingest.plan import Change
from ingest.sources.access import AccessLabelError
from ingest.sources.scan import SourceFiles
from ingest.titles import FileName
from ingest.veils import Veils, no_veils

_log = logging.getLogger(__name__)

RUN_ERRORS = (DependencyDownError, StoreBusyError, DiskFullError, SettingsError, MissingExtraError)
"""What no other document could survive either: these end the run, and no file is blamed."""

Admission = Callable[[Change], Awaitable[Change | None]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready to be embedded. `stage_seconds` by stage name; `text_chars` before redaction.

    `redaction` is the fingerprint of the redactor that it went through. `evidence` is what it says of entities; None: nothing
    was to be read, or could be.
    """

    change: Change
    candidate: Candidate
    document: ParsedDocument
    redaction_counts: dict[str, int]
    chunks: tuple[Chunk, ...]
    text_chars: int
    stage_seconds: dict[str, float]
    mentions: tuple[Mention, ...] = ()
    redaction: str = ""
    evidence: ReadEvidence | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A document that could not be indexed.

    `permanent`: trying again cannot help until somebody changes something; `final`: something in these bytes or the
    pipeline. `hides`: who may read it is not known.
    """

    change: Change
    candidate: Candidate
    reason: str
    permanent: bool = False
    final: bool = False
    hides: bool = False


@dataclass(slots=True)
class _Attempt:
    change: Change
    candidate: Candidate
    seconds: dict[str, float] = field(default_factory=dict)


class Preparer:
    """Prepares documents of the sources it was given, at most `worker_count` at once."""

    def __init__(
        self,
        files: Mapping[str, SourceFiles],
        *,
        pipelines: Pipelines,
        clock: Clock,
        veils: Veils | None = None,
    ) -> None:
        """`files` by source id."""
        self._files = files
        self._pipelines = pipelines
        self._clock = clock
        self._veils = veils or no_veils()

    async def all(
        self, changes: Sequence[Change], *, admit: Admission, worker_count: int, queue_count: int
    ) -> AsyncGenerator[Prepared | Failed, None]:
        """The admitted documents in order. At most `queue_count` finished ones wait for the caller.

        `admit` is asked when a document's turn has come: the change as it is now, or None to leave it out.

        Raises:
            FolioError: One of `RUN_ERRORS`.
        """
        workers = asyncio.Semaphore(worker_count)
        ahead: deque[asyncio.Task[Prepared | Failed | None]] = deque()

        async def work(change: Change) -> Prepared | Failed | None:
            async with workers:
                admitted = await admit(change)
                return await asyncio.to_thread(self.prepare, admitted) if admitted else None

        waiting = deque(changes)
        try:
            while waiting or ahead:
                if waiting:
                    ahead.append(asyncio.create_task(work(waiting.popleft())))
                if not waiting or len(ahead) >= worker_count + queue_count:
                    outcome = await ahead.popleft()
                    if outcome:
                        yield outcome
        finally:
            for task in ahead:
                task.cancel()
            await asyncio.gather(*ahead, return_exceptions=True)

    def prepare(self, change: Change) -> Prepared | Failed:
        """One document. Blocking.

        Raises:
            FolioError: One of `RUN_ERRORS`.
        """
        attempt = _Attempt(change, change.candidate)
        try:
            with stage("ingest_prepare"):
                return self._prepared(attempt)
        except RUN_ERRORS:
            raise
        except FolioError as error:
            permanent = isinstance(error, PermanentError)
            hides = isinstance(error, AccessLabelError)
            final = permanent and not hides and attempt.candidate.content_hash is not None
            return Failed(
                change, attempt.candidate, error.detail, permanent=permanent, final=final, hides=hides
            )
        except (OSError, MemoryError) as error:
            return Failed(change, attempt.candidate, _unexpected(error))
        except Exception as error:  # noqa: BLE001 - parsers are foreign code: one bad document must stop nothing
            # Type only: the message of a foreign error may quote the document.
            _log.warning("%s could not be prepared: %s", change.candidate.path, type(error).__name__)
            return Failed(change, attempt.candidate, _unexpected(error), permanent=True, final=True)

    def _prepared(self, attempt: _Attempt) -> Prepared:
        change, started_s = attempt.change, self._clock.monotonic_s()
        pipeline = self._pipelines.of(change.source)
        original = self._files[change.source.source_id].read(change.candidate)
        attempt.candidate = original.candidate
        name = FileName.of(attempt.candidate, self._veils.of(change.source))
        parsed = original.parsed or pipeline.parser.parse(original.data, path=name.clear)
        parsed = pipeline.screened(pipeline.in_language(parsed))
        readable = name.readable(parsed)
        started_s = self._stop(attempt, "parsed", started_s)
        redacted = name.kept_out(pipeline.redactor.redact(readable), is_title=readable is not parsed)
        started_s = self._stop(attempt, "redacted", started_s)
        chunks = tuple(pipeline.chunker.chunk(redacted.document))
        started_s = self._stop(attempt, "chunks", started_s)
        if not chunks:
            raise UnreadableFileError("the file gives no text")
        evidence = self._evidence(pipeline, redacted, chunks)
        self._stop(attempt, "graph", started_s)
        return Prepared(
            change=change,
            candidate=attempt.candidate,
            document=redacted.document,
            redaction_counts={**redacted.redaction_counts, **parsed.screening_counts},
            chunks=chunks,
            text_chars=len(parsed.text),
            stage_seconds=attempt.seconds,
            mentions=redacted.mentions,
            redaction=pipeline.redactor.fingerprint,
            evidence=evidence,
        )

    def _evidence(
        self, pipeline: Pipeline, redacted: RedactedDocument, chunks: Sequence[Chunk]
    ) -> ReadEvidence | None:
        if pipeline.extractor is None:
            return None
        return read_evidence(pipeline.extractor, redacted.document, chunks=chunks, names=redacted.names)

    def _stop(self, attempt: _Attempt, stage: str, started_s: float) -> float:
        now_s = self._clock.monotonic_s()
        attempt.seconds[stage] = now_s - started_s
        return now_s


def _unexpected(error: BaseException) -> str:
    return f"unexpected {type(error).__name__} while the file was prepared"

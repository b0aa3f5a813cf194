"""Does jobs: takes them under a lease, indexes their files together, says what became of each."""

import asyncio
import hashlib
import logging
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

from core.clock import SystemClock
from core.documents import DocumentRecord
from core.errors import FolioError, NotFoundError
from core.jobs import Job, JobKind, JobOutcome
from core.metrics import job_ended
from core.ports import JobQueue
from core.service_settings import ApiSettings
from core.tracing import work
from folio import jobs
from ingest.plan import Progress

_LOG = logging.getLogger(__name__)


class Indexer(Protocol):
    """What a worker needs of the knowledge base."""

    async def index_uploads(
        self, paths: Sequence[Path], *, tenant: str | None = None, on_progress: "OnProgress | None" = None
    ) -> None:
        """Index files that are in the upload area of a tenant, together."""

    async def retry_document(self, doc_id: str) -> None:
        """Index one document anew, wherever it comes from. A failure is in its record.

        Raises:
            NotFoundError: Its source is not there any more.
        """

    async def document(self, doc_id: str, *, tenant: str | None = None) -> DocumentRecord:
        """One document of a tenant.

        Raises:
            NotFoundError: There is none.
        """


class OnProgress(Protocol):
    """Is told of every file that is done with."""

    def __call__(self, progress: Progress, /) -> None:
        """One more file."""


class JobWorker:
    """One worker. Several, in one process or in many, never have the same job at the same time."""

    def __init__(
        self,
        indexer: Indexer,
        queue: JobQueue,
        *,
        file_of: Callable[[Job], Path],
        settings: ApiSettings,
        bell: jobs.Bell,
    ) -> None:
        """`file_of` tells where the file of a job is, or will be, in its tenant's upload area. It may block."""
        self._indexer = indexer
        self._queue = queue
        self._file = file_of
        self._settings = settings
        self._bell = bell
        self._owner = jobs.new_owner()
        self._held: dict[str, Job] = {}

    async def run_once(self) -> int:
        """Do the jobs that wait, a batch of them; how many were taken. Cancelled, it gives them back.

        Raises:
            FolioError: The catalog does not answer.
        """
        settings = self._settings
        taken = await self._queue.claim(
            self._owner, limit=settings.job_batch_count, lease_s=settings.job_lease_s
        )
        self._held = {job.job_id: job for job in taken}
        if taken:
            self._bell.ring()
            async with self._kept():
                await self._do_all(taken)
        return len(taken)

    async def _do_all(self, taken: Sequence[Job]) -> None:
        spent = [job for job in taken if job.attempt_count > self._settings.job_attempt_count]
        await self._finish([jobs.unfinished(job) for job in spent])
        for batch in jobs.batches([job for job in taken if job not in spent]):
            with work("job", *(job.job_id for job in batch)):
                await self._do(batch)

    async def _do(self, batch: Sequence[Job]) -> None:
        try:
            await self._index(batch)
            await self._settle(batch)
        except FolioError as error:
            await self._put_off([job for job in batch if job.job_id in self._held], error)
        except Exception as error:  # noqa: BLE001 - a process boundary: a bug in one job must not end all others
            self._log_bug(batch, error)
            await self._finish([jobs.broken(job) for job in batch if job.job_id in self._held])

    async def _index(self, batch: Sequence[Job]) -> None:
        if batch[0].kind is JobKind.RETRY:
            await self._indexer.retry_document(batch[0].doc_id)
            return
        found = [await asyncio.to_thread(self._file, job) for job in batch]
        files = list(dict.fromkeys(found))
        present = [file for file in files if await asyncio.to_thread(file.is_file)]
        if not present:
            return
        done: asyncio.Queue[str | None] = asyncio.Queue()
        settling = asyncio.create_task(self._settle_each(batch, done))
        try:
            await self._indexer.index_uploads(
                present,
                tenant=batch[0].tenant,
                on_progress=lambda progress: done.put_nowait(progress.current_path),
            )
        finally:
            # Not cancelled: it may be writing to the catalog.
            done.put_nowait(None)
            await asyncio.gather(settling, return_exceptions=True)

    async def _settle_each(self, batch: Sequence[Job], done: asyncio.Queue[str | None]) -> None:
        """Nobody waits for the other files of the batch."""
        paths = {job.path for job in batch}
        finished: set[str] = set()
        while path := await done.get():
            finished.add(path)
            await self._settle([job for job in batch if job.path == path], last=False)
            left = [job.job_id for job in batch if job.job_id in self._held]
            if left:
                await self._queue.advance(self._owner, left, progress=len(finished & paths) / len(paths))
                self._bell.ring()

    async def _settle(self, batch: Sequence[Job], *, last: bool = True) -> None:
        """Record what became of the jobs; if this was the last look, those still open are begun again later."""
        waiting = [job for job in batch if job.job_id in self._held]
        found = [(job, await self._outcome(job)) for job in waiting]
        await self._finish([ended for _, ended in found if ended])
        if last:
            await self._put_off([job for job, ended in found if not ended], None)

    async def _outcome(self, job: Job) -> JobOutcome | None:
        try:
            record = await self._indexer.document(job.doc_id, tenant=job.tenant)
        except NotFoundError:
            record = None
        if job.kind is JobKind.RETRY:
            return jobs.retried(job, record)
        return jobs.outcome(job, record, file_hash=await asyncio.to_thread(self._hash, job))

    async def _put_off(self, batch: Sequence[Job], error: FolioError | None) -> None:
        spent = [job for job in batch if job.attempt_count >= self._settings.job_attempt_count]
        await self._finish([jobs.gave_up(job, error) if error else jobs.unfinished(job) for job in spent])
        for job in batch:
            if job not in spent:
                delay_s = jobs.pause_s(job.attempt_count)
                await self._queue.put_back(self._owner, [job.job_id], delay_s=delay_s)
                self._held.pop(job.job_id, None)
        self._bell.ring()

    async def _finish(self, outcomes: Sequence[JobOutcome]) -> None:
        if outcomes:
            await self._queue.finish(self._owner, outcomes)
            for ended in outcomes:
                job = self._held.pop(ended.job_id, None)
                if job is not None:
                    job_ended((SystemClock().now() - job.created_at).total_seconds())
            self._bell.ring()

    @asynccontextmanager
    async def _kept(self) -> AsyncIterator[None]:
        """Keep the leases alive; give back what is not done, as if it had not been begun."""
        stop = asyncio.Event()
        beating = asyncio.create_task(self._beat(stop))
        try:
            yield
        finally:
            stop.set()
            await beating
            if self._held:
                await self._queue.put_back(self._owner, list(self._held), counted=False)
                self._held = {}

    async def _beat(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(self._settings.job_lease_s / 3):
                    await stop.wait()
                    return
            try:
                await self._queue.extend(self._owner, lease_s=self._settings.job_lease_s)
            except FolioError as error:
                _LOG.warning("the leases of jobs could not be extended: %s", error.detail)

    def _hash(self, job: Job) -> str | None:
        return _hash(self._file(job))

    def _log_bug(self, batch: Sequence[Job], error: Exception) -> None:
        # Without the message and the chained errors: they can hold a document's words.
        where = "".join(traceback.format_tb(error.__traceback__))
        names = ", ".join(job.job_id for job in batch)
        _LOG.error("jobs %s: unexpected %s\n%s", names, type(error).__name__, where)


def _hash(file: Path) -> str | None:
    """The SHA-256 of a file, read in pieces; None if it is gone."""
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None

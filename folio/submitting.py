"""From a received upload to its job: scanned, noted, put in its place; or as if it had never been sent."""

import hashlib
import json
from dataclasses import dataclass

from core.access import Principal
from core.config import Settings
from core.errors import InvalidInputError, PermanentError, TransientError
from core.jobs import Job, KeyClaim
from core.ports import Clock
from core.tracing import link_to
from folio import uploads
from folio.drafts import Draft
from folio.jobs import Bell, Upload, new_job
from folio.scanning import scan
from folio.stores import ServiceStores
from folio.veils import veil_of_uploads
from ingest.pii.file_names import Veil

KEEP_KEYS_S = 24 * 3600.0
"""How long an idempotency key is known."""

_MAX_KEY_CHARS = 255


class ChecksumMismatchError(PermanentError):
    """The bytes that arrived are not those that the sender's checksum names."""

    status = 422
    code = "checksum_mismatch"


class KeyReusedError(PermanentError):
    """An idempotency key was used before for another request."""

    status = 422
    code = "idempotency_key_reused"


class InFlightError(TransientError):
    """A request with the same idempotency key is being worked on."""

    status = 409
    code = "request_in_flight"


@dataclass(frozen=True, slots=True)
class UploadDesk:
    """Takes uploads in."""

    settings: Settings
    stores: ServiceStores
    clock: Clock
    bell: Bell

    async def claim(self, key_hash: str, upload: Upload) -> KeyClaim:
        """Make an idempotency key this upload's own; otherwise what is to be replayed.

        Raises:
            KeyReusedError: The key was used for another upload.
            InFlightError: The upload with this key is being worked on.
        """
        api = self.settings.api
        hold_s = api.max_wait_s + api.scan_timeout_s + 60.0
        claim = await self.stores.keys.claim(
            key_hash,
            request_hash=_request_hash(upload, path=self._stored_path(upload)),
            hold_s=hold_s,
            keep_s=KEEP_KEYS_S,
        )
        if not claim.same_request:
            raise KeyReusedError(
                "this Idempotency-Key was used for another upload: use a new key for each upload"
            )
        if not claim.ours and claim.answer is None and claim.job_id is None:
            raise InFlightError("the upload with this Idempotency-Key is being worked on: ask again later")
        return claim

    async def submit(self, draft: Draft, upload: Upload, *, key_hash: str | None = None) -> Job:
        """The job of an upload whose file is in its place now. After an error nothing of it is left.

        Raises:
            InfectedUploadError: The virus scanner says so.
            FolioError: The scanner, the catalog or the disk does not take it.
        """
        api = self.settings.api
        await scan(api.scan_command, draft.path, timeout_s=api.scan_timeout_s)
        job = new_job(upload, now=self.clock.now(), path=self._stored_path(upload))
        # The job comes first, and waits: whenever the process is killed, what is in the folder has a job, and a
        # job without its file says so.
        link_to("job", job.job_id)
        await self.stores.jobs.add(job, key_hash=key_hash)
        try:
            home = uploads.home_of(self.settings, upload.tenant)
            target = uploads.file(home, name=upload.path, veil=self._veil(upload.tenant))
            await uploads.place(draft, target)
        except BaseException:
            await self.stores.jobs.remove(job.job_id)
            raise
        await self.stores.jobs.release(job.job_id)
        self.bell.ring()
        return job

    def _veil(self, tenant: str) -> Veil | None:
        return veil_of_uploads(self.settings, tenant)

    def _stored_path(self, upload: Upload) -> str:
        veil = self._veil(upload.tenant)
        return veil.path(upload.path) if veil else upload.path

    async def ended(self, job: Job, *, wait_s: float) -> Job:
        """The job when it has ended, or as it is after `wait_s` seconds."""
        deadline_s = self.clock.monotonic_s() + wait_s
        while True:
            news = self.bell.listen()
            fresh = await self.stores.jobs.job(job.job_id) or job
            left_s = deadline_s - self.clock.monotonic_s()
            if fresh.state.finished or left_s <= 0:
                return fresh
            await self.bell.wait(news, timeout_s=min(left_s, self.settings.api.job_poll_s))


def key_hash(key: str, principal: Principal) -> str:
    """An idempotency key as it is kept: nobody meets the key of another.

    Raises:
        InvalidInputError: It is empty, too long, or not printable ASCII.
    """
    if not 0 < len(key) <= _MAX_KEY_CHARS or not key.isascii() or not key.isprintable():
        raise InvalidInputError(f"an Idempotency-Key has 1 to {_MAX_KEY_CHARS} printable ASCII characters")
    return hashlib.sha256(json.dumps([principal.tenant, principal.subject, key]).encode()).hexdigest()


def _request_hash(upload: Upload, *, path: str) -> str:
    return hashlib.sha256(json.dumps([path, upload.content_hash]).encode()).hexdigest()

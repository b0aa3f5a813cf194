"""What a request says about the file that it uploads: how long it waits, its key, and its checksums."""

import base64
import binascii
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Header, Query, Request, UploadFile
from pydantic.json_schema import SkipJsonSchema

from api.limits import too_large_upload
from core.config import Settings
from core.errors import InvalidInputError, TooLargeError
from folio import uploads
from folio.drafts import Draft
from folio.submitting import ChecksumMismatchError

_PREFERRED_WAIT = re.compile(r"(?:^|[,;])\s*wait\s*=\s*([0-9]{1,5})\s*(?:$|[,;])", re.IGNORECASE)
_SHA256 = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]*):")
_HEX_SHA256 = r"^[0-9A-Fa-f]{64}$"
# A field of a form may be left out, but there is no null to be written there.
_Absent = SkipJsonSchema[None]


@dataclass(frozen=True, slots=True)
class UploadOptions:
    """As the request states them. `body_digest` is of the request's whole body, `checksum` of the file, in hex."""

    wait_s: float
    key: str | None
    body_digest: bytes | None
    checksum: str | None


def upload_options(
    wait: Annotated[
        float | None, Query(ge=0, le=86_400, description="seconds to wait for the document")
    ] = None,
    prefer: Annotated[str | None, Header(description="`wait=N` (RFC 7240) does the same")] = None,
    idempotency_key: Annotated[
        str | None,
        Header(description="the same upload sent again with it gets the same answer, for 24 hours"),
    ] = None,
    content_digest: Annotated[
        str | None,
        Header(description="`sha-256=:...:` (RFC 9530), of the whole body; a part may have its own"),
    ] = None,
    checksum: Annotated[
        str | _Absent,
        Form(description="SHA-256 of the file, in hex", json_schema_extra={"pattern": _HEX_SHA256}),
    ] = None,
) -> UploadOptions:
    """The options of a request.

    Raises:
        InvalidInputError: A checksum cannot be read.
    """
    if checksum is not None and not re.fullmatch(_HEX_SHA256, checksum):
        raise InvalidInputError("`checksum` is the SHA-256 of the file: 64 hexadecimal digits")
    preferred = _PREFERRED_WAIT.search(prefer or "")
    wait_s = wait if wait is not None else float(preferred.group(1)) if preferred else 0.0
    return UploadOptions(
        wait_s, idempotency_key, _sha256_of(content_digest), checksum.lower() if checksum else None
    )


@asynccontextmanager
async def received(
    request: Request, file: UploadFile, options: UploadOptions, settings: Settings, *, tenant: str
) -> AsyncIterator[Draft]:
    """The uploaded file, written to the tenant's upload area under a hidden name and compared with its checksums.

    Raises:
        TooLargeError: It is over `api.max_upload_bytes`.
        ChecksumMismatchError: It is not what a checksum says.
        DiskFullError: There is no space for it.
    """
    limit = settings.api.max_upload_bytes
    if (file.size or 0) > limit:
        raise TooLargeError(too_large_upload(limit))
    _check_body(request, options)
    async with Draft.begun(uploads.folder(uploads.home_of(settings, tenant))) as draft:
        await draft.copy(file.file, max_bytes=limit, too_large=too_large_upload(limit))
        _check_file(draft, file, options)
        yield draft


def _check_body(request: Request, options: UploadOptions) -> None:
    if options.body_digest is not None and request.state.body_sha256.digest() != options.body_digest:
        raise _mismatch("the request's body", "its Content-Digest")


def _check_file(draft: Draft, file: UploadFile, options: UploadOptions) -> None:
    if options.checksum not in {None, draft.sha256}:
        raise _mismatch("the file", "`checksum`")
    expected = _sha256_of(file.headers.get("content-digest"))
    if expected is not None and expected.hex() != draft.sha256:
        raise _mismatch("the file", "the Content-Digest of its part")


def _mismatch(what: str, named: str) -> ChecksumMismatchError:
    return ChecksumMismatchError(f"{what} is not what {named} says: it was not kept, send it again")


def _sha256_of(content_digest: str | None) -> bytes | None:
    """The SHA-256 in a Content-Digest field; None if the field is absent or has other algorithms only.

    Raises:
        InvalidInputError: It cannot be read.
    """
    if content_digest is None or "sha-256" not in content_digest:
        return None
    found = _SHA256.search(content_digest)
    try:
        return base64.b64decode(found.group(1), validate=True) if found else _unreadable()
    except binascii.Error:
        return _unreadable()


def _unreadable() -> bytes:
    raise InvalidInputError("Content-Digest is `sha-256=:` and the digest in Base64 and `:`")

"""Conditional requests (RFC 9110): strong ETags, `If-None-Match` on reading, `If-Match` on changing."""

import hashlib
from collections.abc import Sequence
from typing import Annotated

import orjson
from fastapi import Header, Request, Response
from pydantic import BaseModel

from core.documents import DocumentRecord
from core.errors import PermanentError

_DIGITS = 32
_MAX_TAGS = 100


IfMatchHeader = Annotated[
    str | None,
    Header(alias="If-Match", description="the ETag that was read: 412 if the resource has changed since"),
]
"""Declares the header for the documentation; `check_unchanged` reads it."""


class PreconditionFailedError(PermanentError):
    """What a request wanted to change is not as it expected."""

    status = 412
    code = "precondition_failed"


class NotModifiedError(Exception):
    """What was asked for is as the caller has it. It becomes a 304."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


def tag_of(body: BaseModel, *, without: Sequence[str] = ()) -> str:
    """The ETag of a resource that is all in its body: it changes when anything in it does."""
    said = body.model_dump(mode="json", exclude=set(without))
    return _tag(orjson.dumps(said, option=orjson.OPT_SORT_KEYS))


def tag_of_document(record: DocumentRecord, *, part: str = "") -> str:
    """The ETag of a document, or of a part of it: it changes with its version, its state and every write of its record."""
    at = record.updated_at.isoformat() if record.updated_at else ""
    return _tag(orjson.dumps([part, record.doc_id, record.version, record.state, record.artifact_key, at]))


def tag_of_revision(name: str, revision: int) -> str:
    """The ETag of a resource that counts its changes."""
    return _tag(orjson.dumps([name, revision]))


def answer_if_changed(request: Request, response: Response, tag: str) -> None:
    """Name the ETag of the answer, unless the caller has it already.

    Raises:
        NotModifiedError: `If-None-Match` names it.
    """
    response.headers["ETag"] = tag
    given = request.headers.get("if-none-match")
    # Weak comparison, as the standard has it for reading.
    if given is not None and _names(given.replace("W/", ""), tag):
        raise NotModifiedError(tag)


def check_unchanged(request: Request, tag: str | None) -> None:
    """Go on if the resource, whose ETag is `tag` (None: there is none yet), is as the request expects it.

    Raises:
        PreconditionFailedError: `If-Match` names another state of it, or `If-None-Match: *` wants that there is none.
    """
    wanted, unwanted = request.headers.get("if-match"), request.headers.get("if-none-match")
    if wanted is not None and (tag is None or not _names(wanted, tag)):
        raise PreconditionFailedError(
            "this has changed since you read it: read it again, and send its ETag in If-Match"
        )
    if unwanted is not None and tag is not None and _names(unwanted, tag):
        raise PreconditionFailedError("this exists already, and If-None-Match says that it must not")


def _tag(said: bytes) -> str:
    return f'"{hashlib.sha256(said).hexdigest()[:_DIGITS]}"'


def _names(header: str, tag: str) -> bool:
    """Whether a list of ETags has this one; `*` names any."""
    return header.strip() == "*" or tag in {part.strip() for part in header.split(",", _MAX_TAGS)}

"""Conversations."""

import json
from typing import Any

from folio.client.calls.building import fetched, keyed, part, posted, removed
from folio.client.errors import UnexpectedReplyError
from folio.client.flows import Call
from folio.client.models.base import Page
from folio.client.models.sessions import Fact, Session, SessionDetail
from folio.client.wire import Reply, Request, given


def create_session(*, idempotency_key: str | None = None) -> Call[Session]:
    """Begin a conversation; pass its id as `session_id` to `answer`."""
    return posted("/v1/sessions", Session, {}, headers=keyed(idempotency_key))


def list_sessions(*, limit: int = 50, cursor: str | None = None) -> Call[Page[Session]]:
    """A page of the caller's conversations, newest first; `sessions` goes through all pages."""
    return fetched("/v1/sessions", Page[Session], given(limit=limit, cursor=cursor))


def session(session_id: str, *, limit: int = 100, cursor: int | None = None) -> Call[SessionDetail]:
    """A conversation with a page of its turns, oldest first."""
    return fetched(f"/v1/sessions/{part(session_id)}", SessionDetail, given(limit=limit, cursor=cursor))


def export_session(session_id: str) -> Call[dict[str, Any]]:
    """All that is kept of a conversation."""
    return Call(Request("GET", f"/v1/sessions/{part(session_id)}/export"), _object)


def delete_session(session_id: str) -> Call[None]:
    """Forget a conversation and all that belongs to it."""
    return removed(f"/v1/sessions/{part(session_id)}")


def add_fact(session_id: str, text: str, *, idempotency_key: str | None = None) -> Call[Fact]:
    """Tell something that helps to understand questions. It is never a source."""
    path = f"/v1/sessions/{part(session_id)}/facts"
    return posted(path, Fact, {"text": text}, headers=keyed(idempotency_key))


def remove_fact(session_id: str, fact_id: str) -> Call[None]:
    """Take back something that was told."""
    return removed(f"/v1/sessions/{part(session_id)}/facts/{part(fact_id)}")


def _object(reply: Reply) -> dict[str, Any]:
    try:
        found = json.loads(reply.content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise UnexpectedReplyError("the reply is no JSON object")
    return found

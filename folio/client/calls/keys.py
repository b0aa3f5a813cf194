"""API keys, and who calls."""

from collections.abc import Sequence
from datetime import datetime

from folio.client.calls.building import fetched, keyed, part, posted, reading, removed
from folio.client.flows import Call
from folio.client.models.base import Page
from folio.client.models.keys import ApiKey, Caller, NewApiKey
from folio.client.wire import Request, given


def me() -> Call[Caller]:
    """Who the caller is, and what it may."""
    return fetched("/v1/me", Caller)


def create_key(  # noqa: PLR0913 - each is an option of its own
    name: str,
    *,
    scopes: Sequence[str] = (),
    clearance: str | None = None,
    groups: Sequence[str] = (),
    subject: str | None = None,
    expires_at: datetime | None = None,
    idempotency_key: str | None = None,
) -> Call[NewApiKey]:
    """Make a key with at most the caller's rights; its secret is shown this once.

    Args:
        name: For people: what uses it.
        scopes: What it may do, as `read`.
        clearance: Tier up to which it may read; default: public.
        groups: Groups that it reads with.
        subject: Whose it is; default: a subject of its own.
        expires_at: When it stops working, with a zone.
        idempotency_key: Default: a new one, for the tries of this call. A second try of what was done is a ConflictError: the
            secret is kept nowhere, so it cannot be shown again.
    """
    body = given(
        name=name,
        scopes=list(scopes),
        clearance=clearance,
        groups=list(groups),
        subject=subject,
        expires_at=expires_at.isoformat() if expires_at else None,
    )
    return posted("/v1/keys", NewApiKey, body, headers=keyed(idempotency_key))


def list_keys(*, limit: int = 50, cursor: str | None = None) -> Call[Page[ApiKey]]:
    """A page of the tenant's keys, newest first; `keys` goes through all pages."""
    return fetched("/v1/keys", Page[ApiKey], given(limit=limit, cursor=cursor))


def key(key_id: str) -> Call[ApiKey]:
    """One key."""
    return fetched(f"/v1/keys/{part(key_id)}", ApiKey)


def change_key(key_id: str, *, name: str | None = None, expires_at: datetime | None = None) -> Call[ApiKey]:
    """Give a key another name or another end."""
    body = given(name=name, expires_at=expires_at.isoformat() if expires_at else None)
    return Call(Request("PATCH", f"/v1/keys/{part(key_id)}", body=body), reading(ApiKey))


def rotate_key(key_id: str, *, grace_s: float | None = None) -> Call[NewApiKey]:
    """Give a key a new secret; the old one works for `grace_s` more."""
    path = f"/v1/keys/{part(key_id)}/rotate"
    return posted(path, NewApiKey, given(grace_s=grace_s), headers=keyed(None))


def revoke_key(key_id: str) -> Call[None]:
    """End a key."""
    return removed(f"/v1/keys/{part(key_id)}")

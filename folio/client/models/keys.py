"""Who calls, and with which keys."""

from datetime import datetime

from pydantic import Field

from folio.client.models.base import Record


class Caller(Record):
    """Who the caller is, and what it may."""

    tenant: str
    subject: str
    credential: str
    clearance: str
    groups: tuple[str, ...]
    scopes: tuple[str, ...]
    priority: int


class ApiKey(Record):
    """An API key, without its secret."""

    id: str
    name: str
    subject: str
    clearance: str
    groups: tuple[str, ...]
    scopes: tuple[str, ...]
    priority: int
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class NewApiKey(ApiKey):
    """A key that was just made or rotated. `key` is shown this once."""

    key: str = Field(repr=False)

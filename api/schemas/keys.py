"""API keys over HTTP."""

from datetime import UTC, datetime
from typing import Annotated, Self, cast

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from api.schemas.documents import TierName
from api.schemas.numbers import WHOLE
from core.access import Principal, Tier
from core.api_keys import ApiKey
from core.callers import Caller
from core.scopes import Scope
from folio.api_keys import KeyDraft

_MAX_GROUPS = 256
_LAST_PRIORITY = 9

KeyName = Annotated[str, Field(min_length=1, max_length=100, description="for people: what uses it")]
_Group = Annotated[str, Field(min_length=1, max_length=200)]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is beyond the years that there are") from None


_Expiry = Annotated[
    Annotated[AwareDatetime, AfterValidator(_in_utc)] | None,
    Field(description="when it stops working, with a zone"),
]


class KeyRequest(BaseModel):
    """A key to make. Its rights can be at most the caller's; what is not said is denied."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "intranet search",
                    "scopes": ["read"],
                    "clearance": "internal",
                    "groups": ["staff"],
                    "expires_at": "2030-01-01T00:00:00Z",
                }
            ]
        },
    )

    name: KeyName
    scopes: Annotated[tuple[Scope, ...], Field(max_length=len(Scope), description="what it may do")] = ()
    subject: Annotated[
        str | None,
        Field(
            pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@+:|=-]{0,127}$",
            description="whose it is: sessions and jobs belong to it; absent: a subject of the key's own",
        ),
    ] = None
    clearance: Annotated[TierName, Field(description="tier up to which it may read")] = "public"
    groups: Annotated[tuple[_Group, ...], Field(max_length=_MAX_GROUPS)] = ()
    priority: Annotated[
        int, Field(ge=0, le=_LAST_PRIORITY, description="under load a lower one goes first"), WHOLE
    ] = 1
    expires_at: _Expiry = None

    def draft(self, tenant: str) -> KeyDraft:
        """The key to make in a tenant."""
        who = Principal(
            tenant,
            self.subject or "",
            Tier.parse(self.clearance),
            frozenset(self.groups),
            frozenset(self.scopes),
        )
        return KeyDraft(self.name, who, self.priority, self.expires_at)


class KeyChange(BaseModel):
    """What to change of a key; what is absent stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "old intranet"}]})

    name: KeyName | None = None
    expires_at: _Expiry = None


class RotationRequest(BaseModel):
    """How to rotate."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"grace_s": 3600}]})

    grace_s: Annotated[
        float | None,
        Field(
            strict=True,
            ge=0,
            le=30 * 86_400,
            description="how long the secret before goes on working; absent: keys.rotation_grace_s",
        ),
    ] = None


class KeyBody(BaseModel):
    """A key, without its secret."""

    id: str
    name: str
    subject: str
    clearance: TierName
    groups: list[str]
    scopes: list[str]
    priority: int
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="to the minute")
    revoked_at: datetime | None
    former_works_until: datetime | None = Field(description="how long the secret before a rotation works")

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """The wire form of a key."""
        who = key.principal
        return cls(
            id=key.key_id,
            name=key.name,
            subject=who.subject,
            clearance=cast("TierName", who.clearance.label),
            groups=sorted(who.groups),
            scopes=sorted(who.scopes),
            priority=key.priority,
            created_at=key.created_at,
            created_by=key.created_by,
            expires_at=key.expires_at,
            last_used_at=key.last_used_at,
            revoked_at=key.revoked_at,
            former_works_until=key.former_until,
        )


class NewKeyBody(KeyBody):
    """A key that was just made or rotated."""

    key: str = Field(description="the whole key, for `Authorization: Bearer`; shown this once")


class KeyPage(BaseModel):
    """One page of keys, newest first; revoked and expired ones too."""

    data: list[KeyBody]
    next_cursor: str | None = Field(description="pass it as `cursor` for the next page; null on the last")
    has_more: bool


class CallerBody(BaseModel):
    """Who the caller is, and what it may."""

    tenant: str
    subject: str
    service: str | None = Field(description="the service that asks on behalf of the subject, if one does")
    credential: str = Field(description="`local`, `token`, `key:` and its id, or `jwt:` and a hash")
    clearance: TierName
    groups: list[str]
    scopes: list[str]
    priority: int

    @classmethod
    def of(cls, caller: Caller) -> Self:
        """The wire form of a caller."""
        who = caller.principal
        return cls(
            tenant=who.tenant,
            subject=who.subject,
            service=caller.service,
            credential=caller.credential,
            clearance=cast("TierName", who.clearance.label),
            groups=sorted(who.groups),
            scopes=sorted(who.scopes),
            priority=caller.priority,
        )

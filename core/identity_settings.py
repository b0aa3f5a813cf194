"""The sections of the settings tree about who may call the API."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from core.access import Tier
from core.scopes import Scope
from core.sections import Section, TierSetting

# Only algorithms whose keys the provider alone can sign with: with HS256 whoever can check a token could make one.
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_ClaimName = Annotated[str, Field(min_length=1, max_length=200)]


class KeySettings(Section):
    """API keys."""

    max_count: int = Field(1000, ge=0, le=100_000, description="most API keys of a tenant that are in use")
    refresh_s: float = Field(
        2.0,
        ge=0,
        le=60,
        description="how long a process goes by what it has read of a key: revocation takes so long",
    )
    remember_s: float = Field(
        300.0, ge=0, le=3600, description="how long a key that was compared is not compared again"
    )
    max_lifetime_s: float = Field(
        0.0, ge=0, le=3650 * 86_400.0, description="how long a new key works at most; 0: no limit"
    )
    rotation_grace_s: float = Field(
        86_400.0, ge=0, le=30 * 86_400.0, description="how long the old secret works after a rotation"
    )
    max_rotation_grace_s: float = Field(
        7 * 86_400.0, ge=0, le=30 * 86_400.0, description="how long a rotation may ask the old secret to work"
    )
    retention_s: float = Field(
        90 * 86_400.0,
        ge=0,
        le=3650 * 86_400.0,
        description="how long a key is listed after it was revoked or has expired",
    )
    hash_memory_kib: int = Field(
        19_456, ge=1024, le=1_048_576, description="memory that comparing a key takes (argon2id), in KiB"
    )


class OidcSettings(Section):
    """Tokens of an OpenID Connect provider (JWT, bearer). What a token does not say is denied."""

    issuer: str | None = Field(
        None, description="the provider, as `iss` names it; empty: no such token is taken"
    )
    audience: str | None = Field(
        None, min_length=1, description="what `aud` must hold; needed where an issuer is set"
    )
    jwks_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s]+$",
        description="where the provider's keys are; empty: asked of the issuer (discovery)",
    )
    algorithms: tuple[Algorithm, ...] = Field(
        ("RS256", "ES256"), min_length=1, description="signatures that are taken, as a JSON list"
    )
    leeway_s: float = Field(30.0, ge=0, le=300, description="how far the provider's clock may be off")
    subject_claim: _ClaimName = Field("sub", description="claim that names the user or the service")
    tenant_claim: _ClaimName | None = Field(None, description="claim that names the tenant")
    tenant: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9_.-]{1,64}$",
        description="tenant of tokens that name none; empty: they are refused",
    )
    clearance_claim: _ClaimName | None = Field(None, description="claim that names the tier that may be read")
    clearance: TierSetting = Field(Tier.PUBLIC, description="tier of tokens that name none that is known")
    clearances: dict[str, TierSetting] = Field(
        {}, description="what values of the claim mean, as a JSON object; empty: tiers by their own names"
    )
    groups_claim: _ClaimName | None = Field(
        "groups", description="claim that lists the groups; a dot leads into an object"
    )
    scopes_claim: _ClaimName | None = Field(
        "scope", description="claim that lists the scopes, as a list or with spaces"
    )
    scope_prefix: str = Field(
        "", max_length=100, description="what the provider puts before Folio's scopes, such as `folio/`"
    )
    scopes: tuple[Scope, ...] = Field((), description="scopes of every token, as a JSON list")
    max_scopes: tuple[Scope, ...] = Field(
        (Scope.READ,), description="scopes that a token can have, as a JSON list; others are dropped"
    )
    timeout_s: float = Field(5.0, gt=0, le=60, description="longest that the provider may take to answer")
    refresh_s: float = Field(
        600.0, ge=1, le=86_400, description="how often the provider is asked for its keys"
    )
    retry_s: float = Field(
        10.0,
        ge=1,
        le=3600,
        description="least time between two questions, also where a key is unknown or the provider does not answer",
    )

    keys_kept_s: float = Field(
        86_400.0,
        ge=0,
        le=30 * 86_400.0,
        description="how long the provider's last known keys are used while it does not answer",
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.issuer is not None and self.audience is None:
            raise ValueError(
                "an issuer needs an audience: without it tokens for other services would be taken"
            )
        return self

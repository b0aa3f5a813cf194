"""The sections of the settings tree about who may call the API."""

from pydantic import Field

from core.sections import Section


class KeySettings(Section):
    """API keys."""

    max_count: int = Field(1000, ge=0, le=100_000, description="most API keys of a tenant that are in use")


class OidcSettings(Section):
    """Tokens of an OpenID Connect provider (JWT, bearer)."""

    issuer: str | None = Field(
        None, description="the provider, as `iss` names it; empty: no such token is taken"
    )

"""The sections of the settings tree about the HTTP service and what it tells others."""

from typing import Annotated

from pydantic import Field, SecretStr

from core.sections import Section


class ApiSettings(Section):
    """The HTTP service. Where nobody needs a credential it listens on loopback only."""

    host: str = Field("127.0.0.1", min_length=1, description="address to listen on")
    port: int = Field(8700, ge=0, le=65_535, description="0: any free port")
    url: str | None = Field(
        None,
        pattern=r"^https?://[^\s]+$",
        description="address that people reach the API at, for links to documents",
    )
    token: SecretStr | None = Field(
        None, description="bearer token of the operator; every request then needs it, or an API key"
    )
    require_key: bool = Field(
        False,
        description="every request needs an API key, also those of this machine; then it may listen on other addresses",
    )
    allowed_origins: tuple[Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.:\[\]-]+$")], ...] = Field(
        (),
        description="sites whose pages may call the API from a browser, as a JSON list: `https://app.example.com`",
    )
    max_upload_bytes: int = Field(
        100 * 1024 * 1024, ge=1, le=10 * 1024**3, description="larger uploads are refused"
    )
    max_wait_s: float = Field(
        60.0, ge=0, le=600, description="longest that an upload may ask to wait for its job"
    )
    source_roots: tuple[str, ...] = Field(
        (),
        description="folders and URLs below which callers may add sources over the API, as a JSON list; `{tenant}` in one "
        "stands for the caller's tenant, and one without it is for the settings' tenant. Empty: only whoever runs Folio may",
    )
    worker_count: int = Field(
        1,
        ge=1,
        le=64,
        description="API processes behind one address; several need a shared cache for some things, see docs/limits.md",
    )
    body_timeout_s: float = Field(
        20.0,
        gt=0,
        le=3600,
        description="longest that a request's body may take, and a second more for each 8 kB of it",
    )
    keep_alive_s: int = Field(
        30,
        ge=1,
        le=3600,
        description="how long a connection stays open for a further request, and the longest that the head of one may take",
    )
    max_header_bytes: int = Field(
        32 * 1024, ge=4096, le=1024 * 1024, description="larger heads of requests are refused"
    )
    max_connections: int = Field(
        2000, ge=1, le=100_000, description="connections of one API process; further ones get a 503 at once"
    )
    scan_command: tuple[str, ...] = Field(
        (),
        description="virus scanner, as a JSON list; run with the path of each upload, exit 0: clean, 1: infected",
    )
    scan_timeout_s: float = Field(60.0, gt=0, le=3600, description="longest that a scan may take")
    job_worker_count: int = Field(
        1, ge=0, le=16, description="jobs, or batches of them, at once in each API process; 0: others do them"
    )
    job_batch_count: int = Field(16, ge=1, le=256, description="most uploads that are indexed together")
    job_lease_s: float = Field(
        30.0,
        ge=0.1,
        le=3600,
        description="how long a job stays reserved for a process that no longer answers",
    )
    job_attempt_count: int = Field(
        5, ge=1, le=100, description="how often a job is begun before it has failed"
    )
    job_poll_s: float = Field(
        1.0, ge=0.01, le=60, description="how often to look for jobs of other processes"
    )
    job_retention_s: float = Field(
        7 * 86_400.0, ge=3600, le=365 * 86_400, description="how long a job that has ended can be looked at"
    )


class WebhookSettings(Section):
    """Messages to other services about what becomes of documents."""

    allow_private: bool = Field(
        False, description="also deliver over plain HTTP, to this machine and to private networks"
    )
    key: SecretStr | None = Field(
        None,
        min_length=16,
        description="encrypts the stored secrets; empty: derived from the key of receipts",
    )
    max_count: int = Field(20, ge=0, le=1000, description="most webhooks of a tenant")
    timeout_s: float = Field(10.0, gt=0, le=120, description="longest that a receiver may take to answer")
    attempt_count: int = Field(8, ge=1, le=50, description="tries before a message is dead")
    retry_delay_s: float = Field(
        5.0,
        ge=0,
        le=3600,
        description="pause before the second try; doubled for each further one, up to an hour",
    )
    batch_count: int = Field(8, ge=1, le=256, description="messages on their way at once in each API process")
    poll_s: float = Field(1.0, ge=0.01, le=60, description="how often to look for messages")
    retention_s: float = Field(
        7 * 86_400.0, ge=3600, le=365 * 86_400, description="how long delivered and dead messages are listed"
    )

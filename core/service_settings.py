"""The sections of the settings tree about the HTTP service and what it tells others."""

from pydantic import Field, SecretStr

from core.sections import Section


class ApiSettings(Section):
    """The HTTP service. Without a token it listens on loopback only."""

    host: str = Field("127.0.0.1", min_length=1, description="address to listen on")
    port: int = Field(8700, ge=0, le=65_535, description="0: any free port")
    url: str | None = Field(
        None,
        pattern=r"^https?://[^\s]+$",
        description="address that people reach the API at, for links to documents",
    )
    token: SecretStr | None = Field(None, description="bearer token that every /v1 request must carry")
    max_upload_bytes: int = Field(
        100 * 1024 * 1024, ge=1, le=10 * 1024**3, description="larger uploads are refused"
    )
    max_wait_s: float = Field(
        60.0, ge=0, le=600, description="longest that an upload may ask to wait for its job"
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

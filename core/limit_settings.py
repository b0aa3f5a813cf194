"""The section of the settings tree about how much of the service one caller gets."""

from typing import Self

from pydantic import Field, model_validator

from core.sections import Section

_MOST = 10_000_000


class LimitOverride(Section):
    """Other limits for one credential (`key:<id>`, `token`, `jwt:<hash>`) or one tenant. What is left out stays as it is."""

    credential: str | None = Field(None, min_length=1, max_length=200, description="whose limits these are")
    tenant: str | None = Field(
        None, pattern=r"^[A-Za-z0-9_.-]{1,64}$", description="the tenant whose limits these are"
    )
    requests_per_minute: int | None = Field(None, ge=0, le=_MOST, description="requests in any 60 seconds")
    tokens_per_minute: int | None = Field(None, ge=0, le=1_000_000_000, description="tokens in any 60 s")
    weight: float | None = Field(
        None, gt=0, le=1000, description="of a tenant: its share where several wait; others have 1"
    )

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.credential is None) == (self.tenant is None):
            raise ValueError("name either a credential or a tenant")
        if self.weight is not None and self.tenant is None:
            raise ValueError("only a tenant has a weight")
        return self


class LimitSettings(Section):
    """Rates, concurrency and time. 0 requests or tokens: no limit."""

    requests_per_minute: int = Field(
        0, ge=0, le=_MOST, description="requests of one credential in any 60 seconds; 0: no limit"
    )
    searches_per_minute: int = Field(
        0, ge=0, le=_MOST, description="searches of one credential in any 60 seconds; 0: no limit"
    )
    answers_per_minute: int = Field(
        0, ge=0, le=_MOST, description="answers of one credential in any 60 seconds; 0: no limit"
    )
    uploads_per_minute: int = Field(
        0, ge=0, le=_MOST, description="uploads of one credential in any 60 seconds; 0: no limit"
    )
    tokens_per_minute: int = Field(
        0,
        ge=0,
        le=1_000_000_000,
        description="tokens that language and embedding models charge for one credential in any 60 seconds; 0: no limit",
    )
    tenant_requests_per_minute: int = Field(
        0,
        ge=0,
        le=_MOST,
        description="requests of all credentials of a tenant in any 60 seconds; 0: no limit",
    )
    tenant_tokens_per_minute: int = Field(
        0, ge=0, le=1_000_000_000, description="tokens of a tenant in any 60 seconds; 0: no limit"
    )
    refusals_per_minute: int = Field(
        600,
        ge=0,
        le=_MOST,
        description="requests of one address without a valid credential in any 60 seconds; valid ones are not held up by them; "
        "0: no limit",
    )
    answer_tokens: int = Field(
        4000,
        ge=0,
        le=1_000_000,
        description="tokens that an answer of a language model is taken to need, until it is known what it did need",
    )
    overrides: tuple[LimitOverride, ...] = Field(
        (), description="other limits for single credentials and tenants: `[[limits.overrides]]` tables"
    )
    concurrent_searches: int = Field(
        0, ge=0, le=10_000, description="searches at once in each API process; 0: four for each of its cores"
    )
    concurrent_answers: int = Field(
        0,
        ge=0,
        le=10_000,
        description="answers at once in each API process; 0: four for each of its cores, 32 with a language model",
    )
    concurrent_uploads: int = Field(
        32,
        ge=1,
        le=10_000,
        description="uploads at once in each API process, with those that wait for their job",
    )
    concurrent_requests: int = Field(
        512,
        ge=1,
        le=100_000,
        description="requests of all kinds at once in each API process, waiting ones too",
    )
    queue_length: int = Field(
        128,
        ge=0,
        le=100_000,
        description="searches, answers and uploads, each, that may wait in an API process",
    )
    queue_wait_s: float = Field(10.0, ge=0, le=600, description="longest that a request waits for its turn")
    search_s: float = Field(30.0, gt=0, le=3600, description="longest that a search may take")
    answer_s: float = Field(
        300.0, gt=0, le=3600, description="longest that an answer may take that is not sent as a stream"
    )
    upload_s: float = Field(
        900.0, gt=0, le=86_400, description="longest that an upload may take, with what it waits for its job"
    )
    request_s: float = Field(120.0, gt=0, le=3600, description="longest that any other request may take")
    shared_wait_s: float = Field(
        0.25, gt=0, le=10, description="longest wait for the Redis that counts for all processes"
    )
    shared_pause_s: float = Field(
        5.0, ge=0.1, le=600, description="how long each process counts by itself after Redis did not answer"
    )

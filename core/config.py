"""The settings tree. The only module that reads the environment.

Values come, strongest first, from: arguments, `FOLIO_*` variables (sections joined by `__`), `.env`, `folio.toml`, defaults.
Unknown keys are errors, numbers are bounded, secrets never print.
"""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from core.access import Principal, Tier
from core.answer_settings import (
    AgentSettings,
    AnswerSettings,
    GuardrailSettings,
    PromptSettings,
    SessionSettings,
)
from core.errors import SettingsError
from core.eval_settings import EvalSettings
from core.graph_settings import GraphSettings
from core.identity_settings import KeySettings, OidcSettings
from core.ingest_settings import (
    ChunkSettings,
    IngestSettings,
    ReceiptSettings,
    ReconcileSettings,
    RedactionSettings,
    RetentionSettings,
    ScreenSettings,
    VaultSettings,
)
from core.limit_settings import LimitSettings
from core.llm_settings import LlmSettings
from core.record_settings import RecordSettings
from core.retrieval_settings import AssemblySettings, RerankSettings
from core.sections import Section, TierSetting
from core.service_settings import ApiSettings, WebhookSettings
from core.source_settings import SourceTables
from core.store_settings import (
    ArtifactSettings,
    CacheSettings,
    CatalogSettings,
    EmbeddingSettings,
    SparseSettings,
    VectorSettings,
)
from core.stream_settings import StreamSettings
from core.telemetry_settings import TelemetrySettings

# Sections of other modules that are imported from here.
__all__ = [
    "AccessSettings",
    "AgentSettings",
    "AnswerSettings",
    "ArtifactSettings",
    "AssemblySettings",
    "CacheSettings",
    "CatalogSettings",
    "ChunkSettings",
    "DagsterSettings",
    "EmbeddingSettings",
    "GuardrailSettings",
    "IngestSettings",
    "LogSettings",
    "PromptSettings",
    "ReceiptSettings",
    "ReconcileSettings",
    "RedactionSettings",
    "RerankSettings",
    "RetentionSettings",
    "RetrievalSettings",
    "ScreenSettings",
    "SessionSettings",
    "Settings",
    "SparseSettings",
    "VaultSettings",
    "VectorSettings",
    "child_environment",
    "dumped",
    "load_settings",
    "qdrant_url_for_tests",
    "use_home",
]


class RetrievalSettings(Section):
    """Hybrid search."""

    candidate_count: int = Field(100, ge=1, le=10_000, description="candidates per arm before fusion")
    max_limit: int = Field(1000, ge=1, le=10_000, description="most hits one request may ask for")
    fusion: Literal["convex", "rrf", "dbsf"] = Field(
        "dbsf",
        description="how the two arms become one ranking: weighted sum of normalised scores, reciprocal ranks (k=60), "
        "or scores normalised by their distribution",
    )
    dense_weight: float = Field(
        0.5, ge=0, le=1, description="share of meaning in `convex`; the rest is the words'"
    )
    expansion: Literal["none", "multi_query", "hyde"] = Field(
        "none",
        description="what a configured language model writes to be searched for beside a question: other questions, or a "
        "passage that would answer it. Costs a call for every search",
    )
    expansion_count: int = Field(3, ge=1, le=10, description="other questions at most, for `multi_query`")
    expansion_s: float = Field(
        5.0, gt=0, le=600, description="a search waits so long for them; then it goes on without, and says so"
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
    scopes: tuple[str, ...] = Field(
        (),
        description="what the principal may do beyond reading: `pii:read` turns pseudonyms back, "
        "`trace:access` tells in traces how many chunks it may not read, `graph:merge` decides over the API which entities are one, "
        "`guardrails:decide` decides over the API about appeals against guardrails",
    )


class DagsterSettings(Section):
    """The Dagster UI that `folio up` starts."""

    host: str = Field("127.0.0.1", min_length=1, description="address to listen on")
    port: int = Field(8701, ge=0, le=65_535, description="0: any free port")
    url: str | None = Field(None, description="the Dagster webserver of a deployment, for `folio doctor`")
    sensor_interval_s: int = Field(
        1, ge=1, le=86_400, description="least time between two ticks of the sensor of watched folders"
    )
    scan_interval_s: float = Field(
        60.0,
        ge=1,
        le=86_400,
        description="how often all sources are looked at as a whole, beside the events of watched folders",
    )
    warm_runs: bool = Field(
        True, description="`folio up` on Linux: fork runs from a process that has loaded libraries and models"
    )
    executor: Literal["in_process", "multiprocess", "k8s"] = Field(
        "in_process", description="where the steps of a run execute; `k8s` needs the extra of that name"
    )
    bucket_count: int = Field(
        1,
        ge=1,
        le=1000,
        description="partitions of each source, by document id; 1: a source is one partition",
    )
    parallel_syncs: int = Field(
        1, ge=1, le=64, description="syncs and checks that run at once: the slots of the pool `index`"
    )
    automation: bool = Field(
        False, description="materialise the partitions of new sources without waiting for a sensor"
    )
    plot_run_count: int = Field(
        20, ge=0, le=200, description="runs in the plots of a materialisation; 0: no plots"
    )
    plot_interval_s: float = Field(
        300.0,
        ge=0,
        le=86_400,
        description="least time between two plots: each takes some 20 kB of the run storage",
    )


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
    sources: SourceTables = Field(
        (), description="where documents come from: `[[sources]]` tables, see docs/sources.md"
    )
    currency: str = Field(
        "USD", pattern=r"^[A-Z]{3}$", description="ISO 4217 code of all prices in the settings"
    )
    vectors: VectorSettings = VectorSettings()
    catalog: CatalogSettings = CatalogSettings()
    artifacts: ArtifactSettings = ArtifactSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    sparse: SparseSettings = SparseSettings()
    chunks: ChunkSettings = ChunkSettings()
    redaction: RedactionSettings = RedactionSettings()
    ingest: IngestSettings = IngestSettings()
    screen: ScreenSettings = ScreenSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    rerank: RerankSettings = RerankSettings()
    assembly: AssemblySettings = AssemblySettings()
    graph: GraphSettings = GraphSettings()
    llm: LlmSettings = LlmSettings()
    answers: AnswerSettings = AnswerSettings()
    prompts: PromptSettings = PromptSettings()
    sessions: SessionSettings = SessionSettings()
    guardrails: GuardrailSettings = GuardrailSettings()
    agent: AgentSettings = AgentSettings()
    access: AccessSettings = AccessSettings()
    api: ApiSettings = ApiSettings()
    keys: KeySettings = KeySettings()
    oidc: OidcSettings = OidcSettings()
    limits: LimitSettings = LimitSettings()
    streams: StreamSettings = StreamSettings()
    records: RecordSettings = RecordSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    webhooks: WebhookSettings = WebhookSettings()
    dagster: DagsterSettings = DagsterSettings()
    cache: CacheSettings = CacheSettings()
    log: LogSettings = LogSettings()
    receipts: ReceiptSettings = ReceiptSettings()
    reconcile: ReconcileSettings = ReconcileSettings()
    retention: RetentionSettings = RetentionSettings()
    vault: VaultSettings = VaultSettings()
    evals: EvalSettings = EvalSettings()

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
        scopes = frozenset(access.scopes)
        return Principal(access.tenant, subject, access.clearance, frozenset(access.groups), scopes)


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


def share_metrics_folder(folder: Path) -> None:
    """Where prometheus-client keeps the numbers of this process: it takes that from the environment only."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment for a child process that must see the same knowledge base."""
    return {**os.environ, "FOLIO_HOME": str(settings.home), "DAGSTER_HOME": str(settings.home / "dagster")}


def qdrant_url_for_tests() -> str | None:
    """A real Qdrant for the contract suite, if one was named (`FOLIO_TEST_QDRANT_URL`)."""
    return os.environ.get("FOLIO_TEST_QDRANT_URL")


def dumped(settings: Settings) -> dict[str, object]:
    """The whole tree as `section.name: value`, secrets as asterisks."""
    return dict(_flatten("", settings))


def _flatten(prefix: str, section: BaseModel) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            rows += _flatten(f"{prefix}{name}.", value)
        else:
            rows.append((prefix + name, _plain(value)))
    return rows


def _plain(value: Any) -> object:
    """The value as JSON can hold it; of a table in a list, what is set."""
    if isinstance(value, BaseModel):
        return {name: _plain(part) for name, part in value if part is not None}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Tier):
        return value.label
    return str(value) if isinstance(value, SecretStr | Path) else value


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

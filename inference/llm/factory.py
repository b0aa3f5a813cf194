"""The gateway of the settings. The SDKs are loaded here, when a model is configured."""

from asyncio import Semaphore
from functools import partial

from core.language_model_ports import CallLog, ChatProvider
from core.llm_settings import LlmSettings, ModelSettings
from core.ports import Clock
from inference.llm.attempts import Asking
from inference.llm.breaker import Breaker
from inference.llm.gateway import Gateway
from inference.llm.loops import PerLoop
from inference.llm.prices import price_of, price_table
from inference.llm.rates import Bucket, Rates
from inference.llm.routes import Route, Routes


def create_gateway(
    settings: LlmSettings, *, log: CallLog, clock: Clock, asking: Asking | None = None
) -> Gateway | None:
    """The gateway; None where no model is configured.

    Raises:
        SettingsError: A model's settings cannot be, or the price table cannot be read.
        MissingExtraError: The SDK of a provider is not installed.
    """
    if settings.model is None:
        return None
    prices = price_table(settings.prices_file)

    def route(model: ModelSettings, section: str) -> Route:
        return Route(
            provider=create_provider(model, settings, section=section),
            settings=model,
            breaker=Breaker(clock, settings.breaker_failures, settings.cooldown_s),
            rates=Rates(Bucket(clock, model.requests_per_minute), Bucket(clock, model.tokens_per_minute)),
            rooms=PerLoop(partial(Semaphore, model.concurrent_count)),
            price=price_of(model, prices),
        )

    routes = Routes(
        capable=route(settings, "llm"),
        fast=route(settings.fast, "llm.fast") if settings.fast and settings.fast.model else None,
        fallbacks=tuple(
            route(model, f"llm.fallbacks[{number}]") for number, model in enumerate(settings.fallbacks)
        ),
    )
    return Gateway(routes, settings, log=log, clock=clock, asking=asking or Asking(settings))


def create_provider(model: ModelSettings, around: LlmSettings, *, section: str) -> ChatProvider:
    """The adapter of a model.

    Raises:
        SettingsError: Its settings cannot be.
        MissingExtraError: The SDK of the provider is not installed.
    """
    if model.provider == "anthropic":
        from inference.llm.anthropic_chat import AnthropicChat

        return AnthropicChat(model, around, section=section)
    from inference.llm.openai_chat import OpenAiChat

    return OpenAiChat(model, around, section=section)

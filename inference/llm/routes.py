"""Which model is asked for what, and in which order. Pure but for the state of each model."""

from asyncio import Semaphore
from collections.abc import Sequence
from dataclasses import dataclass

from core.language_model_ports import ChatProvider
from core.language_models import Prompt
from core.llm_settings import ModelSettings
from inference.llm.breaker import Breaker
from inference.llm.loops import PerLoop
from inference.llm.prices import Price
from inference.llm.rates import Rates


@dataclass(frozen=True, slots=True)
class Route:
    """A model with everything that is kept of it in this process."""

    provider: ChatProvider
    settings: ModelSettings
    breaker: Breaker
    rates: Rates
    rooms: PerLoop[Semaphore]
    price: Price | None = None

    @property
    def name(self) -> str:
        """Provider and model."""
        return self.provider.name


@dataclass(frozen=True, slots=True)
class Routes:
    """The models of a deployment: the capable one, its fallbacks in order, and a fast one for what is easy."""

    capable: Route
    fast: Route | None = None
    fallbacks: tuple[Route, ...] = ()

    def order(self, *, easy: bool) -> tuple[Route, ...]:
        """Who is asked, first to last. For what is easy the fast model goes first, else it is the last resort."""
        if self.fast is None:
            return (self.capable, *self.fallbacks)
        if easy:
            return (self.fast, self.capable, *self.fallbacks)
        return (self.capable, *self.fallbacks, self.fast)


def is_easy(prompt: Prompt, *, token_count: int, easy_tokens: int) -> bool:
    """Whether the fast model will do: a short prompt, no tools, and not in the middle of a conversation with them."""
    return (
        token_count <= easy_tokens and not prompt.tools and not any(row.tool_calls for row in prompt.messages)
    )


def that_fit(routes: Sequence[Route], prompt: Prompt) -> list[Route]:
    """Those whose window holds prompt and answer."""
    return [
        route
        for route in routes
        if route.provider.count_tokens(prompt) + prompt.max_tokens <= route.settings.context_tokens
    ]

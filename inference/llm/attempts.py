"""Asking one model, as often as that makes sense: inside its limits, with pauses, and with its breaker told how it went."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from core.errors import DependencyDownError, PermanentError, SettingsError
from core.language_models import CallPurpose, Completion, Prompt
from core.llm_settings import LlmSettings
from inference.llm.failures import BusyProviderError, NoCreditError
from inference.llm.routes import Route
from inference.retry import delay_before_retry_s

Sleep = Callable[[float], Awaitable[object]]


@dataclass(slots=True)
class Tries:
    """How often a call was begun, over all models."""

    count: int = 0


@dataclass(frozen=True, slots=True)
class Asking:
    """How models are asked."""

    settings: LlmSettings
    sleep: Sleep = asyncio.sleep

    async def completed(
        self, route: Route, prompt: Prompt, *, purpose: CallPurpose, tries: Tries
    ) -> Completion:
        """The whole answer of one model.

        Raises:
            FolioError: It does not answer, also not the last time, or cannot answer this.
        """
        attempt = 0
        while True:
            attempt += 1
            tries.count += 1
            try:
                async with self.admitted(route, prompt) as used, self._in_time(route):
                    answer = await route.provider.complete(prompt, purpose=purpose)
                    used.append(answer.usage.input_count + answer.usage.output_count)
                    return answer
            except _LimitError:
                raise
            except DependencyDownError as error:
                await self._pause(attempt, error, route)

    async def _pause(self, attempt: int, error: DependencyDownError, route: Route) -> None:
        """Wait for the next attempt; raise the error where there is none, or somebody else is quicker."""
        retry_after = error.retry_after if isinstance(error, BusyProviderError) else None
        delay_s = delay_before_retry_s(attempt, retry_after=retry_after)
        if delay_s is None or attempt >= self.settings.attempt_count or not route.breaker.is_closed:
            raise error
        await self.sleep(delay_s)

    @asynccontextmanager
    async def admitted(self, route: Route, prompt: Prompt) -> AsyncIterator[list[int]]:
        """Room for one call: into the list goes how many tokens it used, in all.

        Raises:
            BusyProviderError: The breaker is open, or the wait for a limit would be too long.
        """
        if not route.breaker.admits():
            raise BusyProviderError(f"{route.name} has failed too often: it is left alone for a while")
        used: list[int] = []
        expected_count = route.provider.count_tokens(prompt) + prompt.max_tokens
        try:
            async with route.rooms.get():
                await self._wait(route, expected_count)
                yield used
        except (SettingsError, NoCreditError):
            # It will not answer before somebody has mended that: it need not be asked every time.
            route.breaker.failed()
            raise
        except PermanentError:
            route.breaker.abandoned()
            raise
        except DependencyDownError as error:
            if isinstance(error, _LimitError):
                route.breaker.abandoned()
            else:
                route.breaker.failed()
            raise
        except BaseException:
            route.breaker.abandoned()
            raise
        route.breaker.succeeded()
        if used:
            route.rates.settle(expected_count=expected_count, used_count=used[0])

    async def _wait(self, route: Route, token_count: int) -> None:
        waited_s = 0.0
        while wait_s := route.rates.wait_s(token_count):
            waited_s += wait_s
            if waited_s > self.settings.max_wait_s:
                raise _LimitError(f"the limit of requests or tokens per minute of {route.name} is used up")
            await self.sleep(wait_s)
        route.rates.begin(token_count)

    @asynccontextmanager
    async def _in_time(self, route: Route) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self.settings.total_s):
                yield
        except TimeoutError:
            raise DependencyDownError(
                f"{route.name} took longer than {self.settings.total_s:g} s (llm.total_s)"
            ) from None


class _LimitError(BusyProviderError):
    """Our own limit, which says nothing of the provider's health."""

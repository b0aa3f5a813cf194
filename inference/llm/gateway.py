"""The gateway: one face for all language models, with everything around a call that keeps it safe, bounded and written down."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from pydantic import BaseModel, ValidationError

from core import metrics
from core.answer_notes import note_call
from core.call_tally import count_call
from core.errors import DependencyDownError, FolioError, PermanentError, TooLargeError, UnusableAnswerError
from core.health import HealthCheck
from core.language_model_ports import Answer, CallLog
from core.language_models import CallPurpose, CallRecord, Completion, Finish, Prompt, TextDelta, TokenUsage
from core.llm_settings import LlmSettings
from core.metering import add_tokens
from core.model_spans import ModelSpan
from core.patience import within
from core.ports import Clock
from inference.llm.attempts import Asking, Tries
from inference.llm.budgets import Budgets
from inference.llm.routes import Route, Routes, is_easy, that_fit
from inference.llm.structured import read, repair, with_schema

_log = logging.getLogger(__name__)
_MS_PER_S = 1000
_LOG_S = 2.0
"""Longest wait for the log: a database that somebody else has locked must not hold an answer back."""


@dataclass(slots=True)
class _Call:
    """One call while it runs."""

    purpose: CallPurpose
    route: str
    started_s: float
    tries: Tries
    asked: Route | None = None
    first_token_s: float | None = None
    is_recorded: bool = False
    span: ModelSpan = field(default_factory=ModelSpan)


class Gateway:
    """Implements LanguageModel over the models of the settings.

    A model that fails is asked again where that may help, then the next one is. What the user cannot change by asking again
    (a wrong key, an empty account) falls through to the next model too, and is logged. Every call is recorded, failed ones too.
    """

    def __init__(
        self, routes: Routes, settings: LlmSettings, *, log: CallLog, clock: Clock, asking: Asking
    ) -> None:
        self._routes, self._settings = routes, settings
        self._log, self._clock, self._asking = log, clock, asking
        self._budgets = Budgets(settings.budget, log, clock)

    def count_tokens(self, prompt: Prompt) -> int:
        """Tokens of the prompt for the capable model."""
        return self._routes.capable.provider.count_tokens(prompt)

    async def complete(self, prompt: Prompt, *, purpose: CallPurpose) -> Completion:
        """The whole answer; a refusal is an answer.

        Raises:
            DependencyDownError: No model could answer.
            BudgetError: The budget is spent.
            TooLargeError: No model's window holds the prompt.
        """
        call, routes = await self._begun(prompt, purpose)
        try:
            answer = await self._first_answer(routes, prompt, call)
        except BaseException as error:
            await self._failed(call, error)
            raise
        await self._answered(call, answer)
        return answer

    async def stream(
        self, prompt: Prompt, *, purpose: CallPurpose
    ) -> AsyncGenerator[TextDelta | Completion, None]:
        """The answer in pieces, then whole. Another model is asked only before the first piece.

        Raises:
            FolioError: As for `complete`; `DependencyDownError` also where a stream breaks off.
        """
        call, routes = await self._begun(prompt, purpose)
        try:
            async with aclosing(self._first_stream(routes, prompt, call)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Completion):
                        await self._answered(call, piece)
                    yield piece
        except BaseException as error:
            await self._failed(call, error)
            raise

    async def structured(
        self, prompt: Prompt, answer: type[Answer], *, purpose: CallPurpose
    ) -> Answer | Completion:
        """The answer as checked data, after one repair at most; a `Completion` where the model refused.

        Raises:
            UnusableAnswerError: It is not of the schema even after the repair.
            FolioError: As for `complete`.
        """
        asked = with_schema(prompt, answer, native=self._routes.capable.settings.native_json)
        for is_last in (False, True):
            try:
                completion = await self.complete(asked, purpose=purpose)
            except TooLargeError:
                # A repair is longer than the first prompt, which did fit.
                if not is_last:
                    raise
                break
            if completion.finish is Finish.REFUSAL:
                return completion
            try:
                return read(completion.text, answer)
            except ValidationError as error:
                if is_last:
                    break
                asked = repair(asked, completion.text, error)
                purpose = replace(purpose, idempotency_key=None)
        raise UnusableAnswerError(
            f"the language model did not answer with a valid {answer.__name__}, also not after a repair. "
            "Try another model, or llm.native_json"
        )

    def stream_structured(
        self, prompt: Prompt, answer: type[BaseModel], *, purpose: CallPurpose
    ) -> AsyncGenerator[TextDelta | Completion, None]:
        """The JSON of such an answer in pieces, then whole; checking it is the caller's. Errors as for `stream`."""
        native = self._routes.capable.settings.native_json
        return self.stream(with_schema(prompt, answer, native=native), purpose=purpose)

    def health(self) -> HealthCheck:
        """Whether any model is worth asking, by how the last calls went. Asks none."""
        routes = self._routes.order(easy=False)
        well = [route.name for route in routes if route.breaker.is_closed]
        said = f"answers: {', '.join(well)}" if well else "every model has failed too often and is left alone"
        return HealthCheck("language model", healthy=bool(well), detail=said, required=False)

    async def aclose(self) -> None:
        """Close the connections of the running loop."""
        for route in self._routes.order(easy=False):
            await route.provider.aclose()

    async def _begun(self, prompt: Prompt, purpose: CallPurpose) -> tuple[_Call, Sequence[Route]]:
        await self._budgets.check(purpose)
        token_count = self.count_tokens(prompt)
        easy = is_easy(prompt, token_count=token_count, easy_tokens=self._settings.easy_tokens)
        routes = that_fit(self._routes.order(easy=easy), prompt)
        if not routes:
            raise TooLargeError(
                f"the prompt has about {token_count} tokens, {prompt.max_tokens} more are for the answer: that is more than "
                "any configured model reads. Give less context, or set llm.context_tokens to what the model can read"
            )
        name = "fast" if easy and self._routes.fast else "capable"
        return _Call(purpose, name, self._clock.monotonic_s(), Tries()), routes

    async def _first_answer(self, routes: Sequence[Route], prompt: Prompt, call: _Call) -> Completion:
        errors: list[FolioError] = []
        for route in routes:
            call.asked = route
            try:
                return await self._asking.completed(route, prompt, purpose=call.purpose, tries=call.tries)
            except (DependencyDownError, PermanentError) as error:
                self._note(route, error)
                errors.append(error)
        raise _worst(errors)

    async def _first_stream(
        self, routes: Sequence[Route], prompt: Prompt, call: _Call
    ) -> AsyncGenerator[TextDelta | Completion, None]:
        errors: list[FolioError] = []
        for route in routes:
            call.asked, call.first_token_s = route, None
            call.tries.count += 1
            try:
                async with aclosing(self._pieces(route, prompt, call)) as pieces:
                    async for piece in pieces:
                        yield piece
            except (DependencyDownError, PermanentError) as error:
                if call.first_token_s is not None:
                    raise
                self._note(route, error)
                errors.append(error)
            else:
                return
        raise _worst(errors)

    async def _pieces(
        self, route: Route, prompt: Prompt, call: _Call
    ) -> AsyncGenerator[TextDelta | Completion, None]:
        """One model's stream inside its limits; the first piece and the whole have to come in time."""
        settings = self._settings
        ends_s = self._clock.monotonic_s() + settings.total_s
        async with self._asking.admitted(route, prompt) as used:
            stream = route.provider.stream(prompt, purpose=call.purpose)
            async with aclosing(stream) as pieces:  # type: ignore[type-var]
                wait_s = settings.first_token_s
                while (piece := await _next(pieces, wait_s=wait_s, name=route.name)) is not None:
                    call.first_token_s = call.first_token_s or self._clock.monotonic_s()
                    if isinstance(piece, Completion):
                        used.append(piece.usage.input_count + piece.usage.output_count)
                    yield piece
                    wait_s = max(ends_s - self._clock.monotonic_s(), 0.001)

    def _note(self, route: Route, error: FolioError) -> None:
        _log.warning("language model %s gave no answer: %s", route.name, type(error).__name__)

    async def _answered(self, call: _Call, answer: Completion) -> None:
        outcome = "refusal" if answer.finish is Finish.REFUSAL else "ok"
        call.span.finish = answer.finish.value
        await self._record(call, outcome, usage=answer.usage, model=answer.model)

    async def _failed(self, call: _Call, error: BaseException) -> None:
        cancelled = isinstance(error, asyncio.CancelledError | GeneratorExit)
        await self._record(call, "cancelled" if cancelled else type(error).__name__)

    async def _record(
        self, call: _Call, outcome: str, *, usage: TokenUsage | None = None, model: str = ""
    ) -> None:
        """Write the call down, once; a log that is down does not take the answer along."""
        if call.is_recorded:
            return
        call.is_recorded = True
        used, asked = usage or TokenUsage(), call.asked
        count_call(used)
        add_tokens(used.input_count + used.output_count)
        first_s = call.first_token_s
        record = CallRecord(
            purpose=call.purpose,
            provider=asked.name if asked else "",
            model=model or (asked.settings.model or "" if asked else ""),
            outcome=outcome,
            usage=used,
            took_ms=(self._clock.monotonic_s() - call.started_s) * _MS_PER_S,
            first_token_ms=None if first_s is None else (first_s - call.started_s) * _MS_PER_S,
            cost=asked.price.of(used) if asked and asked.price else None,
            attempt_count=call.tries.count,
            route=call.route,
        )
        note_call(used, record.cost)
        metrics.model_called(record)
        call.span.end(record)
        try:
            await within(self._log.record([record]), wait_s=_LOG_S, what="the log of calls")
        except FolioError as error:
            _log.warning("a language model call was not recorded: %s", type(error).__name__)


async def _next(
    pieces: AsyncIterator[TextDelta | Completion], *, wait_s: float, name: str
) -> TextDelta | Completion | None:
    """The next piece; None at the end.

    Raises:
        DependencyDownError: It does not come in time.
    """
    try:
        async with asyncio.timeout(wait_s):
            return await anext(pieces, None)
    except TimeoutError:
        raise DependencyDownError(
            f"{name} kept a stream waiting too long (llm.first_token_s, llm.total_s)"
        ) from None


def _worst(errors: Sequence[FolioError]) -> FolioError:
    """What is said when nobody answers: a wrong setting first, since only that can be mended by the reader."""
    if len(errors) == 1:
        return errors[0]
    named = "; ".join(dict.fromkeys(error.detail for error in errors))
    return DependencyDownError(f"no language model answers: {named}")

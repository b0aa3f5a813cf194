"""The ports to language models: Protocols of at most six methods."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from pydantic import BaseModel

from core.language_models import CallPurpose, CallRecord, Completion, Prompt, TextDelta

Answer = TypeVar("Answer", bound=BaseModel)


class ChatProvider(Protocol):
    """One model at one provider, as it is: no retries, no fallback.

    Errors: `TransientError` (with `retry_after_s` where the provider says so) for what may pass, `PermanentError` for what cannot
    succeed as it was asked, `DependencyDownError` where nobody answers, `SettingsError` for a wrong key or model name.
    """

    @property
    def name(self) -> str:
        """Names provider and model, as `openai/gpt-x`."""

    async def complete(self, prompt: Prompt, *, purpose: CallPurpose) -> Completion:
        """The whole answer. Cancelling it closes the connection."""

    def stream(self, prompt: Prompt, *, purpose: CallPurpose) -> AsyncIterator[TextDelta | Completion]:
        """The answer in pieces, and at the end the whole of it. Closing the iterator closes the connection."""

    def count_tokens(self, prompt: Prompt) -> int:
        """Tokens of the prompt by the provider's tokenizer, or an upper estimate where it has none."""

    async def aclose(self) -> None:
        """Close the connections of the running loop."""


class LanguageModel(Protocol):
    """The gateway: what the rest of Folio asks. Everything around the providers - retries, fallback, limits, budgets, records - is behind it."""

    async def complete(self, prompt: Prompt, *, purpose: CallPurpose) -> Completion:
        """The whole answer; a refusal is an answer.

        Raises:
            DependencyDownError: No provider could answer.
            BudgetError: The tenant's or user's budget is used up.
        """

    def stream(self, prompt: Prompt, *, purpose: CallPurpose) -> AsyncIterator[TextDelta | Completion]:
        """The answer in pieces, then whole. Falls back to another provider only before the first piece."""

    async def structured(
        self, prompt: Prompt, answer: type[Answer], *, purpose: CallPurpose
    ) -> Answer | Completion:
        """The answer as checked data, after one repair at most; a `Completion` where the model refused.

        Raises:
            UnusableAnswerError: It is not of the schema even after the repair.
        """

    def stream_structured(
        self, prompt: Prompt, answer: type[BaseModel], *, purpose: CallPurpose
    ) -> AsyncIterator[TextDelta | Completion]:
        """The JSON of such an answer in pieces, then whole, as the model wrote it: neither checked nor repaired.

        Closing the iterator closes the connection.
        """

    def count_tokens(self, prompt: Prompt) -> int:
        """Tokens of the prompt for the model that would be asked first."""


class CallLog(Protocol):
    """What was asked of language models, and what it cost."""

    async def record(self, calls: Sequence[CallRecord]) -> None:
        """Write calls down."""

    async def spent(self, *, tenant: str, subject: str | None, since: datetime) -> float:
        """What a tenant (or one of its users) has spent since an instant, in the currency of the settings."""

"""Anthropic's models, through its own SDK."""

from collections.abc import AsyncIterator
from typing import Any

from core.errors import DependencyDownError, MissingExtraError, SettingsError
from core.language_models import CallPurpose, Completion, Prompt, TextDelta
from core.llm_settings import LlmSettings, ModelSettings
from core.tracing import headers_for_model_server
from inference.llm import anthropic_messages, openai_messages
from inference.llm.failures import reported
from inference.llm.loops import PerLoop
from inference.llm.token_counts import counter_for


class AnthropicChat:
    """Implements ChatProvider. Arguments and errors as for `OpenAiChat`.

    Its models choose their own sampling: `Prompt.temperature` and `seed` are not sent.
    """

    def __init__(
        self, model: ModelSettings, around: LlmSettings, *, section: str = "llm", http_client: Any = None
    ) -> None:
        try:
            import anthropic
        except ImportError:
            raise MissingExtraError("a language model of this provider", extra="llm") from None
        if not model.model:
            raise SettingsError(f"{section}.model is empty: name the model")
        if model.api_key is None:
            raise SettingsError(f"{section}.provider 'anthropic' needs {section}.api_key")
        self._sdk = anthropic
        self._model, self._settings, self._around = model.model, model, around
        self._key, self._section, self._http_client = model.api_key, section, http_client
        self._clients = PerLoop(self._new_client)
        self._count = counter_for(model.tokenizer_file, section=section)

    @property
    def name(self) -> str:
        """Provider and model."""
        return f"anthropic/{self._model}"

    @property
    def model(self) -> str:
        """The provider's name of the model."""
        return self._model

    @property
    def sdk(self) -> Any:
        """The provider's SDK."""
        return self._sdk

    def client(self) -> Any:
        """The SDK's client of the running loop."""
        return self._clients.get()

    def reported(self) -> Any:
        """A context in which the SDK's errors become ours; see `failures.reported`."""
        return reported(self._sdk, name=self.name, section=self._section)

    def count_tokens(self, prompt: Prompt) -> int:
        """Tokens of the prompt, rather too many."""
        return self._count(openai_messages.text_of(prompt)) + 8 * len(prompt.messages)

    async def complete(self, prompt: Prompt, *, purpose: CallPurpose) -> Completion:
        """The whole answer."""
        with self.reported():
            response = await self.client().messages.create(
                **anthropic_messages.request(prompt, model=self._model), extra_headers=_headers(purpose)
            )
            return anthropic_messages.completion(response, provider=self.name)

    async def stream(self, prompt: Prompt, *, purpose: CallPurpose) -> AsyncIterator[TextDelta | Completion]:
        """The answer in pieces, then whole.

        Raises:
            DependencyDownError: The stream breaks off: what came so far is no answer.
        """
        opened = self.client().messages.stream(
            **anthropic_messages.request(prompt, model=self._model), extra_headers=_headers(purpose)
        )
        whole: Completion | None = None
        with self.reported():
            async with opened as events:
                async for event in events:
                    if event.type == "text" and event.text:
                        yield TextDelta(event.text)
                    elif event.type == "message_stop":
                        message = await events.get_final_message()
                        whole = anthropic_messages.completion(message, provider=self.name)
        if whole is None:
            raise DependencyDownError(f"{self.name} broke off in the middle of an answer")
        yield whole

    async def aclose(self) -> None:
        """Close the connections of the running loop."""
        client = self._clients.forget()
        if client is not None:
            await client.close()

    def _new_client(self) -> Any:
        around = self._around
        return self._sdk.AsyncAnthropic(
            api_key=self._key.get_secret_value(),
            base_url=self._settings.base_url,
            max_retries=0,
            timeout=self._sdk.Timeout(around.total_s, connect=around.connect_s),
            http_client=self._http_client,
        )


def _headers(purpose: CallPurpose) -> dict[str, str]:
    own = {"Idempotency-Key": purpose.idempotency_key} if purpose.idempotency_key else {}
    return own | headers_for_model_server()

"""OpenAI and everything that speaks its chat completions: Azure, vLLM, TGI, Ollama, llama.cpp. Through its own SDK."""

from collections.abc import AsyncIterator
from typing import Any

from core.errors import DependencyDownError, MissingExtraError, SettingsError
from core.language_models import CallPurpose, Completion, Prompt, TextDelta
from core.llm_settings import LlmSettings, ModelSettings
from core.tracing import headers_for_model_server
from inference.llm import openai_messages
from inference.llm.failures import reported
from inference.llm.loops import PerLoop
from inference.llm.streamed import StreamedAnswer
from inference.llm.token_counts import counter_for

# Servers without keys want none, the SDK wants one all the same.
_NO_KEY = "none"


class OpenAiChat:
    """Implements ChatProvider.

    Args:
        model: Which model, where, with which key.
        around: Timeouts.
        section: Of the settings that describe it, for messages.
        http_client: What carries the requests; None: the network.

    Raises:
        MissingExtraError: The SDK is not installed.
        SettingsError: No model is named, or Azure's address is not.
    """

    def __init__(
        self, model: ModelSettings, around: LlmSettings, *, section: str = "llm", http_client: Any = None
    ) -> None:
        try:
            import openai
        except ImportError:
            raise MissingExtraError("a language model of this provider", extra="llm") from None
        if not model.model:
            raise SettingsError(f"{section}.model is empty: name the model")
        if model.provider == "azure" and not (model.base_url and model.api_version):
            raise SettingsError(
                f"{section}.provider 'azure' needs {section}.base_url and {section}.api_version"
            )
        self._sdk = openai
        self._model, self._settings, self._around = model.model, model, around
        self._section, self._http_client = section, http_client
        self._clients = PerLoop(self._new_client)
        self._count = counter_for(model.tokenizer_file, section=section)

    @property
    def name(self) -> str:
        """Provider and model."""
        return f"{self._settings.provider}/{self._model}"

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
        """Tokens of the prompt: exact where `tokenizer_file` is set, else rather too many."""
        return self._count(openai_messages.text_of(prompt)) + 8 * len(prompt.messages)

    async def complete(self, prompt: Prompt, *, purpose: CallPurpose) -> Completion:
        """The whole answer."""
        with self.reported():
            response = await self._completions().create(
                **openai_messages.request(prompt, model=self._model), extra_headers=_headers(purpose)
            )
            return openai_messages.completion(response, provider=self.name, model=self._model)

    async def stream(self, prompt: Prompt, *, purpose: CallPurpose) -> AsyncIterator[TextDelta | Completion]:
        """The answer in pieces, then whole.

        Raises:
            DependencyDownError: The stream breaks off: what came so far is no answer.
        """
        with self.reported():
            opened = await self._completions().create(
                **openai_messages.request(prompt, model=self._model),
                stream=True,
                stream_options={"include_usage": True},
                extra_headers=_headers(purpose),
            )
        answer = StreamedAnswer()
        with self.reported():
            async with opened:
                async for chunk in opened:
                    text = answer.add(chunk)
                    if text:
                        yield TextDelta(text)
        if not answer.is_finished:
            raise DependencyDownError(f"{self.name} broke off in the middle of an answer")
        yield answer.completion(provider=self.name, model=self._model)

    async def aclose(self) -> None:
        """Close the connections of the running loop."""
        client = self._clients.forget()
        if client is not None:
            await client.close()

    def _completions(self) -> Any:
        return self.client().chat.completions

    def _new_client(self) -> Any:
        model, around = self._settings, self._around
        key = model.api_key.get_secret_value() if model.api_key else _NO_KEY
        common: dict[str, Any] = {
            "api_key": key,
            # Retries are the gateway's: it knows what else there is.
            "max_retries": 0,
            "timeout": self._sdk.Timeout(around.total_s, connect=around.connect_s),
            "http_client": self._http_client,
        }
        if model.provider == "azure":
            return self._sdk.AsyncAzureOpenAI(
                azure_endpoint=model.base_url or "", api_version=model.api_version, **common
            )
        return self._sdk.AsyncOpenAI(base_url=model.base_url, **common)


def _headers(purpose: CallPurpose) -> dict[str, str]:
    own = {"Idempotency-Key": purpose.idempotency_key} if purpose.idempotency_key else {}
    return own | headers_for_model_server()

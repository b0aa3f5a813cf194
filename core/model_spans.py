"""The span of a call of a language model, in the words of OpenTelemetry's conventions for generative AI. No content."""

from dataclasses import dataclass, field

from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from core.language_models import CallRecord
from core.tracing import begin_span

_SUCCESSES = frozenset({"ok", "refusal"})


def _begun() -> Span:
    return begin_span("chat", kind=SpanKind.CLIENT, gen_ai__operation__name="chat")


@dataclass(slots=True)
class ModelSpan:
    """One call while it runs: begun when this is made, ended with its record."""

    finish: str = ""
    span: Span = field(default_factory=_begun)

    def end(self, record: CallRecord) -> None:
        """Say how the call went. The model is named as the settings name it."""
        if self.span.is_recording():
            provider, _, model = record.provider.partition("/")
            self.span.update_name(f"chat {model}".strip())
            self.span.set_attributes(
                {
                    "gen_ai.provider.name": provider,
                    "gen_ai.request.model": model,
                    "gen_ai.usage.input_tokens": record.usage.input_count,
                    "gen_ai.usage.output_tokens": record.usage.output_count,
                    "folio.feature": record.purpose.feature,
                    "folio.attempts": record.attempt_count,
                    "folio.cached_tokens": record.usage.cached_count,
                }
            )
            if self.finish:
                self.span.set_attribute("gen_ai.response.finish_reasons", [self.finish])
            if record.first_token_ms is not None:
                self.span.set_attribute("folio.first_token_ms", record.first_token_ms)
            if record.outcome not in _SUCCESSES:
                self.span.set_attribute("error.type", record.outcome)
                self.span.set_status(Status(StatusCode.ERROR))
        self.span.end()

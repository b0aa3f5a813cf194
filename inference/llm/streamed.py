"""Puts the pieces of a stream of chat completions together."""

from dataclasses import dataclass, field
from typing import Any

from core.language_models import Completion, Finish, TokenUsage, ToolCall
from inference.llm.openai_messages import finish_of, usage_of


@dataclass(slots=True)
class _Call:
    call_id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class StreamedAnswer:
    """What has come of an answer. A stream that ends without a reason was cut."""

    _texts: list[str] = field(default_factory=list)
    _refusals: list[str] = field(default_factory=list)
    _calls: dict[int, _Call] = field(default_factory=dict)
    _reason: str | None = None
    _usage: TokenUsage = field(default_factory=TokenUsage)
    _model: str = ""

    @property
    def is_finished(self) -> bool:
        """Whether the server has said why it stopped."""
        return self._reason is not None

    def add(self, chunk: Any) -> str:
        """Take a chunk; the text in it."""
        self._model = chunk.model or self._model
        if chunk.usage is not None:
            self._usage = usage_of(chunk.usage)
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        self._reason = choice.finish_reason or self._reason
        delta = choice.delta
        if delta is None:
            return ""
        self._add_calls(delta.tool_calls or ())
        self._refusals.append(getattr(delta, "refusal", None) or "")
        text = delta.content or ""
        self._texts.append(text)
        return text

    def completion(self, *, provider: str, model: str) -> Completion:
        """The whole answer."""
        calls = tuple(
            ToolCall(call.call_id, call.name, "".join(call.arguments))
            for _, call in sorted(self._calls.items())
        )
        refusal = "".join(self._refusals)
        finish = Finish.REFUSAL if refusal else finish_of(self._reason, has_calls=bool(calls))
        text = refusal or "".join(self._texts)
        return Completion(text, self._model or model, provider, finish, self._usage, calls)

    def _add_calls(self, pieces: Any) -> None:
        for piece in pieces:
            call = self._calls.setdefault(piece.index or 0, _Call())
            call.call_id = piece.id or call.call_id
            if piece.function is not None:
                call.name = piece.function.name or call.name
                call.arguments.append(piece.function.arguments or "")

"""What is said between the agent and its model. It lives as long as the process: checkpoints hold references only."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from core.language_models import Message, Role, ToolCall
from generation.prompts.templates import as_data

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(slots=True)
class Dialogue:
    """The opening, and the turns since. `in_words`: steps are JSON in plain messages, for models without tools of their own.

    `input_tokens` is what the provider counted of it last: the next call takes no fewer.
    """

    opening: tuple[Message, ...] = field(repr=False)
    in_words: bool = False
    turns: list[Message] = field(default_factory=list, repr=False)
    input_tokens: int = 0

    @property
    def messages(self) -> tuple[Message, ...]:
        """Everything that was said."""
        return (*self.opening, *self.turns)

    def asked_for(self, calls: Sequence[ToolCall]) -> None:
        """The model wants these tools."""
        if self.in_words:
            wanted = [{"action": call.name, "arguments": _object(call.arguments)} for call in calls]
            self.turns += [Message(Role.ASSISTANT, json.dumps(one, ensure_ascii=False)) for one in wanted]
        else:
            self.turns.append(Message(Role.ASSISTANT, "", tool_calls=tuple(map(_repeatable, calls))))

    def told(self, call: ToolCall, data: dict[str, object]) -> None:
        """What came of a call, as data between marks that it cannot close."""
        text = f"<result>\n{as_data(data)}\n</result>"
        if self.in_words:
            self.turns.append(Message(Role.USER, text))
        else:
            self.turns.append(Message(Role.TOOL, text, tool_call_id=call.call_id))


def _repeatable(call: ToolCall) -> ToolCall:
    """The call as servers take it back: some refuse arguments that are no JSON, or a name that cannot be one."""
    name = call.name if _NAME.fullmatch(call.name) else "unknown"
    return replace(call, name=name, arguments=json.dumps(_object(call.arguments)))


def _object(arguments: str) -> dict[str, object]:
    try:
        found = json.loads(arguments)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

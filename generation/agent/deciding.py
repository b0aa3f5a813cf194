"""What to do next, by a language model: with its own tool calls, or with steps as JSON where it has none."""

from dataclasses import dataclass, field, replace

from pydantic import BaseModel, ConfigDict, Field

from core.agents import AgentEnd
from core.errors import PermanentError, UnusableAnswerError
from core.language_model_ports import LanguageModel
from core.language_models import CallPurpose, Completion, Finish, Prompt, Tool, ToolCall
from generation.agent.dialogue import Dialogue

FINISH = "finish"
_MAX_TOKENS = 400
# A repair sends the prompt and the first answer again, and a line for each mistake.
_REPAIR_TOKENS = 300
# How the gateway calls a request that a server does not take: here, one with tools.
_NOT_TAKEN = "prompt_refused"


class StepArguments(BaseModel):
    """Arguments of any tool: those that it does not have are left out."""

    model_config = ConfigDict(extra="ignore")

    query: str | None = None
    doc_id: str | None = None
    start: int | None = None
    entity: str | None = None
    from_entity: str | None = None
    to_entity: str | None = None


class NextStep(BaseModel):
    """A step in words."""

    model_config = ConfigDict(extra="ignore")

    action: str = Field(description=f"The name of a tool, or {FINISH}")
    arguments: StepArguments = Field(default_factory=StepArguments)


@dataclass(frozen=True, slots=True)
class Decision:
    """Calls to make, or the end. `has_no_tools`: the model is to be asked for steps in words instead."""

    calls: tuple[ToolCall, ...] = field(default=(), repr=False)
    end: AgentEnd | None = None
    token_count: int = 0
    has_no_tools: bool = False


class Decider:
    """Asks the model. What it writes besides a step is thrown away."""

    def __init__(self, model: LanguageModel, tools: tuple[Tool, ...]) -> None:
        self._model = model
        self._tools = tools

    async def next(
        self, dialogue: Dialogue, *, purpose: CallPurpose, is_first: bool, tokens_left: int
    ) -> Decision:
        """The next step.

        Raises:
            FolioError: The model does not answer, or its budget is spent.
        """
        if dialogue.in_words:
            return await self._in_words(dialogue, purpose=purpose, tokens_left=tokens_left)
        choice = "required" if is_first else "auto"
        prompt = Prompt(
            dialogue.messages, max_tokens=_MAX_TOKENS, tools=self._tools, tool_choice=choice, seed=0
        )
        if max(self._model.count_tokens(prompt), dialogue.input_tokens) + _MAX_TOKENS > tokens_left:
            return Decision(end=AgentEnd.TOKENS)
        try:
            answer = await self._model.complete(prompt, purpose=purpose)
        except PermanentError as error:
            if is_first and error.code == _NOT_TAKEN:
                return Decision(has_no_tools=True)
            raise
        dialogue.input_tokens = answer.usage.input_count
        return _read(answer, is_first=is_first)

    async def _in_words(self, dialogue: Dialogue, *, purpose: CallPurpose, tokens_left: int) -> Decision:
        prompt = Prompt(dialogue.messages, max_tokens=_MAX_TOKENS, seed=0)
        prompt_tokens = self._model.count_tokens(prompt)
        if 2 * prompt_tokens + 3 * _MAX_TOKENS + _REPAIR_TOKENS > tokens_left:
            return Decision(end=AgentEnd.TOKENS)
        # How many it has taken is not said; this many, unless it had to be repaired.
        token_count = prompt_tokens + _MAX_TOKENS
        try:
            step = await self._model.structured(prompt, NextStep, purpose=purpose)
        except UnusableAnswerError:
            return Decision(end=AgentEnd.UNUSABLE, token_count=token_count)
        if isinstance(step, Completion):
            return Decision(end=AgentEnd.DECLINED, token_count=token_count)
        if step.action.strip().casefold() == FINISH:
            return Decision(end=AgentEnd.FINISHED, token_count=token_count)
        return Decision((self._call(step),), token_count=token_count)

    def _call(self, step: NextStep) -> ToolCall:
        known = {tool.name: set(tool.parameters.get("properties", {})) for tool in self._tools}
        wanted = known.get(step.action, set(StepArguments.model_fields))
        return ToolCall("", step.action, step.arguments.model_dump_json(exclude_none=True, include=wanted))


def _read(answer: Completion, *, is_first: bool) -> Decision:
    token_count = answer.usage.input_count + answer.usage.output_count
    if answer.finish is Finish.REFUSAL:
        return Decision(end=AgentEnd.DECLINED, token_count=token_count)
    calls = tuple(call for call in answer.tool_calls if call.name)
    if calls:
        return Decision(calls, token_count=token_count)
    if is_first:
        # It was told to call a tool and did not: it cannot.
        return Decision(token_count=token_count, has_no_tools=True)
    return Decision(end=AgentEnd.FINISHED, token_count=token_count)


def numbered(call: ToolCall, number: int) -> ToolCall:
    """The call under an id of ours: servers give the same one twice, or none."""
    return replace(call, call_id=f"call-{number}")

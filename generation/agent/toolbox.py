"""The tools that an agent may use: allowed, checked, timed. What goes wrong is told to the model, and is no exception."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from core.agents import AgentTool, StepOutcome, ToolFindings
from core.errors import FolioError, InvalidInputError
from core.language_models import Tool, ToolCall

_MOST_ERRORS = 5
_MAX_ARGUMENT_CHARS = 4000


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a call. `error` is that of a tool that could not work."""

    tool: str
    outcome: StepOutcome
    findings: ToolFindings
    error: FolioError | None = None


class Toolbox:
    """Tools by name; those that are not allowed are not there."""

    def __init__(self, tools: Sequence[AgentTool], *, allowed: Collection[str]) -> None:
        self._tools = {tool.name: tool for tool in tools if tool.name in allowed}

    @property
    def names(self) -> tuple[str, ...]:
        """What there is."""
        return tuple(self._tools)

    @property
    def offered(self) -> tuple[Tool, ...]:
        """The tools as a model is told of them."""
        return tuple(
            Tool(tool.name, tool.description, tool.arguments.model_json_schema())
            for tool in self._tools.values()
        )

    async def run(self, call: ToolCall, *, limit_s: float) -> Ran:
        """Do what a model asks for, if it may."""
        tool = self._tools.get(call.name)
        if tool is None:
            told = f"there is no such tool; there are {', '.join(self.names)}"
            return Ran("", StepOutcome.UNKNOWN_TOOL, ToolFindings(note=told))
        try:
            arguments = _checked(tool, call.arguments)
        except InvalidInputError as error:
            return Ran(tool.name, StepOutcome.BAD_ARGUMENTS, ToolFindings(note=error.detail))
        return await _called(tool, arguments, limit_s=limit_s)


async def _called(tool: AgentTool, arguments: BaseModel, *, limit_s: float) -> Ran:
    try:
        async with asyncio.timeout(limit_s):
            found = await tool.call(arguments)
    except TimeoutError:
        return Ran(tool.name, StepOutcome.TIMED_OUT, ToolFindings(note="this took too long and was stopped"))
    except InvalidInputError as error:
        # No such document or entity, two of one name: what the model may put right.
        return Ran(tool.name, StepOutcome.NOTHING, ToolFindings(note=error.detail))
    except FolioError as error:
        return Ran(tool.name, StepOutcome.FAILED, ToolFindings(note="this tool does not work now"), error)
    outcome = StepOutcome.FOUND if found.hits or found.facts else StepOutcome.NOTHING
    return Ran(tool.name, outcome, found)


def _checked(tool: AgentTool, arguments: str) -> BaseModel:
    if len(arguments) > _MAX_ARGUMENT_CHARS:
        raise InvalidInputError(f"the arguments are longer than {_MAX_ARGUMENT_CHARS} characters")
    try:
        return tool.arguments.model_validate_json(arguments or "{}")
    except ValidationError as error:
        wrong = [
            f"{'.'.join(map(str, row['loc'])) or 'the arguments'}: {row['msg']}"
            for row in error.errors(include_input=False, include_url=False)[:_MOST_ERRORS]
        ]
        raise InvalidInputError(f"wrong arguments: {'; '.join(wrong)}") from None

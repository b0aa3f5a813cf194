"""The agent: a model chooses what to look up, step by step; the answer is written by the answerer, from the passages found.

Nothing that the model writes is shown or believed: it names tools and their arguments, both checked. What documents say comes back
to it as data, and gives it no tool that it does not have. Every tool works on behalf of one principal.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from core.agents import (
    AgentEnd,
    AgentResult,
    AgentStep,
    AgentTool,
    CheckpointStore,
    PassageReader,
    Screen,
)
from core.answer_ports import Answerer, Asked
from core.answer_settings import AgentSettings
from core.answers import Answer, AnswerStatus
from core.errors import NotFoundError
from core.language_model_ports import LanguageModel
from core.language_models import CallPurpose, ToolCall
from core.ports import Clock
from core.prompts import Prompts
from core.search import Hit
from generation.agent.arguments import SearchArguments
from generation.agent.deciding import Decider, numbered
from generation.agent.dialogue import Dialogue
from generation.agent.run import Run
from generation.agent.sources import in_turn, result_data, shown_again
from generation.agent.toolbox import Ran, Toolbox

FEATURE = "agent"
SEARCH = "search"
NO_EVIDENCE = "no step has found a passage that you may read"
_MS_PER_S = 1000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AgentParts:
    """What an agent works with. `tools` and `reader` are bound to a principal, whom `Asked` names; `screen` may be left out."""

    model: LanguageModel
    prompts: Prompts
    tools: Sequence[AgentTool]
    reader: PassageReader
    answerer: Answerer
    checkpoints: CheckpointStore
    clock: Clock
    screen: Screen | None = None


class Agent:
    """Answers questions of several steps, inside the bounds of the settings. The time bound is for the steps, not the answer."""

    def __init__(self, parts: AgentParts, settings: AgentSettings) -> None:
        self._parts = parts
        self._settings = settings
        self._tools = Toolbox(parts.tools, allowed=settings.tools)
        self._decider = Decider(parts.model, self._tools.offered)

    async def investigate(self, asked: Asked, *, run_id: str) -> AgentResult:
        """Answer a question. Broken off by an error or a crash, it can be taken up under its `run_id`.

        Raises:
            FolioError: The model or the catalog does not answer, a budget is spent, or every tool has failed.
        """
        await self._parts.checkpoints.purge(self._parts.clock.now())
        run = Run(run_id, asked, self._now_s() + self._settings.total_s)
        await self._keep(run)
        return await self._answered(run)

    async def resume(self, run_id: str, *, asker: Asked) -> AgentResult:
        """Go on where a run stands. Steps that were made are not made again; passages are read as they may be read now.

        Args:
            run_id: Of the run.
            asker: Who goes on; the question is that of the run.

        Raises:
            NotFoundError: There is no such run of this tenant and subject, or its time is over.
            InvalidInputError: Another call goes on with it.
            FolioError: As for `investigate`.
        """
        kept = await self._parts.checkpoints.load(run_id, tenant=asker.tenant, subject=asker.subject)
        if kept is None:
            raise NotFoundError("there is no such run, or it is at its end, or it is not yours")
        run = Run.of(kept, asker, now_s=self._now_s())
        # Takes it: of two calls that go on at once, the second one fails here.
        await self._keep(run)
        return await self._answered(run)

    async def _answered(self, run: Run) -> AgentResult:
        ended = await self._steps(run)
        hits = await self._read(run, in_turn(run.steps))
        if not hits and run.failure is not None:
            raise run.failure
        shown = [hit for _, hit in hits]
        answer = await self._parts.answerer.answer(run.asked, shown) if shown else _refusal()
        await self._parts.checkpoints.remove(run.run_id, tenant=run.asked.tenant, subject=run.asked.subject)
        _log.info(
            "the agent ended after %d steps (%s) with %d passages", len(run.steps), ended.value, len(shown)
        )
        return AgentResult(run.run_id, answer, tuple(run.steps), ended, run.token_count, len(shown))

    async def _steps(self, run: Run) -> AgentEnd:
        dialogue = await self._opened(run)
        while (ended := self._bound(run)) is None:
            try:
                async with asyncio.timeout(run.ends_s - self._now_s()):
                    decision = await self._decider.next(
                        dialogue,
                        purpose=self._purpose(run),
                        is_first=not run.steps,
                        tokens_left=self._settings.total_tokens - run.token_count,
                    )
            except TimeoutError:
                return AgentEnd.TIME
            run.token_count += decision.token_count
            if decision.has_no_tools:
                run.in_words = True
                dialogue = await self._opened(run)
            elif decision.end is not None:
                await self._at_least_searched(run, dialogue, decision.end)
                return decision.end
            else:
                await self._do(run, dialogue, decision.calls)
        return ended

    def _bound(self, run: Run) -> AgentEnd | None:
        if len(run.steps) >= self._settings.step_count:
            return AgentEnd.STEPS
        return AgentEnd.TIME if run.ends_s <= self._now_s() else None

    async def _do(self, run: Run, dialogue: Dialogue, calls: Sequence[ToolCall]) -> None:
        """Each call is a step; those beyond the bound are not made."""
        named = [numbered(call, len(run.steps) + place) for place, call in enumerate(calls, start=1)]
        dialogue.asked_for(named)
        for call in named:
            if self._bound(run) is not None:
                return
            started_s = self._now_s()
            limit_s = min(self._settings.tool_s, run.ends_s - started_s)
            ran = await self._tools.run(call, limit_s=limit_s)
            await self._told(run, dialogue, call, ran=ran, took_ms=(self._now_s() - started_s) * _MS_PER_S)

    async def _told(self, run: Run, dialogue: Dialogue, call: ToolCall, *, ran: Ran, took_ms: float) -> None:
        found = run.sources.numbered(await self._screened(ran.findings.hits))
        step = AgentStep(
            number=len(run.steps) + 1,
            tool=ran.tool,
            outcome=ran.outcome,
            argument_chars=len(call.arguments),
            took_ms=took_ms,
            result_count=len(found) + len(ran.findings.facts),
            sources=tuple(number for number, _, _ in found),
        )
        run.steps.append(step)
        run.failure = ran.error or run.failure
        max_chars = self._settings.result_chars
        dialogue.told(call, result_data(found, ran.findings, ran.outcome, max_chars=max_chars))
        _log.info(
            "agent step %d: %s, %s, %d results, %.0f ms",
            step.number,
            step.tool or "unknown tool",
            step.outcome.value,
            step.result_count,
            took_ms,
        )
        await self._keep(run)

    async def _at_least_searched(self, run: Run, dialogue: Dialogue, ended: AgentEnd) -> None:
        """A model that finds nothing to do has not looked: the question itself is searched for, once."""
        gave_up = ended in {AgentEnd.FINISHED, AgentEnd.UNUSABLE}
        if gave_up and not run.sources.places and SEARCH in self._tools.names:
            arguments = SearchArguments(query=run.asked.question[:500]).model_dump_json()
            await self._do(run, dialogue, [ToolCall("", SEARCH, arguments)])

    async def _opened(self, run: Run) -> Dialogue:
        seen = await self._read(run, range(1, len(run.sources.places) + 1))
        offered = [
            {"name": tool.name, "description": tool.description, "arguments": tool.parameters}
            for tool in self._tools.offered
        ]
        values: dict[str, object] = {
            "question": run.asked.question,
            "background": run.asked.background,
            "found": shown_again(seen, max_chars=2 * self._settings.result_chars),
            "steps_left": self._settings.step_count - len(run.steps),
            "tools": offered if run.in_words else [],
        }
        unit = f"{run.asked.tenant}/{run.asked.subject}"
        prompt = await self._parts.prompts.render(FEATURE, values, unit=unit, language=run.asked.language)
        run.prompt_version = prompt.version
        return Dialogue(prompt.messages, in_words=run.in_words)

    async def _read(self, run: Run, numbers: Sequence[int]) -> list[tuple[int, Hit]]:
        """Passages by number, as they may be read now: of a document that is gone, or changed, there are none."""
        places = [run.sources.places[number - 1] for number in numbers]
        if not places:
            return []
        hits = await self._screened(await self._parts.reader.passages(places))
        return [(number, hit) for number, hit, _ in run.sources.numbered(hits)]

    async def _screened(self, hits: Sequence[Hit]) -> Sequence[Hit]:
        return hits if self._parts.screen is None or not hits else await self._parts.screen(hits)

    async def _keep(self, run: Run) -> None:
        kept = run.kept(self._settings, now=self._parts.clock.now(), now_s=self._now_s())
        await self._parts.checkpoints.save(kept)
        run.revision = kept.revision

    def _purpose(self, run: Run) -> CallPurpose:
        asked = run.asked
        return CallPurpose(asked.tenant, FEATURE, subject=asked.subject, prompt_version=run.prompt_version)

    def _now_s(self) -> float:
        return self._parts.clock.monotonic_s()


def _refusal() -> Answer:
    return Answer("", AnswerStatus.REFUSED, NO_EVIDENCE, ())

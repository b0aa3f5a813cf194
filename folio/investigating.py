"""What an open knowledge base finds out in several steps: the agent, for Python, the command line and the API."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.access import Principal
from core.agents import AgentEnd, AgentResult
from core.answer_ports import Asked
from core.answers import AnswerMode
from core.search import Hit
from folio.asking import AskedKnowledgeBase
from folio.assembly import Parts

if TYPE_CHECKING:
    from folio.agent import AgentWiring
    from folio.answer_records import Asking
    from folio.graph_desk import GraphDesk
    from generation.agent.agent import Agent
    from generation.guardrails.pipeline import Guardrails


class InvestigatingKnowledgeBase(AskedKnowledgeBase):
    """The part of `KnowledgeBase` that answers questions of several steps."""

    async def investigate(
        self, question: str, *, principal: Principal | None = None, run_id: str | None = None
    ) -> AgentResult:
        """A cited answer from what an agent has looked up on behalf of a principal (by default, the operator), or a refusal.

        `run_id` names the run, to take it up again with `resume_investigation` where it is broken off.

        Raises:
            SettingsError: No language model is configured.
            InvalidInputError: The question is empty or too long, or the run is known.
            FolioError: The model does not answer, or its budget is spent.
        """
        from folio.agent import asked_by, new_run_id
        from folio.kept_words import text_redactor
        from generation.guardrails.pipeline import refusal

        who, name = principal or self.settings.principal(), run_id or new_run_id()
        parts = await self._live.refresh()
        guardrails = parts.answers.guardrails
        asking = self.recorder.asking(question, who)
        agent = await self._agent(who, guardrails)
        redact = text_redactor(self.settings, await self._catalog(), tenant=who.tenant)
        asked = await asked_by(parts, question, principal=who, redact=redact)
        verdict = await guardrails.input(asked.question, who)
        if verdict.is_blocked:
            blocked = AgentResult(name, refusal(verdict), (), AgentEnd.BLOCKED)
            return await self._noted(asking, blocked)
        found = await agent.investigate(replace(asked, question=verdict.text), run_id=name)
        return await self._noted(asking, found)

    async def resume_investigation(self, run_id: str, *, principal: Principal | None = None) -> AgentResult:
        """Go on with a question that was broken off.

        Raises:
            NotFoundError: There is no such run of this principal, or its time is over.
            FolioError: As for `investigate`.
        """
        from folio.answer_service import visibility_of

        who = principal or self.settings.principal()
        agent = await self._agent(who, (await self._live.refresh()).answers.guardrails)
        asker = Asked("", who.tenant, who.subject, visibility=visibility_of(who))
        asking = self.recorder.asking("", who)
        return await self._noted(asking, await agent.resume(run_id, asker=asker))

    async def _noted(self, asking: "Asking", result: AgentResult) -> AgentResult:
        return replace(result, answer=await self.recorder.noted(asking, result.answer))

    async def _agent(self, principal: Principal, guardrails: "Guardrails") -> "Agent":
        from folio.agent import create_agent

        parts, catalog = await self._live.refresh(), await self._catalog()
        wiring = await self._agent_wiring(parts, principal, guardrails)
        return create_agent(parts, catalog, wiring, settings=self.settings.agent, principal=principal)

    async def _agent_wiring(
        self, parts: Parts, principal: Principal, guardrails: "Guardrails"
    ) -> "AgentWiring":
        from folio.agent import AgentWiring, GuardedAnswerer
        from folio.answer_service import mode_of

        async def desk() -> "GraphDesk":
            return await self.graph(principal=principal)

        async def screen(hits: Sequence[Hit]) -> Sequence[Hit]:
            return (await guardrails.passages(hits)).hits

        graph = self.settings.graph
        mode, answers = mode_of(self.settings, None), parts.answers
        by_sentences = await answers.answerer(AnswerMode.EXTRACTIVE)
        falls_back = self.settings.answers.fallback == "extractive"
        answerer = GuardedAnswerer(
            await answers.answerer(mode),
            guardrails,
            principal,
            fallback=by_sentences if falls_back and mode is not AnswerMode.EXTRACTIVE else None,
        )
        return AgentWiring(
            model=await self.language_model(),
            prompts=await self._prompts(),
            answerer=answerer,
            desk=desk if graph.enabled and graph.use != "off" else None,
            screen=screen,
        )

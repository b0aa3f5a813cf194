"""The agent over an open knowledge base, on behalf of a principal."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import uuid4

from core.access import Principal
from core.agents import Screen
from core.answer_ports import Answerer, AnswerPiece, Asked
from core.answer_settings import AgentSettings
from core.answers import Answer
from core.errors import FolioError
from core.language_model_ports import LanguageModel
from core.prompts import Prompts
from core.search import Hit, SearchResult
from folio.agent_tools import OpenDesk, PrincipalReader, PrincipalTools
from folio.answer_service import visibility_of
from folio.assembly import Parts
from folio.kept_words import Rewrite
from generation.agent.agent import Agent, AgentParts
from generation.guardrails.pipeline import Guardrails
from retrieval.filters import visible_to
from retrieval.question import checked_query

if TYPE_CHECKING:
    from store.catalog.catalog import SqlCatalog


@dataclass(frozen=True, slots=True)
class AgentWiring:
    """What an agent has of the knowledge base besides its parts. `screen` is what passages go through before a model sees them."""

    model: LanguageModel
    prompts: Prompts
    answerer: Answerer
    desk: OpenDesk | None = None
    screen: Screen | None = None


def create_agent(
    parts: Parts,
    catalog: "SqlCatalog",
    wiring: AgentWiring,
    *,
    settings: AgentSettings,
    principal: Principal,
) -> Agent:
    """The agent of one principal: every tool it has, searches and reads as the principal."""

    async def find(query: str) -> SearchResult:
        return await parts.search.search(query, principal=principal, limit=settings.passage_count)

    async def version_of(doc_id: str) -> int | None:
        record = await catalog.get(doc_id)
        return None if record is None else record.version

    reader = PrincipalReader(parts.reader, parts.hit_privacy, principal)
    tools = PrincipalTools(find, reader, version_of, settings.passage_count, wiring.desk)
    agent_parts = AgentParts(
        model=wiring.model,
        prompts=wiring.prompts,
        tools=tools.all(),
        reader=reader,
        answerer=wiring.answerer,
        checkpoints=catalog.checkpoints,
        clock=parts.clock,
        screen=wiring.screen,
    )
    return Agent(agent_parts, settings)


def new_run_id() -> str:
    """An id that nobody guesses."""
    return uuid4().hex


async def asked_by(parts: Parts, question: str, *, principal: Principal, redact: Rewrite) -> Asked:
    """The question as the index has it, and then without what personal data is left: it is kept, and goes to a model.

    Names of persons in it are the pseudonyms that stand in the passages.

    Raises:
        InvalidInputError: It is empty or too long.
    """
    text = checked_query(question, limit=1, max_limit=1)
    if parts.query_privacy is not None:
        visible, tenant = visible_to(principal), principal.tenant
        text = (await parts.query_privacy.private(text, visible=visible, tenant=tenant)).text
    visibility = visibility_of(principal)
    return Asked(await redact(text), principal.tenant, principal.subject, visibility=visibility)


@dataclass(frozen=True, slots=True)
class GuardedAnswerer:
    """Implements Answerer. What is answered goes through the guardrails; `fallback` answers where the first one cannot."""

    answerer: Answerer
    guardrails: Guardrails
    principal: Principal
    fallback: Answerer | None = None

    async def answer(self, asked: Asked, hits: Sequence[Hit]) -> Answer:
        """The answer from these passages, checked."""
        found = await self._answered(asked, hits)
        return await self.guardrails.output(found, hits, self.principal, language=asked.language)

    async def stream(self, asked: Asked, hits: Sequence[Hit]) -> AsyncIterator[AnswerPiece | Answer]:
        """The answer as a whole: what is checked as a whole cannot be given in pieces."""
        yield await self.answer(asked, hits)

    async def _answered(self, asked: Asked, hits: Sequence[Hit]) -> Answer:
        try:
            return await self.answerer.answer(asked, hits)
        except FolioError as error:
            if self.fallback is None:
                raise
            found = await self.fallback.answer(asked, hits)
            note = f"the language model wrote no answer ({type(error).__name__}): these are the documents' own words"
            return replace(found, notes=(*found.notes, note))

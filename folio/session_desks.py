"""How the desk of conversations is put together: over an open catalog, with or without a language model."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from core.access import Principal
from core.clock import SystemClock
from core.config import Settings
from core.language_model_ports import LanguageModel
from core.ports import Clock
from core.privacy_ports import QueryPrivacy
from core.prompts import Prompts
from folio.kept_words import text_redactor
from folio.sessions import SessionDesk, SessionParts
from generation.conversation.condensing import Condenser
from generation.conversation.summaries import Summariser
from inference.llm.token_counts import counter_for
from retrieval.filters import visible_to

if TYPE_CHECKING:
    from store.catalog.catalog import SqlCatalog

_SUMMARY_SHARE = 0.4
"""Of the tokens that a session may have in a prompt."""


@dataclass(frozen=True, slots=True)
class SessionModel:
    """A language model that completes questions and writes summaries.

    `privacy` puts the pseudonyms of the index into a question before the model sees it.
    """

    model: LanguageModel
    prompts: Prompts
    privacy: QueryPrivacy | None = None


def create_session_desk(
    settings: Settings,
    catalog: "SqlCatalog",
    clock: Clock,
    principal: Principal,
    *,
    by: SessionModel | None = None,
) -> SessionDesk:
    """The desk of a principal. Without a model, questions are completed and summaries written by rules."""
    model, prompts = (by.model, by.prompts) if by else (None, None)
    count = counter_for(settings.llm.tokenizer_file, section="llm")
    budget = max(1, int(settings.sessions.context_tokens * _SUMMARY_SHARE))
    parts = SessionParts(
        store=catalog.sessions,
        shelf=catalog.sessions,
        settings=settings.sessions,
        clock=clock,
        redact=text_redactor(settings, catalog, tenant=principal.tenant),
        readable=partial(catalog.readable, principal),
        veil=_veiling(by.privacy if by else None, principal),
        count=count,
        condenser=Condenser(model, prompts),
        summariser=Summariser(budget, count, model, prompts),
    )
    return SessionDesk(parts, principal)


@asynccontextmanager
async def open_session_desk(settings: Settings, principal: Principal) -> AsyncIterator[SessionDesk]:
    """The desk over the catalog alone: to list, show, export and delete."""
    from folio.assembly import open_catalog

    clock = SystemClock()
    async with open_catalog(settings, clock) as catalog:
        yield create_session_desk(settings, catalog, clock, principal)


def _veiling(privacy: QueryPrivacy | None, principal: Principal) -> Callable[[str], Awaitable[str]]:
    if privacy is None:
        return _same

    async def veil(question: str) -> str:
        private = await privacy.private(question, visible=visible_to(principal), tenant=principal.tenant)
        return private.text

    return veil


async def _same(text: str) -> str:
    return text

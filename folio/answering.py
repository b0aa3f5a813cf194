"""From a question to an answer on behalf of a principal: what is asked for, and how it is put to those who answer."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from core.access import Principal
from core.answer_ports import AnswerPiece, Asked, Retrieve
from core.answers import Answer, AnswerMode
from core.config import Settings
from core.filters import Condition
from core.search import Hit, SearchResult
from core.tracing import stage
from folio.answer_service import mode_of, retrieving, visibility_of
from folio.assembly import Parts
from folio.metered import answer_made, metered
from generation.service import Overview, Wanted
from retrieval.filters import visible_to
from retrieval.query.route import Route, route
from retrieval.question import MAX_QUERY_CHARS, checked_query

OnFound: TypeAlias = Callable[[Sequence[Hit]], Awaitable[None]]
"""Is told what was found for a question, after every round of searching."""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to know, and how: None is what the settings say.

    `background` is what a conversation knows of before, `narrowed` a filter that every passage has to meet.
    """

    text: str = field(repr=False)
    mode: AnswerMode | None = None
    language: str = ""
    background: str = field(default="", repr=False)
    narrowed: Condition | None = None


@dataclass(frozen=True, slots=True)
class OnSearch:
    """Who hears of the searches for one question: whoever shows what was found, and whoever takes samples."""

    shown: OnFound | None = None
    sampled: Callable[[SearchResult], None] | None = None

    def around(self, retrieve: Retrieve) -> Retrieve:
        """The same search, which tells."""

        async def told(query: str) -> SearchResult:
            found = await retrieve(query)
            if self.sampled is not None:
                self.sampled(found)
            if self.shown is not None:
                await self.shown(found.hits)
            return found

        return told


_NOBODY = OnSearch()


async def answered(
    parts: Parts,
    question: Question,
    *,
    principal: Principal,
    overview: Overview | None = None,
    told: OnSearch = _NOBODY,
) -> Answer:
    """A cited answer from what the principal may read, or a refusal.

    Raises:
        InvalidInputError: The question is empty or too long, or needs a language model where none is configured.
    """
    with stage("answer"):
        wanted = await _wanted(parts, question, principal, overview)
        answer = await parts.answers.answer(replace(wanted, retrieve=told.around(wanted.retrieve)))
    answer_made(answer)
    return answer


async def streamed(
    parts: Parts,
    question: Question,
    *,
    principal: Principal,
    overview: Overview | None = None,
    told: OnSearch = _NOBODY,
) -> AsyncGenerator[AnswerPiece | Answer, None]:
    """The same sentence by sentence, each checked, and at the end whole. Close it to stop whoever writes."""
    wanted = await _wanted(parts, question, principal, overview)
    return metered(parts.answers.stream(replace(wanted, retrieve=told.around(wanted.retrieve))))


def is_about_the_whole(settings: Settings, question: str) -> bool:
    """Whether a question asks for themes or an overview, and may be answered from the graph."""
    graph = settings.graph
    return graph.enabled and graph.use != "off" and route(question) is Route.GLOBAL


async def _wanted(
    parts: Parts, question: Question, principal: Principal, overview: Overview | None
) -> Wanted:
    settings = parts.settings
    mode = mode_of(settings, question.mode)
    text = checked_query(question.text, limit=1, max_limit=1)
    # A model may be asked before anything is searched for: it is to see the pseudonyms of the index from the beginning.
    if parts.query_privacy is not None and settings.llm.model is not None:
        private = await parts.query_privacy.private(
            text, visible=visible_to(principal), tenant=principal.tenant
        )
        text = private.text[:MAX_QUERY_CHARS]
    asked = Asked(
        text,
        principal.tenant,
        principal.subject,
        language=question.language,
        background=question.background,
        visibility=visibility_of(principal),
    )
    limit = settings.answers.passage_count
    retrieve = retrieving(parts.evidence, principal, limit=limit, narrowed=question.narrowed)
    return Wanted(asked, principal, retrieve, mode, overview)

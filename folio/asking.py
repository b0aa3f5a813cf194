"""What an open knowledge base is asked: passages, answers, and the graph."""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

from core.access import Principal
from core.answer_ports import AnswerPiece
from core.answers import Answer, AnswerMode
from core.errors import DependencyDownError
from core.filters import Condition
from core.search import SearchResult
from core.search_trace import Explanation
from folio.assembly import Parts
from folio.maintained import MaintainedKnowledgeBase

if TYPE_CHECKING:
    from folio.answering import Question
    from folio.graph_desk import GraphDesk
    from folio.graph_merging import MergeDesk

_log = logging.getLogger(__name__)


class AskedKnowledgeBase(MaintainedKnowledgeBase):
    """The part of `KnowledgeBase` that reads on behalf of a principal."""

    async def search(
        self,
        query: str,
        *,
        limit: int = 10,
        principal: Principal | None = None,
        narrowed: Condition | None = None,
        preferred: Condition | None = None,
        explain: bool = False,
    ) -> SearchResult:
        """The best chunks that the principal (by default, the operator) may read.

        Every hit meets `narrowed`, and `preferred` too unless nothing does; `explain` adds the trace.
        """
        who = principal or self.settings.principal()
        return await self._searched(
            lambda parts: parts.search.search(
                query, principal=who, limit=limit, narrowed=narrowed, preferred=preferred, explain=explain
            )
        )

    async def search_documents(
        self, query: str, *, limit: int = 10, principal: Principal | None = None
    ) -> SearchResult:
        """Like `search`, but the best chunk of each document only."""
        who = principal or self.settings.principal()
        return await self._searched(
            lambda parts: parts.search.search_documents(query, principal=who, limit=limit)
        )

    async def explain_document(
        self,
        query: str,
        doc_id: str,
        *,
        limit: int = 10,
        principal: Principal | None = None,
        narrowed: Condition | None = None,
        preferred: Condition | None = None,
    ) -> Explanation:
        """Why a document is where it is in this search, or is not in it. One that may not be read looks like an unknown one."""
        who = principal or self.settings.principal()
        return await self._searched(
            lambda parts: parts.search.explain_document(
                query, doc_id, principal=who, limit=limit, narrowed=narrowed, preferred=preferred
            )
        )

    async def answer(
        self,
        question: str,
        *,
        principal: Principal | None = None,
        mode: AnswerMode | None = None,
        language: str = "",
        session_id: str | None = None,
        narrowed: Condition | None = None,
    ) -> Answer:
        """A cited answer, or a refusal with its reason: in the documents' own words, or checked words of a language model.

        Args:
            question: In plain words.
            principal: On whose behalf; by default, the operator.
            mode: How it is made; by default as `answers.mode` says.
            language: Of the question, as `en`; empty where unknown.
            session_id: The conversation that it belongs to, from `sessions`; the turn is kept there.
            narrowed: A filter that every passage meets.

        Raises:
            InvalidInputError: The question is empty or too long, or the mode needs a language model where none is configured.
            NotFoundError: There is no such session.
        """
        from folio.answering import Question

        who = principal or self.settings.principal()
        wanted = Question(question, mode, language, narrowed=narrowed)
        if session_id is None:
            return await self._answered(wanted, who)
        from folio.conversing import Answering, continued

        desk = await self.sessions(principal=who)
        answering = Answering(partial(self._passed, who=who), partial(self._answered, who=who))
        return await continued(desk, session_id, wanted, answering)

    async def stream_answer(
        self,
        question: str,
        *,
        principal: Principal | None = None,
        mode: AnswerMode | None = None,
        language: str = "",
    ) -> AsyncGenerator[AnswerPiece | Answer, None]:
        """The answer sentence by sentence, each checked before it comes, and at the end whole. Close it to stop the model.

        Raises:
            InvalidInputError: As for `answer`, before the first sentence.
        """
        from folio.answering import Question, streamed

        who = principal or self.settings.principal()
        wanted = Question(question, mode, language)
        stream = await self._searched(lambda parts: streamed(parts, wanted, principal=who))
        async with aclosing(stream) as pieces:
            async for piece in pieces:
                yield piece

    async def _passed(self, question: "Question", who: Principal) -> str | Answer:
        answers = (await self._live.refresh()).answers
        return await answers.passed(question.text, who, language=question.language)

    async def _answered(self, question: "Question", who: Principal) -> Answer:
        from folio.answering import answered, is_about_the_whole

        overview = None
        if is_about_the_whole(self.settings, question.text):
            overview = partial(self._overview, principal=who)
        return await self._searched(lambda parts: answered(parts, question, principal=who, overview=overview))

    async def _overview(self, question: str, *, principal: Principal) -> Answer | None:
        """The main themes of what the principal may read; None if the graph knows none, or is not there. Opens the catalog."""
        from folio.themes import overview_of

        async def look(parts: Parts) -> Answer | None:
            desk = await self.graph(principal=principal)
            return await overview_of(parts, desk, question, principal=principal)

        try:
            return await self._searched(look)
        except DependencyDownError as error:
            _log.warning("a question about the whole is answered without the graph: %s", error.detail)
            return None

    async def graph(self, *, principal: Principal | None = None) -> "GraphDesk":
        """The knowledge graph as the principal (by default, the operator) sees it. Opens the catalog."""
        from folio.graph_desk import DeskParts, GraphDesk
        from folio.graph_quotes import QuoteReader

        who = principal or self.settings.principal()
        graph, catalog, parts = (
            await self._graph(who.tenant),
            await self._catalog(),
            await self._live.refresh(),
        )
        quotes = QuoteReader(parts.reader, parts.hit_privacy)
        desk_parts = DeskParts(graph, catalog.graph_communities, quotes, parts.query_privacy)
        return GraphDesk(desk_parts, principal=who)

    async def graph_merges(self, *, principal: Principal | None = None) -> "MergeDesk":
        """What is taken for one entity, as the principal (by default, the operator) sees it, and decisions about it."""
        from folio.graph_merging import MergeDesk

        catalog = await self._catalog()
        desk = await self.graph(principal=principal)
        return MergeDesk(desk, catalog.graph_merges, catalog.audit.append)

"""What an open knowledge base is asked: passages, answers, and the graph."""

import logging
from typing import TYPE_CHECKING

from core.access import Principal
from core.answers import Answer
from core.errors import DependencyDownError
from core.filters import Condition
from core.search import SearchResult
from core.search_trace import Explanation
from folio.answering import answered, is_about_the_whole
from folio.assembly import Parts
from folio.maintained import MaintainedKnowledgeBase

if TYPE_CHECKING:
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

    async def answer(self, question: str, *, principal: Principal | None = None) -> Answer:
        """A cited answer in the documents' own words, or a refusal with its reason."""
        who = principal or self.settings.principal()
        if is_about_the_whole(self.settings, question):
            overview = await self._overview(question, who)
            if overview is not None:
                return overview
        return await self._searched(lambda parts: answered(parts, question, principal=who))

    async def _overview(self, question: str, principal: Principal) -> Answer | None:
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

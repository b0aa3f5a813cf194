"""What an open knowledge base is searched for: passages, documents, counts, and why one is not among them."""

from collections.abc import Sequence

from core.access import Principal
from core.errors import FolioError
from core.filters import Condition
from core.search import SearchOptions, SearchResult, SearchWanted
from core.search_trace import Explanation
from folio.sampled import SampledKnowledgeBase


class SearchedKnowledgeBase(SampledKnowledgeBase):
    """The part of `KnowledgeBase` that finds on behalf of a principal."""

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
        options = SearchOptions(limit=limit, narrowed=narrowed, preferred=preferred, explain=explain)
        return await self.found(query, options, principal=principal)

    async def found(
        self, query: str, options: SearchOptions, *, principal: Principal | None = None
    ) -> SearchResult:
        """Like `search`, as the options say: by document, with facets, with the words of the query marked.

        Raises:
            InvalidInputError: The query is empty or too long, an option is out of bounds, or a field has no index.
        """
        who = principal or self.settings.principal()
        result = await self._searched(lambda parts: parts.search.found(query, principal=who, options=options))
        self.sampler.searched(result, who)
        return result

    async def found_many(
        self, searches: Sequence[SearchWanted], *, principal: Principal | None = None
    ) -> list[SearchResult | FolioError]:
        """Several searches at once, each with its result or with why it has none, in order. Their vectors are computed together."""
        who = principal or self.settings.principal()
        results = await self._searched(lambda parts: parts.search.found_many(searches, principal=who))
        for result in results:
            if isinstance(result, SearchResult):
                self.sampler.searched(result, who)
        return results

    async def search_documents(
        self, query: str, *, limit: int = 10, principal: Principal | None = None
    ) -> SearchResult:
        """Like `search`, but the best chunk of each document only."""
        who = principal or self.settings.principal()
        result = await self._searched(
            lambda parts: parts.search.search_documents(query, principal=who, limit=limit)
        )
        self.sampler.searched(result, who)
        return result

    async def titles_near(
        self, vector: Sequence[float], *, model: str, limit: int = 3, principal: Principal | None = None
    ) -> list[str]:
        """Titles of the documents nearest to a vector, of those that the principal may read.

        None where another model than the one with the fingerprint `model` is live by now.
        """
        from folio.vectors_near import titles_near

        who = principal or self.settings.principal()
        return await self._searched(
            lambda parts: titles_near(parts, vector, model=model, principal=who, limit=limit)
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
        options = SearchOptions(limit=limit, narrowed=narrowed, preferred=preferred)
        return await self.explained(query, doc_id, options, principal=principal)

    async def explained(
        self, query: str, doc_id: str, options: SearchOptions, *, principal: Principal | None = None
    ) -> Explanation:
        """Like `explain_document`, for a search with these options."""
        who = principal or self.settings.principal()
        return await self._searched(
            lambda parts: parts.search.explained(query, doc_id, principal=who, options=options)
        )

"""Passages for a query."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.lifespan import Services, ServicesParam
from api.schemas.search import Limit, QueryText, SearchRequest, SearchResponse

router = APIRouter(tags=["search"])


@router.post("/search")
async def search(body: SearchRequest, services: ServicesParam) -> SearchResponse:
    """The best passages that the caller may read, by meaning and by words."""
    return await _found(body, services)


@router.get("/search")
async def search_by_address(
    services: ServicesParam, q: Annotated[QueryText, Query()], limit: Annotated[Limit, Query()] = 10
) -> SearchResponse:
    """Like `POST`, for a query without filters. Queries in addresses end up in the logs of proxies."""
    return await _found(SearchRequest(query=q, limit=limit), services)


async def _found(wanted: SearchRequest, services: Services) -> SearchResponse:
    knowledge_base = await services.knowledge_base()
    narrowed, preferred = wanted.narrowed(), wanted.preferred()
    restorer = await knowledge_base.restorer(services.principal) if wanted.restore else None
    result = await knowledge_base.search(
        wanted.query,
        limit=wanted.limit,
        principal=services.principal,
        narrowed=narrowed,
        preferred=preferred,
        explain=wanted.explain,
    )
    if restorer is not None:
        result = await restorer.result(result)
    explanation = None
    if wanted.explain_document is not None:
        explanation = await knowledge_base.explain_document(
            wanted.query,
            wanted.explain_document,
            limit=wanted.limit,
            principal=services.principal,
            narrowed=narrowed,
            preferred=preferred,
        )
    return SearchResponse.of(result, explanation=explanation)

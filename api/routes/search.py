"""Passages for a query."""

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request

from api.lifespan import Services, ServicesParam
from api.load.weighing import weigh
from api.request_context import request_id
from api.schemas.found import BatchedResult, BatchResponse, SearchResponse
from api.schemas.problem import Problem
from api.schemas.search import BatchedSearch, BatchRequest, SearchByAddress, SearchRequest
from core.errors import FolioError, InvalidInputError
from core.search import SearchResult, SearchWanted

if TYPE_CHECKING:
    from folio.knowledge_base import KnowledgeBase

router = APIRouter(tags=["search"])


@router.post("/search")
async def search(body: SearchRequest, services: ServicesParam) -> SearchResponse:
    """The best passages that the caller may read, by meaning and by words."""
    return await _found(body, services)


@router.get("/search")
async def search_by_address(
    services: ServicesParam, wanted: Annotated[SearchByAddress, Query()]
) -> SearchResponse:
    """Like `POST`, without trees as filters. Queries in addresses end up in the logs of proxies."""
    return await _found(wanted.request(), services)


@router.post("/search/batch")
async def search_batch(body: BatchRequest, services: ServicesParam, request: Request) -> BatchResponse:
    """Several searches at once, each answered with its result or with a problem of its own."""
    await weigh(request.scope, len(body.searches))
    knowledge_base = await services.knowledge_base()
    wanted = [_wanted(one, number) for number, one in enumerate(body.searches, start=1)]
    outcomes = await knowledge_base.found_many(wanted, principal=services.principal)
    shown = await _restored(body.searches, outcomes, knowledge_base, services)
    known_as = request_id(request.scope)
    return BatchResponse(
        results=[
            _outcome(one, asked=asked, known_as=known_as)
            for one, asked in zip(shown, body.searches, strict=True)
        ]
    )


async def _found(wanted: SearchRequest, services: Services) -> SearchResponse:
    knowledge_base = await services.knowledge_base()
    asked = wanted.wanted()
    restorer = await knowledge_base.restorer(services.principal) if wanted.restore else None
    result = await knowledge_base.found(asked.query, asked.options, principal=services.principal)
    if restorer is not None:
        result = await restorer.result(result)
    explanation = None
    if wanted.explain_document is not None:
        explanation = await knowledge_base.explained(
            asked.query,
            wanted.explain_document,
            replace(asked.options, facets=None, highlight=False, explain=False),
            principal=services.principal,
        )
    return SearchResponse.of(result, grouped=wanted.group_by is not None, explanation=explanation)


async def _restored(
    searches: Sequence[BatchedSearch],
    outcomes: Sequence[SearchResult | FolioError],
    knowledge_base: "KnowledgeBase",
    services: Services,
) -> list[SearchResult | FolioError]:
    """The results with values in place of pseudonyms, where that was asked for."""
    shown: list[SearchResult | FolioError] = []
    for asked, outcome in zip(searches, outcomes, strict=True):
        if not asked.restore or isinstance(outcome, FolioError):
            shown.append(outcome)
            continue
        try:
            restorer = await knowledge_base.restorer(services.principal)
            shown.append(await restorer.result(outcome))
        except FolioError as error:
            shown.append(error)
    return shown


def _wanted(asked: BatchedSearch, number: int) -> SearchWanted:
    """One search of several; a filter that cannot be is an error of the whole request, as any other wrong field is."""
    try:
        return asked.wanted()
    except InvalidInputError as error:
        raise InvalidInputError(f"search {number}: {error.detail}") from None


def _outcome(outcome: SearchResult | FolioError, *, asked: BatchedSearch, known_as: str) -> BatchedResult:
    if isinstance(outcome, SearchResult):
        return BatchedResult(
            status=HTTPStatus.OK,
            result=SearchResponse.of(outcome, grouped=asked.group_by is not None),
        )
    return BatchedResult(
        status=outcome.status,
        problem=Problem(
            title=HTTPStatus(outcome.status).phrase,
            status=outcome.status,
            code=outcome.code,
            detail=outcome.detail,
            request_id=known_as,
        ),
    )

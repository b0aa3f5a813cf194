"""Dify's external knowledge base."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter

from api.collection_search import CollectionSearch, collection_id_of, search_collection
from api.dify_errors import DIFY_PATH, DifyError
from api.lifespan import ServicesParam
from api.schemas.dify import RetrievalRecord, RetrievalRequest, RetrievalResponse
from core.filters import All

router = APIRouter(tags=["dify"])
_STATUSES = (400, 401, 403, 404, 405, 408, 413, 415, 422, 429, 500, 503)
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": DifyError, "description": HTTPStatus(status).phrase} for status in _STATUSES
}


@router.post(DIFY_PATH, responses=_ERRORS)
async def retrieve_for_dify(body: RetrievalRequest, services: ServicesParam) -> RetrievalResponse:
    """The best passages of a collection that the caller may read, as Dify's external knowledge API asks for them."""
    condition = body.metadata_condition
    asked = CollectionSearch(
        queries=(body.query,),
        collection_id=collection_id_of(body.knowledge_id),
        limit=body.retrieval_setting.top_k,
        narrowed=condition.condition() if condition else All(()),
        threshold=body.retrieval_setting.score_threshold,
    )
    found = await search_collection(asked, services)
    return RetrievalResponse(records=[RetrievalRecord.of(one) for one in found])

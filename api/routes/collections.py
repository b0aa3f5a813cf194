"""What can be searched: everything of the tenant, and each source."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.conditional import answer_if_changed, tag_of
from api.lifespan import ServicesParam
from api.paging import cut
from api.schemas.collections import CollectionBody, CollectionPage
from folio.collections import collection_of, collections_of

router = APIRouter(tags=["collections"], prefix="/collections")

_MAX_PAGE = 500


@router.get("")
async def list_collections(
    services: ServicesParam,
    limit: Annotated[int, Query(ge=1, le=_MAX_PAGE)] = 50,
    cursor: Annotated[
        str | None, Query(pattern=r"^[0-9a-z]{1,64}$", description="`next_cursor` of a page")
    ] = None,
) -> CollectionPage:
    """What the caller can search: `all`, and each source that has a document for it."""
    found = await collections_of(await services.knowledge_base(), services.principal)
    bodies = [CollectionBody.of(one) for one in found]
    page, next_cursor = cut(bodies, [body.id for body in bodies], limit=limit, after=cursor)
    return CollectionPage(data=page, next_cursor=next_cursor, has_more=next_cursor is not None)


@router.get("/{collection_id}")
async def get_collection(
    collection_id: str, request: Request, response: Response, services: ServicesParam
) -> CollectionBody:
    """One collection; 404 if there is nothing in it for the caller."""
    found = await collection_of(await services.knowledge_base(), services.principal, collection_id)
    body = CollectionBody.of(found)
    answer_if_changed(request, response, tag_of(body))
    return body

"""Collections as OpenAI's clients know them: vector stores, their files, and searches in them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from api.collection_search import CollectionSearch, collection_id_of, search_collection
from api.lifespan import ServicesParam
from api.schemas.vector_stores import (
    STATES,
    FileList,
    FileStatus,
    StoreFile,
    StoreId,
    StoreList,
    StoreResult,
    StoreResultPage,
    StoreSearchRequest,
    VectorStore,
    ends_of,
)
from core.filters import All
from core.listing import DocumentOrder, DocumentQuery, ListingPlace
from folio.collections import collection_of, collections_of
from retrieval.user_filters import ALL, parse_filter

router = APIRouter(tags=["openai"])
StorePath = Annotated[StoreId, Path(description="`all`, or `vs_` and the id of a source")]
# Left out rather than null: there is no null in an address.
_Cursor = Annotated[str, Field(min_length=1, max_length=128)] | SkipJsonSchema[None]


class PageOf(BaseModel):
    """Which page of a list, as OpenAI's lists are paged."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(20, ge=1, le=100)
    order: Literal["asc", "desc"] = "desc"
    after: _Cursor = None
    before: _Cursor = None


class FilePageOf(PageOf):
    """Which page of a list of files."""

    filter: FileStatus | SkipJsonSchema[None] = None


@router.get("/vector_stores")
async def list_vector_stores(services: ServicesParam, page: Annotated[PageOf, Query()]) -> StoreList:
    """The collections of the caller, `all` first, then by name; `asc` turns the order round."""
    found = await collections_of(await services.knowledge_base(), services.principal)
    stores = [VectorStore.of(one) for one in found]
    if page.order == "asc":
        stores.reverse()
    ids = [one.id for one in stores]
    first = ids.index(page.after) + 1 if page.after in ids else 0
    end = ids.index(page.before) if page.before in ids else len(ids)
    rows = stores[first:end]
    shown = rows[-page.limit :] if page.before and not page.after else rows[: page.limit]
    return StoreList(data=shown, has_more=len(rows) > len(shown), **ends_of(shown))


@router.get("/vector_stores/{store_id}")
async def get_vector_store(store_id: StorePath, services: ServicesParam) -> VectorStore:
    """One collection."""
    knowledge_base = await services.knowledge_base()
    return VectorStore.of(await collection_of(knowledge_base, services.principal, collection_id_of(store_id)))


@router.get("/vector_stores/{store_id}/files")
async def list_vector_store_files(
    store_id: StorePath, services: ServicesParam, page: Annotated[FilePageOf, Query()]
) -> FileList:
    """The documents of a collection that the caller may read, by id."""
    knowledge_base = await services.knowledge_base()
    collection_id = collection_id_of(store_id)
    await collection_of(knowledge_base, services.principal, collection_id)
    states = (
        STATES[page.filter] if page.filter else tuple(state for group in STATES.values() for state in group)
    )
    cursor = page.before if page.before and not page.after else page.after
    backwards = cursor is not None and cursor == page.before
    query = DocumentQuery(
        limit=page.limit + 1,
        order=DocumentOrder.ID,
        descending=(page.order == "desc") != backwards,
        after=ListingPlace(cursor, cursor) if cursor else None,
        states=states,
        source_ids=() if collection_id == ALL else (collection_id,),
    )
    # No state at all would mean any.
    records = await (await knowledge_base.listing()).listed(services.principal, query) if states else []
    files = [StoreFile.of(record, store_id=store_id) for record in records[: page.limit]]
    if backwards:
        files.reverse()
    return FileList(data=files, has_more=len(records) > page.limit, **ends_of(files))


@router.post("/vector_stores/{store_id}/search")
async def search_vector_store(
    store_id: StorePath, body: StoreSearchRequest, services: ServicesParam
) -> StoreResultPage:
    """The best passages of a collection that the caller may read, each with a score from 0 to 1."""
    asked = CollectionSearch(
        queries=body.queries,
        collection_id=collection_id_of(store_id),
        limit=body.max_num_results,
        narrowed=All(()) if body.filters is None else parse_filter(body.filters),
        threshold=body.ranking_options.score_threshold,
    )
    found = await search_collection(asked, services)
    return StoreResultPage(search_query=list(body.queries), data=[StoreResult.of(one) for one in found])

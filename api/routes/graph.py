"""The knowledge graph as the caller may see it: entities, how they are related, and the sentences that say so."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from api.lifespan import ServicesParam
from api.schemas.graph import (
    CommunityBody,
    CommunityPage,
    EntityBody,
    EntityPage,
    EvidenceQuery,
    GraphStatusBody,
    NameText,
    NeighbourhoodBody,
    PathBody,
    PathList,
    Predicate,
    QuoteList,
    RelationList,
    relation_list,
)
from core.errors import InvalidInputError
from core.graph import EntityKind
from folio.graph_limits import MAX_HOPS, MAX_LIMIT, MAX_PATH_HOPS
from graph.export import CSV_TYPE, MEDIA_TYPES, ExportFormat, ExportPart, file_name

router = APIRouter(tags=["graph"], prefix="/graph")

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT - 1)]
Predicates = Annotated[
    tuple[Predicate, ...], Query(max_length=50, description="only these relations; repeat for several")
]
_MAX_CURSOR_CHARS = 2000
Cursor = Annotated[
    str | None, Query(max_length=_MAX_CURSOR_CHARS, description="`next_cursor` of the page before")
]


@router.get("/entities")
async def list_entities(
    services: ServicesParam,
    q: Annotated[str, Query(max_length=500, description="words of the name; none: all entities")] = "",
    kind: EntityKind | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> EntityPage:
    """A page of entities: exact names first, then those that most passages name."""
    page = await (await services.graph()).entities(q, kind=kind, limit=limit, after=cursor)
    data = [EntityBody.model_validate(entity) for entity in page.entities]
    return EntityPage(data=data, next_cursor=page.after, has_more=page.after is not None)


# A key may hold slashes. What follows a key comes first: the last address takes everything.
@router.get("/entities/{name:path}/neighbours")
async def get_neighbours(
    name: NameText,
    services: ServicesParam,
    hops: Annotated[int, Query(ge=1, le=MAX_HOPS)] = 1,
    limit: Limit = 50,
    predicate: Predicates = (),
) -> NeighbourhoodBody:
    """The entities around one, and the relations among them."""
    return NeighbourhoodBody.of(
        await (await services.graph()).neighbours(name, hops=hops, limit=limit, predicates=predicate)
    )


@router.get("/entities/{name:path}/relations")
async def get_relations(
    name: NameText,
    services: ServicesParam,
    limit: Limit = 100,
    predicate: Predicates = (),
) -> RelationList:
    """What is said of an entity, strongest first."""
    desk = await services.graph()
    found = await desk.relations(name, predicates=predicate, limit=limit + 1)
    edges = found[:limit]
    entities = await desk.names({key for edge in edges for key in (edge.subject, edge.object)})
    return relation_list(edges, entities, has_more=len(found) > limit)


@router.get("/entities/{name:path}/evidence")
async def get_evidence(
    name: NameText, wanted: Annotated[EvidenceQuery, Query()], services: ServicesParam
) -> QuoteList:
    """The sentences that name an entity, or that state its relations."""
    knowledge_base = await services.knowledge_base()
    restorer = await knowledge_base.restorer(services.principal) if wanted.restore else None
    quotes = await (await services.graph()).evidence(
        name, other=wanted.other, predicate=wanted.predicate, limit=wanted.limit
    )
    return QuoteList.of(await restorer.hits(quotes, purpose="graph") if restorer else quotes)


@router.get("/entities/{name:path}")
async def get_entity(name: NameText, services: ServicesParam) -> EntityBody:
    """One entity, by key or name. 400 `ambiguous_name` if several have the words of the name in theirs."""
    return EntityBody.model_validate(await (await services.graph()).entity(name))


@router.get("/paths")
async def get_paths(
    services: ServicesParam,
    start: Annotated[NameText, Query(alias="from")],
    end: Annotated[NameText, Query(alias="to")],
    max_hops: Annotated[int, Query(ge=1, le=MAX_PATH_HOPS)] = 4,
    limit: Annotated[int, Query(ge=1, le=50)] = 5,
) -> PathList:
    """How two entities are related."""
    found = await (await services.graph()).paths(start, end, max_hops=max_hops, limit=limit)
    return PathList(data=[PathBody.of(path) for path in found])


@router.get("/communities")
async def list_communities(
    services: ServicesParam,
    level: Annotated[int | None, Query(ge=0, le=10, description="0: the coarsest; none: all")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor = None,
) -> CommunityPage:
    """A page of communities, by level and then by weight, with their summaries."""
    found = await (await services.graph()).communities(level=level)
    ids = [one.community.community_id for one in found]
    if cursor is not None and cursor not in ids:
        raise InvalidInputError(
            "the communities were made anew since this page: begin again without a cursor"
        )
    first = 0 if cursor is None else ids.index(cursor) + 1
    page, has_more = found[first : first + limit], len(found) > first + limit
    return CommunityPage(
        data=[CommunityBody.of(one, in_list=True) for one in page],
        next_cursor=page[-1].community.community_id if has_more else None,
        has_more=has_more,
    )


@router.get("/communities/{community_id}")
async def get_community(community_id: str, services: ServicesParam) -> CommunityBody:
    """One community with all its members."""
    return CommunityBody.of(await (await services.graph()).community(community_id))


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"content": {kind: {} for kind in (*MEDIA_TYPES.values(), CSV_TYPE)}}},
)
async def export_graph(
    services: ServicesParam,
    wanted: Annotated[ExportFormat, Query(alias="format")] = ExportFormat.JSON,
    part: Annotated[
        ExportPart | None, Query(description="one table of a CSV export; none: a zip file")
    ] = None,
) -> StreamingResponse:
    """All entities and relations that the caller may read, as a file."""
    if part is not None and wanted is not ExportFormat.CSV:
        raise InvalidInputError("`part` is for format=csv")
    pieces = await (await services.graph()).export(wanted, part=part)
    name = file_name(wanted, part)
    return StreamingResponse(
        pieces,
        media_type=MEDIA_TYPES[wanted] if part is None else CSV_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/status")
async def graph_status(services: ServicesParam) -> GraphStatusBody:
    """How many documents of the tenant the graph was read from, and how many are left."""
    knowledge_base = await services.knowledge_base()
    return GraphStatusBody.model_validate(await knowledge_base.graph_status())

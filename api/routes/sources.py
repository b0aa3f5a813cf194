"""Where documents come from: list, add, change, remove. Only sources of the caller's tenant are there for it."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.conditional import IfMatchHeader, answer_if_changed, check_unchanged, tag_of
from api.lifespan import Services, ServicesParam
from api.paging import cut
from api.schemas.sources import NewSource, SourceBody, SourceChange, SourcePage
from core.documents import Source
from core.errors import NotFoundError
from core.scopes import Scope
from folio.source_roots import check_root

router = APIRouter(tags=["sources"], prefix="/sources")

_ID_PATTERN = r"^[0-9a-f]{1,64}$"
_MAX_PAGE = 500


@router.get("")
async def list_sources(
    services: ServicesParam,
    limit: Annotated[int, Query(ge=1, le=_MAX_PAGE)] = 50,
    cursor: Annotated[str | None, Query(pattern=_ID_PATTERN, description="`next_cursor` of a page")] = None,
) -> SourcePage:
    """A page of the tenant's sources by root: those that folio.toml declares, those that were added, and its uploads.

    Without the scope `sources` only those that have a document which the caller may read.
    """
    bodies = [_body(services, source) for source in await _sources(services)]
    page, next_cursor = cut(bodies, [body.id for body in bodies], limit=limit, after=cursor)
    return SourcePage(data=page, next_cursor=next_cursor, has_more=next_cursor is not None)


@router.post("", status_code=201)
async def add_source(new: NewSource, response: Response, services: ServicesParam) -> SourceBody:
    """Add a source; the next sync indexes its files. 400 if it shares files with another one."""
    knowledge_base = await services.knowledge_base()
    tenant, root = services.principal.tenant, new.root
    if not services.caller.is_operator:
        settings = services.settings
        root = await asyncio.to_thread(
            check_root,
            new.root,
            roots=settings.api.source_roots,
            tenant=tenant,
            own_tenant=settings.access.tenant,
            home=settings.home,
        )
    source = await knowledge_base.add_source(root, name=new.name, options=new.options(), tenant=tenant)
    body = _body(services, source)
    response.headers["Location"], response.headers["ETag"] = f"sources/{source.source_id}", tag_of(body)
    return body


@router.get("/{source_id}")
async def get_source(
    source_id: str, request: Request, response: Response, services: ServicesParam
) -> SourceBody:
    """One source."""
    body = _body(services, await _source(services, source_id))
    answer_if_changed(request, response, tag_of(body))
    return body


@router.patch("/{source_id}")
async def change_source(
    source_id: str,
    change: SourceChange,
    request: Request,
    response: Response,
    services: ServicesParam,
    _if_match: IfMatchHeader = None,
) -> SourceBody:
    """Change name and options; the next sync heeds them. 400 for a source that folio.toml declares."""
    source = await _source(services, source_id)
    check_unchanged(request, tag_of(_body(services, source)))
    knowledge_base = await services.knowledge_base()
    changed = await knowledge_base.change_source(
        source.source_id, name=change.name, options=change.on(source.options), tenant=source.tenant
    )
    body = _body(services, changed)
    response.headers["ETag"] = tag_of(body)
    return body


@router.delete("/{source_id}", status_code=204)
async def remove_source(
    source_id: str, request: Request, services: ServicesParam, _if_match: IfMatchHeader = None
) -> None:
    """Take the source's documents out of the index and forget it; returns when they are. Its files stay."""
    source = await _source(services, source_id)
    check_unchanged(request, tag_of(_body(services, source)))
    knowledge_base = await services.knowledge_base()
    await knowledge_base.remove_source(source.source_id, tenant=source.tenant)


async def _source(services: Services, source_id: str) -> Source:
    for source in await _sources(services):
        if source.source_id == source_id:
            return source
    raise NotFoundError("there is no source with this id, or not for you")


async def _sources(services: Services) -> list[Source]:
    """Those of the tenant; for who does not manage them, those that have a document for it, as collections are listed."""
    knowledge_base, who = await services.knowledge_base(), services.principal
    found = await knowledge_base.sources(tenant=who.tenant)
    if Scope.SOURCES in who.scopes:
        return found
    counts = await (await knowledge_base.listing()).counts(who)
    return [source for source in found if source.source_id in counts]


def _body(services: Services, source: Source) -> SourceBody:
    declared = {table.root for table in services.settings.sources}
    return SourceBody.of(source, declared=source.root in declared)

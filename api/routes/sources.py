"""Where documents come from: list, add, change, remove. Only sources of the caller's tenant are there for it."""

from fastapi import APIRouter, Response

from api.lifespan import Services, ServicesParam
from api.schemas.sources import NewSource, SourceBody, SourceChange, SourceList
from core.documents import Source
from core.errors import NotFoundError

router = APIRouter(tags=["sources"], prefix="/sources")


@router.get("")
async def list_sources(services: ServicesParam) -> SourceList:
    """The sources that folio.toml declares and those that were added."""
    return SourceList(data=[_body(services, source) for source in await _sources(services)])


@router.post("", status_code=201)
async def add_source(new: NewSource, response: Response, services: ServicesParam) -> SourceBody:
    """Add a source; the next sync indexes its files. 400 if it shares files with another one."""
    knowledge_base = await services.knowledge_base()
    source = await knowledge_base.add_source(new.root, name=new.name, options=new.options())
    response.headers["Location"] = f"sources/{source.source_id}"
    return _body(services, source)


@router.get("/{source_id}")
async def get_source(source_id: str, services: ServicesParam) -> SourceBody:
    """One source."""
    return _body(services, await _source(services, source_id))


@router.patch("/{source_id}")
async def change_source(source_id: str, change: SourceChange, services: ServicesParam) -> SourceBody:
    """Change name and options; the next sync heeds them. 400 for a source that folio.toml declares."""
    source = await _source(services, source_id)
    knowledge_base = await services.knowledge_base()
    changed = await knowledge_base.change_source(
        source.source_id, name=change.name, options=change.on(source.options)
    )
    return _body(services, changed)


@router.delete("/{source_id}", status_code=204)
async def remove_source(source_id: str, services: ServicesParam) -> None:
    """Take the source's documents out of the index and forget it; returns when they are. Its files stay."""
    source = await _source(services, source_id)
    knowledge_base = await services.knowledge_base()
    await knowledge_base.remove_source(source.source_id)


async def _source(services: Services, source_id: str) -> Source:
    for source in await _sources(services):
        if source.source_id == source_id:
            return source
    raise NotFoundError("there is no source with this id, or not for you")


async def _sources(services: Services) -> list[Source]:
    knowledge_base = await services.knowledge_base()
    tenant = services.principal.tenant
    return [source for source in await knowledge_base.sources() if source.tenant == tenant]


def _body(services: Services, source: Source) -> SourceBody:
    declared = {table.root for table in services.settings.sources}
    return SourceBody.of(source, declared=source.root in declared)

"""What a principal can search: everything of its tenant, and each source that has something for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.access import Principal
from core.documents import Source
from core.errors import NotFoundError
from core.listing import DocumentListing, SourceCount
from core.status import IndexModel

ALL = "all"
"""The id of the collection that has every document of the tenant."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents that can be searched together, as their reader sees them: counts are of what it may read.

    `source_id` is None for everything. `language` is that of the source, where one is said (ISO 639-1).
    """

    collection_id: str
    name: str
    source_id: str | None
    document_count: int
    chunk_count: int
    embedding_model: str
    dimension: int
    language: str | None = None
    updated_at: datetime | None = None


class Searchable(Protocol):
    """What collections are made of: the knowledge base."""

    async def sources(self, *, tenant: str | None = None) -> list[Source]:
        """The sources of a tenant."""

    async def listing(self) -> DocumentListing:
        """Documents as a principal may see them."""

    async def index_model(self) -> IndexModel:
        """The model that the index is made with."""


async def collections_of(knowledge_base: Searchable, principal: Principal) -> list[Collection]:
    """The collections of a principal: `all`, then its tenant's sources with a readable document, by name and id.

    A source without a readable document is not among them: a reader does not learn that it exists.
    """
    sources = await knowledge_base.sources(tenant=principal.tenant)
    counts = await (await knowledge_base.listing()).counts(principal)
    return listed(sources, counts, model=await knowledge_base.index_model())


async def collection_of(knowledge_base: Searchable, principal: Principal, collection_id: str) -> Collection:
    """One of `collections_of`.

    Raises:
        NotFoundError: There is none with the id, or not for this principal.
    """
    for collection in await collections_of(knowledge_base, principal):
        if collection.collection_id == collection_id:
            return collection
    raise NotFoundError("there is no collection with this id, or not for you")


def listed(
    sources: Sequence[Source], counts: Mapping[str, SourceCount], *, model: IndexModel
) -> list[Collection]:
    """The collections over these sources, of which `counts` says what is readable. Pure."""
    known = {source.source_id: source for source in sources}
    own = [
        _collection(source_id, _name(known.get(source_id)), known.get(source_id), count, model)
        for source_id, count in counts.items()
    ]
    everything = _collection(ALL, "All documents", None, _sum(counts.values()), model)
    return [everything, *sorted(own, key=lambda one: (one.name, one.collection_id))]


def _collection(
    collection_id: str, name: str, source: Source | None, count: SourceCount, model: IndexModel
) -> Collection:
    return Collection(
        collection_id=collection_id,
        name=name,
        source_id=None if collection_id == ALL else collection_id,
        document_count=count.document_count,
        chunk_count=count.chunk_count,
        embedding_model=model.name,
        dimension=model.dimension,
        language=source.options.language if source else None,
        updated_at=count.updated_at,
    )


def _name(source: Source | None) -> str:
    # Not the root: it names a folder of the service's machine, which a reader has no business with.
    return source.name if source and source.name else "Documents"


def _sum(counts: Iterable[SourceCount]) -> SourceCount:
    total = SourceCount(0, 0, None)
    for count in counts:
        times = [time for time in (total.updated_at, count.updated_at) if time]
        total = SourceCount(
            total.document_count + count.document_count,
            total.chunk_count + count.chunk_count,
            max(times, default=None),
        )
    return total

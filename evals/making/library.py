"""Reads what a knowledge base holds, as makers need it: stored texts, labels, and what the graph knows of them."""

from collections.abc import AsyncIterator, Collection
from typing import TYPE_CHECKING

from core.access import Principal, Tier
from core.documents import DocumentRecord, DocumentState
from core.errors import InvalidInputError, NotFoundError
from core.graph import ENTITY_PREDICATES, OCCURS_WITH, EntityKind
from evals.making.choosing import order
from evals.making.drafts import GraphNotes, ReadDocument, Relation
from evals.making.words import language_code, normal
from folio.graph_limits import MAX_LIMIT

if TYPE_CHECKING:
    from folio.graph_desk import GraphDesk
    from folio.knowledge_base import KnowledgeBase
    from graph.visible import VisibleGraph

_PAGE = 200
_MAX_CHARS = 400_000
_MAX_ENTITIES = 20_000


async def read_documents(knowledge_base: "KnowledgeBase", *, limit: int, seed: int = 0) -> list[ReadDocument]:
    """At most `limit` indexed documents of the settings' tenant, in an order that only the seed decides.

    Raises:
        InvalidInputError: There are none.
    """
    records = [one async for one in indexed_records(knowledge_base)]
    if not records:
        raise InvalidInputError(
            "the knowledge base has no indexed document to ask about: run `folio ingest` first"
        )
    records.sort(key=lambda one: order(seed, one.doc_id))
    read = [await _read(knowledge_base, one) for one in records[:limit]]
    return sorted((one for one in read if one is not None), key=lambda one: one.doc_id)


async def indexed_records(knowledge_base: "KnowledgeBase") -> AsyncIterator[DocumentRecord]:
    """All indexed documents of the settings' tenant, by id."""
    after: str | None = None
    while page := await knowledge_base.documents(limit=_PAGE, after=after, states=(DocumentState.INDEXED,)):
        for one in page:
            yield one
        after = page[-1].doc_id


async def read_texts(knowledge_base: "KnowledgeBase", doc_ids: Collection[str]) -> dict[str, str]:
    """The stored texts of those of these documents that are indexed."""
    found = {}
    for doc_id in doc_ids:
        try:
            record = await knowledge_base.document(doc_id)
            if record.state is DocumentState.INDEXED:
                found[doc_id] = await knowledge_base.text(doc_id)
        except NotFoundError:
            continue
    return found


async def read_notes(knowledge_base: "KnowledgeBase", documents: Collection[ReadDocument]) -> GraphNotes:
    """What the graph says of names in these documents; nothing where it is not enabled."""
    if not knowledge_base.settings.graph.enabled:
        return GraphNotes()
    groups = frozenset(group for one in documents for group in one.access.groups)
    tenant = knowledge_base.settings.access.tenant
    reader = Principal(tenant, "evaluation", Tier.RESTRICTED, groups)
    desk = await knowledge_base.graph(principal=reader)
    relations = await desk.read(lambda visible: _relations(visible, {one.doc_id for one in documents}))
    return GraphNotes(await _kinds(desk), tuple(relations))


async def _read(knowledge_base: "KnowledgeBase", record: DocumentRecord) -> ReadDocument | None:
    try:
        text = (await knowledge_base.text(record.doc_id))[:_MAX_CHARS]
    except NotFoundError:  # deleted since its page was read
        return None
    return ReadDocument(record.doc_id, record.path, record.title, text, record.access, language_code(text))


async def _kinds(desk: "GraphDesk") -> dict[str, EntityKind]:
    found: dict[str, EntityKind] = {}
    after: str | None = None
    while len(found) < _MAX_ENTITIES:
        page = await desk.entities(limit=MAX_LIMIT, after=after)
        found |= {normal(name): one.kind for one in page.entities for name in one.names}
        after = page.after
        if after is None:
            break
    return found


def _relations(visible: "VisibleGraph", doc_ids: Collection[str]) -> list[Relation]:
    found = []
    for edge in visible.relations():
        subject, thing = visible.entity(edge.subject), visible.entity(edge.object)
        if edge.predicate in ENTITY_PREDICATES | {OCCURS_WITH} or subject is None:
            continue
        said = edge.object if thing is None else thing.name
        found += [
            Relation(spot.chunk.doc_id, subject.name, edge.predicate, said, spot.start, spot.end)
            for spot in edge.spots[:1]
            if spot.chunk.doc_id in doc_ids
        ]
    return found

"""What the tools do: read the knowledge base on behalf of one principal. What may not be read looks like what does not exist."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from core.access import Principal
from core.answer_records import ASKED_THROUGH, Via
from core.answers import Answer, Citation
from core.documents import DocumentRecord, DocumentState
from core.errors import NotFoundError
from core.graph import Edge, Spot
from core.search import Hit
from folio.mcp.arguments import (
    AskArguments,
    FetchArguments,
    GraphNeighborsArguments,
    ListDocumentsArguments,
    SearchArguments,
)
from folio.mcp.listing import readable_page
from folio.mcp.paging import page_at, page_bounds, page_count
from folio.mcp.place_ids import PageOf, Place, parse_id, unknown_document
from folio.mcp.results import (
    Answered,
    CitedPlace,
    DocumentsListed,
    Fetched,
    FetchedMetadata,
    FoundPassage,
    ListedDocument,
    NamedEntity,
    Neighbors,
    SearchFound,
    StatedRelation,
)
from retrieval.user_filters import parse_filter

if TYPE_CHECKING:
    from folio.knowledge_base import KnowledgeBase


@dataclass(frozen=True, slots=True)
class Reader:
    """Answers the tools. `opened` gives the open knowledge base, `principal` is on whose behalf it is read.

    `credential` is what the asker is known by, for the record of an answer.
    """

    opened: Callable[[], Awaitable["KnowledgeBase"]]
    principal: Principal
    credential: str = ""

    async def search(self, wanted: SearchArguments) -> SearchFound:
        """The best passages.

        Raises:
            InvalidInputError: The filter cannot be.
        """
        narrowed = None if wanted.where is None else parse_filter(wanted.where)
        knowledge_base = await self.opened()
        found = await knowledge_base.search(
            wanted.query, limit=wanted.limit, principal=self.principal, narrowed=narrowed
        )
        return SearchFound(results=[_passage(hit) for hit in found.hits], notes=list(found.notes))

    async def fetch(self, wanted: FetchArguments) -> Fetched:
        """A page of the text that an id names.

        Raises:
            NotFoundError: There is no such document or page, not for this principal, or another version of it by now.
        """
        place = parse_id(wanted.id)
        return await self._page(place, wanted.page)

    async def read(self, wanted: PageOf) -> Fetched:
        """A page of a document that a resource's address names.

        Raises:
            NotFoundError: As for `fetch`.
        """
        return await self._page(Place(wanted.doc_id), wanted.page or page_at(wanted.at_char))

    async def ask(self, wanted: AskArguments) -> Answered:
        """A cited answer, or a refusal with its reason.

        Raises:
            InvalidInputError: The mode needs a language model where none is configured.
            NotFoundError: There is no such session of this principal.
        """
        answer = await self._answer(wanted)
        return Answered(
            answer=answer.text,
            status=answer.status,
            reason=answer.reason,
            citations=[_cited(number, one) for number, one in enumerate(answer.citations, start=1)],
            confidence=answer.confidence,
            mode=answer.mode,
            model=answer.model,
            notes=list(answer.notes),
            answer_id=answer.answer_id,
            disclosure=answer.disclosure,
        )

    async def list_documents(self, wanted: ListDocumentsArguments) -> DocumentsListed:
        """A page of the documents that are indexed."""
        knowledge_base = await self.opened()
        page = await readable_page(knowledge_base, self.principal, limit=wanted.limit, cursor=wanted.cursor)
        documents = [_listed(record) for record in page.records]
        return DocumentsListed(documents=documents, next_cursor=page.next_cursor)

    async def graph_neighbors(self, wanted: GraphNeighborsArguments) -> Neighbors:
        """The entities around one.

        Raises:
            NotFoundError: There is no such entity for this principal.
            InvalidInputError: Several have the words of the name in theirs.
        """
        knowledge_base = await self.opened()
        desk = await knowledge_base.graph(principal=self.principal)
        found = await desk.neighbours(wanted.entity, hops=wanted.hops, limit=wanted.limit, predicates=())
        names = {entity.key: entity.name for entity in found.entities}
        return Neighbors(
            entity=found.centre,
            entities=[
                NamedEntity(key=one.key, name=one.name, kind=one.kind, document_count=one.document_count)
                for one in found.entities
            ],
            relations=[_relation(edge, names) for edge in found.edges],
            is_cut=found.is_cut,
        )

    async def _answer(self, wanted: AskArguments) -> Answer:
        knowledge_base = await self.opened()
        way_in = ASKED_THROUGH.set(Via(self.credential, "mcp"))
        try:
            return await knowledge_base.answer(
                wanted.question,
                principal=self.principal,
                mode=wanted.mode,
                language=wanted.language,
                session_id=wanted.session,
            )
        finally:
            ASKED_THROUGH.reset(way_in)

    async def _page(self, place: Place, page: int) -> Fetched:
        record = await self._readable(place.doc_id)
        if place.version not in {None, record.version}:
            raise NotFoundError("this passage is of an earlier version of its document: search again")
        knowledge_base = await self.opened()
        whole = await knowledge_base.text(place.doc_id, tenant=record.tenant)
        first = 0 if place.version is None else place.start
        text = whole if place.version is None else whole[place.start : place.end]
        start, end = page_bounds(page)
        if page > page_count(len(text)):
            raise NotFoundError(f"there is no such page: the text has {page_count(len(text))}")
        shown = text[start:end]
        metadata = _metadata(
            record, page=page, pages=page_count(len(text)), start=first + start, count=len(shown)
        )
        return Fetched(id=place.id, title=record.title, text=shown, url=place.uri, metadata=metadata)

    async def _readable(self, doc_id: str) -> DocumentRecord:
        knowledge_base = await self.opened()
        try:
            record = await knowledge_base.document(doc_id, tenant=self.principal.tenant)
        except NotFoundError:
            raise unknown_document() from None
        if record.state is not DocumentState.INDEXED or not record.access.readable_by(self.principal):
            raise unknown_document()
        return record


def _passage(hit: Hit) -> FoundPassage:
    place = Place(hit.doc_id, hit.version, hit.start, hit.end)
    return FoundPassage(
        id=place.id,
        title=hit.title,
        url=place.uri,
        text=hit.text,
        document_id=hit.doc_id,
        path=hit.path,
        heading=hit.heading,
        page=hit.page,
        score=hit.score,
    )


def _cited(number: int, one: Citation) -> CitedPlace:
    place = Place(one.doc_id, one.version, one.start, one.end)
    return CitedPlace(
        number=number,
        id=place.id,
        title=one.document,
        url=place.uri,
        quote=one.quote,
        path=one.path,
        heading=one.heading,
        page=one.page,
    )


def _listed(record: DocumentRecord) -> ListedDocument:
    return ListedDocument(
        id=record.doc_id,
        title=record.title,
        url=Place(record.doc_id).uri,
        path=record.path,
        mime_type=record.mime_type,
        updated_at=_instant(record.updated_at),
    )


def _metadata(record: DocumentRecord, *, page: int, pages: int, start: int, count: int) -> FetchedMetadata:
    return FetchedMetadata(
        document_id=record.doc_id,
        path=record.path,
        mime_type=record.mime_type,
        version=record.version,
        start=start,
        end=start + count,
        page=page,
        page_count=pages,
        next_page=page + 1 if page < pages else None,
        updated_at=_instant(record.updated_at),
    )


def _relation(edge: Edge, names: dict[str, str]) -> StatedRelation:
    return StatedRelation(
        subject=names.get(edge.subject, edge.subject),
        predicate=edge.predicate,
        object=names.get(edge.object, edge.object),
        evidence_count=edge.evidence_count,
        sources=[_spot(spot).id for spot in edge.spots],
    )


def _spot(spot: Spot) -> Place:
    return Place(spot.chunk.doc_id, spot.chunk.version, spot.start, spot.end)


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()

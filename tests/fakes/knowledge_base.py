"""FakeKnowledgeBase: the methods of `folio.knowledge_base.KnowledgeBase` that the API calls, in memory.

A hit is a whole document that shares a word with the query; an answer is the first hit's text. Uploads are UTF-8 text,
and bytes that are not make a failed document. Set `down` to an error to have the stores fail: opening and every call
raise it until it is None again. `bug` is raised by search, as a programming error would be.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import Self

from core import ids
from core.access import AccessLabel, Principal
from core.answers import Answer, AnswerStatus, Citation
from core.documents import DocumentRecord, DocumentState, Source, SourceKind
from core.errors import FolioError, NotFoundError
from core.filters import Condition
from core.health import HealthCheck
from core.receipts import Reading, SignedReceipt
from core.runs import RunRecord
from core.search import Hit, SearchResult
from core.status import KnowledgeBaseStatus
from folio.receipts import sign
from ingest.receipt import receipt

RECEIPT_KEY = b"the key of the fake"
UPLOADS = Source("a" * 16, SourceKind.FOLDER, "/srv/uploads")


class FakeKnowledgeBase:
    def __init__(self) -> None:
        self.records: dict[str, DocumentRecord] = {}
        self.texts: dict[str, str] = {}
        self.down: FolioError | None = None
        self.bug: Exception | None = None
        self.is_open = False
        self.open_count = 0
        self.narrowed: Condition | None = None
        self.limit = 0

    async def __aenter__(self) -> Self:
        self._fail_if_down()
        self.open_count += 1
        self.is_open = True
        return self

    async def __aexit__(self, *error: object) -> None:
        self.is_open = False

    def add(
        self,
        path: str,
        text: str,
        *,
        access: AccessLabel | None = None,
        state: DocumentState = DocumentState.INDEXED,
        reason: str | None = None,
    ) -> DocumentRecord:
        """Put a document there, as a sync would have."""
        doc_id = ids.doc_id(UPLOADS.source_id, path)
        before = self.records.get(doc_id)
        record = DocumentRecord(
            doc_id=doc_id,
            source_id=UPLOADS.source_id,
            tenant="default",
            path=path,
            state=state,
            title=path.rsplit(".", 1)[0],
            mime_type="text/plain",
            reason=reason,
            version=before.version + 1 if before else 1,
            size_bytes=len(text.encode()),
            chunk_count=1,
            access=access or AccessLabel(),
            updated_at=datetime(2026, 1, 2, tzinfo=UTC),
        )
        self.records[doc_id] = record
        self.texts[doc_id] = text
        return record

    async def search(
        self,
        query: str,
        *,
        limit: int = 10,
        principal: Principal | None = None,
        narrowed: Condition | None = None,
    ) -> SearchResult:
        self._fail_if_down()
        if self.bug:
            raise self.bug
        self.narrowed = narrowed
        self.limit = limit
        words = set(query.casefold().split())
        found = [
            record
            for record in self.records.values()
            if record.state is DocumentState.INDEXED
            and record.access.readable_by(principal or Principal())
            and words & set(self.texts[record.doc_id].casefold().split())
        ]
        return SearchResult(tuple(self._hit(record) for record in found[:limit]), 1.5)

    async def answer(self, question: str, *, principal: Principal | None = None) -> Answer:
        hits = (await self.search(question, limit=1, principal=principal)).hits
        if not hits:
            return Answer("", AnswerStatus.REFUSED, "nothing that you may read matches the question", ())
        hit = hits[0]
        citation = Citation(
            doc_id=hit.doc_id,
            external_id=None,
            document=hit.title,
            path=hit.path,
            version=hit.version,
            page=hit.page,
            heading=hit.heading,
            quote=hit.text,
            start=hit.start,
            end=hit.end,
        )
        return Answer(f"{hit.text} [1]", AnswerStatus.ANSWERED, None, (citation,))

    async def documents(
        self, *, limit: int = 50, after: str | None = None, states: Collection[DocumentState] = ()
    ) -> list[DocumentRecord]:
        self._fail_if_down()
        return [
            self.records[doc_id]
            for doc_id in sorted(self.records)
            if (after is None or doc_id > after) and (not states or self.records[doc_id].state in states)
        ][:limit]

    async def document(self, doc_id: str) -> DocumentRecord:
        self._fail_if_down()
        if doc_id not in self.records:
            raise NotFoundError(f"there is no document '{doc_id}'")
        return self.records[doc_id]

    async def text(self, doc_id: str) -> str:
        await self.document(doc_id)
        if doc_id not in self.texts:
            raise NotFoundError(f"document '{doc_id}' has no stored text")
        return self.texts[doc_id]

    async def upload(self, name: str, data: bytes) -> DocumentRecord:
        self._fail_if_down()
        try:
            return self.add(name, data.decode())
        except UnicodeDecodeError:
            return self.add(name, "", state=DocumentState.QUARANTINED, reason="the file is not text")

    async def delete(self, doc_id: str) -> DocumentRecord:
        record = replace(await self.document(doc_id), state=DocumentState.DELETED)
        self.records[doc_id] = record
        self.texts.pop(doc_id, None)
        return record

    async def receipt(self, doc_id: str) -> SignedReceipt:
        record = await self.document(doc_id)
        found = [Reading("chunks", int(doc_id in self.texts), ("fake",))]
        return sign(receipt(record, found, read_at=datetime(2026, 1, 3, tzinfo=UTC)), RECEIPT_KEY)

    async def status(self) -> KnowledgeBaseStatus:
        self._fail_if_down()
        states = [record.state for record in self.records.values()]
        run = RunRecord("run1", (UPLOADS.source_id,), datetime(2026, 1, 2, tzinfo=UTC), None, 10, 4)
        return KnowledgeBaseStatus(
            home="/srv/folio",
            embedding_model="fake",
            sources=(UPLOADS,),
            state_counts={state: states.count(state) for state in set(states)},
            chunk_count=len(self.texts),
            runs=(run,),
        )

    async def health(self) -> list[HealthCheck]:
        vectors = HealthCheck("vectors", healthy=self.down is None, detail=str(self.down or "embedded store"))
        return [HealthCheck("catalog", healthy=True, detail="SQLite"), vectors]

    def _fail_if_down(self) -> None:
        if self.down:
            raise self.down

    def _hit(self, record: DocumentRecord) -> Hit:
        text = self.texts[record.doc_id]
        return Hit(
            doc_id=record.doc_id,
            version=record.version,
            ordinal=0,
            external_id=record.external_id,
            path=record.path,
            title=record.title,
            heading="",
            page=None,
            start=0,
            end=len(text),
            parent_start=0,
            parent_end=len(text),
            text=text,
            score=0.5,
        )

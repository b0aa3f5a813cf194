"""FakeKnowledgeBase: the methods of `folio.knowledge_base.KnowledgeBase` that the API calls, in memory.

A hit is a whole document that shares a word with the query; an answer is the first hit's text. Uploads are UTF-8 text,
and bytes that are not make a failed document. Set `down` to an error to have the stores fail: opening and every call
raise it until it is None again. `bug` is raised by search, as a programming error would be. Indexing waits while
`may_index` is not set; `began` is set once it was asked for, `batches` are the names of the files indexed together.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from core import ids
from core.access import AccessLabel, Principal
from core.answers import Answer, AnswerMode, AnswerSentence, AnswerStatus, Citation
from core.audit import AuditEvent
from core.census import Census
from core.clock import SystemClock
from core.documents import DocumentRecord, DocumentState, Source, SourceKind, SourceOptions
from core.errors import FolioError, NotFoundError
from core.filters import Condition
from core.guardrails import Appeals
from core.health import HealthCheck
from core.receipts import Reading, SignedReceipt
from core.runs import IngestReport, RunRecord
from core.search import Hit, SearchOptions, SearchResult, SearchWanted
from core.search_trace import Explanation, SearchTrace, Verdict
from core.sessions import NewTurn
from core.status import IndexModel, KnowledgeBaseStatus
from folio.api_keys import Granter, KeyDesk
from folio.appealing import AppealDesk
from folio.graph_building import GraphStatus
from folio.graph_desk import GraphDesk
from folio.graph_merging import MergeDesk
from folio.receipts import sign
from folio.restoring import Restorer, allowed
from folio.sessions import SessionDesk
from folio.sources import changed_source, find_source, new_source
from folio.stores import ServiceStores
from ingest.plan import Progress
from ingest.receipt import receipt
from tests.fakes.api_keys import CHEAP, FakeApiKeys
from tests.fakes.appeals import FakeAppeals
from tests.fakes.graph_desk import FakeGraph
from tests.fakes.jobs import FakeIdempotencyKeys, FakeJobs
from tests.fakes.listing import FakeListing
from tests.fakes.recording import FakeRecording
from tests.fakes.sessions import FakeSessions, session_parts
from tests.fakes.streaming import FakeStreaming
from tests.fakes.vault import FakeVault
from tests.fakes.webhooks import FakeWebhooks

RECEIPT_KEY = b"the key of the fake"
UPLOADS = Source("a" * 16, SourceKind.FOLDER, "/srv/uploads")


def area_of(tenant: str | None) -> str:
    """The id of a tenant's upload area."""
    own = tenant in {None, UPLOADS.tenant}
    return UPLOADS.source_id if own else ids.source_id(SourceKind.FOLDER, f"/srv/{tenant}/uploads")


class FakeKnowledgeBase(FakeStreaming, FakeRecording):
    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, DocumentRecord] = {}
        self.texts: dict[str, str] = {}
        self.registered: dict[str, Source] = {UPLOADS.source_id: UPLOADS}
        self.down: FolioError | None = None
        self.bug: Exception | None = None
        self.is_open = False
        self.open_count = 0
        self.vault = FakeVault()
        self.narrowed: Condition | None = None
        self.preferred: Condition | None = None
        self.limit = 0
        self.options = SearchOptions()
        self.may_index = asyncio.Event()
        self.may_index.set()
        self.began = asyncio.Event()
        self.batches: list[list[str]] = []
        self.clock = SystemClock()
        self.jobs = FakeJobs(self.clock)
        self.keys = FakeIdempotencyKeys(self.clock, jobs=self.jobs)
        self.webhooks = FakeWebhooks(self.clock)
        self.keys_of_callers = FakeApiKeys(self.clock)
        self.blocks: Appeals = FakeAppeals(self.clock)
        self.told = FakeSessions(self.clock)
        self.knowledge = FakeGraph()
        self.audited: list[AuditEvent] = []

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
        tenant = access.tenant if access else "default"
        doc_id = ids.doc_id(area_of(tenant), path)
        before = self.records.get(doc_id)
        record = DocumentRecord(
            doc_id=doc_id,
            source_id=area_of(tenant),
            tenant=tenant,
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

    async def found(
        self, query: str, options: SearchOptions, *, principal: Principal | None = None
    ) -> SearchResult:
        self.options = options
        return await self.search(
            query,
            limit=options.limit,
            principal=principal,
            narrowed=options.narrowed,
            preferred=options.preferred,
            explain=options.explain,
        )

    async def found_many(
        self, searches: Sequence[SearchWanted], *, principal: Principal | None = None
    ) -> list[SearchResult | FolioError]:
        return [await self.found(one.query, one.options, principal=principal) for one in searches]

    async def explained(
        self, query: str, doc_id: str, options: SearchOptions, *, principal: Principal | None = None
    ) -> Explanation:
        return await self.explain_document(
            query, doc_id, limit=options.limit, principal=principal, narrowed=options.narrowed
        )

    async def search(
        self,
        query: str,
        *,
        limit: int = 10,
        principal: Principal | None = None,
        narrowed: Condition | None = None,
        preferred: Condition | None = None,
        explain: bool = False,
    ) -> SearchResult:
        self._fail_if_down()
        if self.bug:
            raise self.bug
        self.narrowed, self.preferred = narrowed, preferred
        self.limit = limit
        words = set(query.casefold().split())
        found = [
            record
            for record in self.records.values()
            if record.state is DocumentState.INDEXED
            and record.access.readable_by(principal or Principal())
            and words & set(self.texts[record.doc_id].casefold().split())
        ]
        trace = SearchTrace((), len(found), 0, None, "convex") if explain else None
        return SearchResult(tuple(self._hit(record) for record in found[:limit]), 1.5, trace=trace)

    async def explain_document(
        self,
        query: str,
        doc_id: str,
        *,
        limit: int = 10,
        principal: Principal | None = None,
        narrowed: Condition | None = None,
        preferred: Condition | None = None,
    ) -> Explanation:
        found = await self.search(
            query, limit=limit, principal=principal, narrowed=narrowed, preferred=preferred
        )
        hits = found.hits
        found = any(hit.doc_id == doc_id for hit in hits)
        return Explanation(doc_id, Verdict.FOUND if found else Verdict.NOT_VISIBLE, "as the fake says")

    async def answer(
        self,
        question: str,
        *,
        principal: Principal | None = None,
        mode: AnswerMode | None = None,
        language: str = "",
        session_id: str | None = None,
        narrowed: Condition | None = None,
        history: "Sequence[NewTurn]" = (),
    ) -> Answer:
        self.history, self.wanted_filter = history, narrowed
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
        sentences = (AnswerSentence(hit.text, (1,)),)
        return Answer(f"{hit.text} [1]", AnswerStatus.GROUNDED, None, (citation,), sentences)

    async def graph(self, *, principal: Principal | None = None) -> "GraphDesk":
        self._fail_if_down()
        return self.knowledge.desk(principal)

    async def graph_merges(self, *, principal: Principal | None = None) -> "MergeDesk":
        return MergeDesk(await self.graph(principal=principal), self.knowledge.decisions, self._record)

    async def appeals(self, *, principal: Principal | None = None) -> AppealDesk:
        self._fail_if_down()
        return AppealDesk(self.blocks, self._record, principal=principal or Principal())

    async def key_store(self) -> FakeApiKeys:
        self._fail_if_down()
        return self.keys_of_callers

    async def api_keys(self, *, granter: "Granter | None" = None) -> "KeyDesk":
        who = granter or Granter(Principal(subject="operator"), unbounded=True)
        store = await self.key_store()
        return KeyDesk(store, self._record, granter=who, settings=CHEAP, clock=self.clock)

    async def sessions(self, *, principal: "Principal | None" = None) -> "SessionDesk":
        self._fail_if_down()
        return SessionDesk(session_parts(self.told, self.clock), principal or Principal())

    async def graph_status(self) -> "GraphStatus":
        self._fail_if_down()
        return GraphStatus(
            enabled=True,
            extractor="fake",
            document_count=3,
            current_count=2,
            outdated_count=0,
            missing_count=1,
            row_count=12,
            left_out_count=0,
            position=4,
            extractors=(),
        )

    async def restorer(self, principal: Principal | None = None) -> Restorer:
        self._fail_if_down()
        return Restorer(self.vault, self.vault, principal=allowed(principal or Principal()))

    async def documents(
        self,
        *,
        limit: int = 50,
        after: str | None = None,
        states: Collection[DocumentState] = (),
        tenant: str | None = None,
    ) -> list[DocumentRecord]:
        self._fail_if_down()
        return [
            self.records[doc_id]
            for doc_id in sorted(self.records)
            if self.records[doc_id].tenant == (tenant or "default")
            and (after is None or doc_id > after)
            and (not states or self.records[doc_id].state in states)
        ][:limit]

    async def listing(self) -> FakeListing:
        self._fail_if_down()
        return FakeListing(self.records.values())

    async def index_model(self) -> IndexModel:
        return IndexModel("fake", 8)

    async def document(self, doc_id: str, *, tenant: str | None = None) -> DocumentRecord:
        self._fail_if_down()
        if doc_id not in self.records or self.records[doc_id].tenant != (tenant or "default"):
            raise NotFoundError(f"there is no document '{doc_id}'")
        return self.records[doc_id]

    async def text(self, doc_id: str, *, tenant: str | None = None) -> str:
        await self.document(doc_id, tenant=tenant)
        if doc_id not in self.texts:
            raise NotFoundError(f"document '{doc_id}' has no stored text")
        return self.texts[doc_id]

    async def upload(self, name: str, data: bytes, *, tenant: str | None = None) -> DocumentRecord:
        self._fail_if_down()
        label = AccessLabel(tenant=tenant or "default")
        try:
            record = self.add(name, data.decode(), access=label)
        except UnicodeDecodeError:
            why = "the file is not text"
            record = self.add(name, "", state=DocumentState.QUARANTINED, reason=why, access=label)
        self.records[record.doc_id] = replace(record, content_hash=ids.content_hash(data))
        return self.records[record.doc_id]

    def upload_id(self, name: str, *, tenant: str | None = None) -> str:
        return ids.doc_id(area_of(tenant), name)

    async def index_uploads(
        self,
        paths: Sequence[Path],
        *,
        tenant: str | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self.batches.append([path.name for path in paths])
        self.began.set()
        for number, path in enumerate(paths, start=1):
            await self.may_index.wait()
            area = next(folder for folder in path.parents if folder.name == "uploads")
            name = path.relative_to(area).as_posix()
            record = await self.upload(name, path.read_bytes(), tenant=tenant)
            if on_progress:
                on_progress(Progress(number, len(paths), number, 0, 0.0, record.path))

    async def service_stores(self) -> ServiceStores:
        self._fail_if_down()
        return ServiceStores(self.jobs, self.jobs, self.keys, self.webhooks, self.webhooks, self.blocks)

    async def delete(self, doc_id: str, *, tenant: str | None = None) -> DocumentRecord:
        record = replace(await self.document(doc_id, tenant=tenant), state=DocumentState.DELETED)
        self.records[doc_id] = record
        self.texts.pop(doc_id, None)
        return record

    async def receipt(self, doc_id: str, *, tenant: str | None = None) -> SignedReceipt:
        record = await self.document(doc_id, tenant=tenant)
        found = [Reading("chunks", int(doc_id in self.texts), ("fake",))]
        return sign(receipt(record, found, read_at=datetime(2026, 1, 3, tzinfo=UTC)), RECEIPT_KEY)

    async def sources(self, *, tenant: str | None = None) -> list[Source]:
        self._fail_if_down()
        return [source for source in self.registered.values() if tenant in {None, source.tenant}]

    async def add_source(
        self,
        place: Path | str,
        *,
        name: str | None = None,
        options: SourceOptions | None = None,
        tenant: str | None = None,
    ) -> Source:
        known, whose = await self.sources(), tenant or "default"
        said = options or SourceOptions()
        source = new_source(str(place), name=name, options=said, tenant=whose, known=known)
        self.registered[source.source_id] = source
        return source

    async def change_source(
        self,
        reference: str,
        *,
        name: str | None = None,
        options: SourceOptions,
        tenant: str | None = None,
    ) -> Source:
        known = await self.sources(tenant=tenant)
        changed = changed_source(find_source(known, reference), name=name, options=options, known=known)
        self.registered[changed.source_id] = changed
        return changed

    async def remove_source(self, reference: str, *, tenant: str | None = None) -> IngestReport:
        source = find_source(await self.sources(tenant=tenant), reference)
        del self.registered[source.source_id]
        return IngestReport()

    async def status(self, *, tenant: str | None = None) -> KnowledgeBaseStatus:
        self._fail_if_down()
        states = [row.state for row in self.records.values() if row.tenant == (tenant or "default")]
        run = RunRecord("run1", (UPLOADS.source_id,), datetime(2026, 1, 2, tzinfo=UTC), None, 10, 4)
        return KnowledgeBaseStatus(
            home="/srv/folio",
            embedding_model="fake",
            sources=(UPLOADS,),
            state_counts={state: states.count(state) for state in set(states)},
            chunk_count=len(self.texts),
            runs=(run,),
        )

    async def census(self) -> Census:
        self._fail_if_down()
        states = [record.state.value for record in self.records.values()]
        return Census({state: states.count(state) for state in set(states)}, chunk_count=len(self.texts))

    async def health(self) -> list[HealthCheck]:
        vectors = HealthCheck("vectors", healthy=self.down is None, detail=str(self.down or "embedded store"))
        return [HealthCheck("catalog", healthy=True, detail="SQLite"), vectors]

    async def _record(self, events: Sequence[AuditEvent]) -> None:
        self.audited += events

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

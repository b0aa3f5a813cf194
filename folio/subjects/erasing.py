"""Erasing a person. Every step can be broken off and repeated: what was noted first keeps the value out whatever happens."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

from core.access import Principal
from core.audit import AuditEvent
from core.documents import DocumentRecord, DocumentState
from core.errors import FolioError
from core.graph_ports import NameCounter
from core.ports import ArtifactStore, Clock, DocumentCatalog
from core.privacy_ports import ErasureLog, KeptWords, SubjectReader, Vault
from core.pseudonyms import Mention
from core.subjects import Erasure, Remaining, Subject, SubjectDocument
from folio.subjects.finding import SubjectFinder
from folio.subjects.wanted import Wanted

ERASED = "subject.erased"
# A sync that ran at the same time may have read a file just before the value was noted.
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Steps:
    """What the knowledge base does for an erasure.

    `reindex` syncs sources by id, `hide` takes a document out of the index and leaves its file, `delete` takes the uploaded file
    along, `record` appends to the audit log. While `alone` with a document no sync works on it: what one writes meanwhile would
    be undone here.
    """

    reindex: Callable[[Collection[str]], Awaitable[None]]
    hide: Callable[[DocumentRecord], Awaitable[None]]
    delete: Callable[[DocumentRecord], Awaitable[None]]
    record: Callable[[Sequence[AuditEvent]], Awaitable[None]]
    alone: Callable[[str], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class SubjectEraser:
    """Takes a value out of everything that Folio keeps. Files that are not Folio's stay as they are.

    `kept` is where words of questions and answers are, by the name that the receipt has for it.
    """

    finder: SubjectFinder
    reader: SubjectReader
    vault: Vault
    log: ErasureLog
    documents: DocumentCatalog
    artifacts: ArtifactStore
    clock: Clock
    steps: Steps
    graph: NameCounter
    kept: Mapping[str, KeptWords]

    async def erase(self, wanted: Wanted, *, principal: Principal, delete_documents: bool = False) -> Erasure:
        """Erase; what is read back afterwards. Uploaded documents that mention the value go as a whole if that is asked for."""
        subject = await self.finder.find(wanted)
        linked = await self._linked(subject)
        await self.log.note(wanted.tenant, {*wanted.digests.values(), *(one.digest for one in linked)})
        await self.steps.record([_event(principal, token) for token in subject.tokens])
        former = await self._texts(subject.certain)
        removed: set[str] = set()
        if delete_documents:
            removed |= await self._each(subject.certain, self.steps.delete, only=lambda row: row.is_upload)
        await self._reindexed(wanted, subject)
        tokens = frozenset(subject.tokens) | wanted.tokens
        removed |= await self._each(await self._left(wanted, tokens), self.steps.hide)
        await self.reader.drop(wanted.tenant, tokens)
        for words in self.kept.values():
            await words.erase(wanted.tenant, tokens)
        await self._forget(subject.certain)
        await self._drop_texts(former)
        return await self._read_back(wanted, subject, tokens=tokens, removed=removed, texts=former)

    async def _linked(self, subject: Subject) -> list[Mention]:
        """Values that belong to the person: they go too."""
        found: dict[str, Mention] = {}
        for row in subject.certain:
            for mention in await self._mentions(row.doc_id):
                if mention.token in subject.linked:
                    found[mention.digest] = mention
        return list(found.values())

    async def _reindexed(self, wanted: Wanted, subject: Subject) -> None:
        rows: Sequence[SubjectDocument] = subject.certain
        tokens = frozenset(subject.tokens) | wanted.tokens
        for _ in range(_ROUNDS):
            sources = [await self._made_stale(row.doc_id) for row in rows]
            if not any(sources):
                return
            await self._forget(rows)
            await self.steps.reindex({source for source in sources if source})
            rows = await self._left(wanted, tokens)

    async def _made_stale(self, doc_id: str) -> str | None:
        """Have the next sync read a document anew; its source, if it is indexed."""
        async with self.steps.alone(doc_id):
            record = await self.documents.get(doc_id)
            if record is None or record.state in {DocumentState.DELETED, DocumentState.DELETING}:
                return None
            await self.documents.save([replace(record, fingerprint=None)])
            return record.source_id

    async def _forget(self, rows: Sequence[SubjectDocument]) -> None:
        """Seal the lists of mentions anew, without what was erased; with the last mention the value goes."""
        for row in rows:
            async with self.steps.alone(row.doc_id):
                await self._resealed(row.doc_id)

    async def _resealed(self, doc_id: str) -> None:
        record = await self.documents.get(doc_id)
        if record is None:
            return
        mentions = await self.vault.mentions(doc_id, version=record.version)
        if mentions:
            await self.vault.remember(doc_id, tenant=record.tenant, version=record.version, mentions=mentions)
        await self.vault.retire(doc_id, keep_version=record.version)

    async def _left(self, wanted: Wanted, tokens: Collection[str]) -> tuple[SubjectDocument, ...]:
        """Documents in which the value still stands, other than in the name of a file that only its owner can change."""
        held = {chunk.doc_id for chunk in await self.reader.held(wanted.tenant, tokens) if chunk.active}
        found = await self.finder.find(wanted)
        return tuple(
            row
            for row in found.certain
            if row.doc_id in held or any(place.where in {"text", "title"} for place in row.places)
        )

    async def _each(
        self,
        rows: Sequence[SubjectDocument],
        step: Callable[[DocumentRecord], Awaitable[None]],
        *,
        only: Callable[[SubjectDocument], bool] = lambda _: True,
    ) -> set[str]:
        done: set[str] = set()
        for row in rows:
            record = await self.documents.get(row.doc_id)
            if only(row) and record is not None and record.state is not DocumentState.DELETED:
                await step(record)
                done.add(row.doc_id)
        return done

    async def _mentions(self, doc_id: str) -> tuple[Mention, ...]:
        record = await self.documents.get(doc_id)
        return await self.vault.mentions(doc_id, version=record.version) if record else ()

    async def _texts(self, rows: Sequence[SubjectDocument]) -> set[str]:
        """The keys of all stored texts of the documents as they are now."""
        records = [await self.documents.get(row.doc_id) for row in rows]
        kept = [(*record.retired_keys, record.artifact_key) for record in records if record]
        return {key for keys in kept for key in keys if key}

    async def _drop_texts(self, keys: Collection[str]) -> None:
        for key in keys:
            if await self.documents.artifact_users(key) == 0:
                await self.artifacts.delete(key)

    async def _read_back(
        self,
        wanted: Wanted,
        subject: Subject,
        *,
        tokens: frozenset[str],
        removed: set[str],
        texts: Collection[str],
    ) -> Erasure:
        rows = subject.certain
        records = [record for row in rows if (record := await self.documents.get(row.doc_id))]
        kept_texts = {*texts, *(record.artifact_key for record in records if record.artifact_key)}
        titles = [record.title for record in records]
        remaining = (
            Remaining("chunks", len(await self.reader.held(wanted.tenant, tokens))),
            Remaining("stored_texts", sum([await self._has(key, tokens) for key in sorted(kept_texts)])),
            Remaining("vault_values", len(await self.vault.values(wanted.tenant, tokens))),
            Remaining("vault_mentions", len(await self.vault.documents(wanted.tenant, tokens))),
            Remaining("graph", await self.graph.naming_count(wanted.tenant, tokens)),
            *[
                Remaining(name, await one.naming_count(wanted.tenant, tokens))
                for name, one in self.kept.items()
            ],
            Remaining("titles", sum(any(token in title for token in tokens) for title in titles)),
        )
        gone = {row.doc_id for row in rows if row.is_upload and row.doc_id in removed}
        return Erasure(
            tenant=wanted.tenant,
            tokens=subject.tokens,
            documents=tuple(row.doc_id for row in rows),
            removed=tuple(sorted(removed)),
            for_owner=tuple(row.doc_id for row in rows if row.doc_id not in gone),
            remaining=remaining,
            read_at=self.clock.now(),
        )

    async def _has(self, key: str, tokens: Collection[str]) -> bool:
        try:
            text = await self.artifacts.get(key)
        except FolioError:
            return False
        return any(token in text for token in tokens)


def _event(principal: Principal, token: str) -> AuditEvent:
    return AuditEvent(principal.tenant, principal.subject, ERASED, token)

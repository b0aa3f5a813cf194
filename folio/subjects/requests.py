"""What `KnowledgeBase.subjects` gives: find, export and erase, wired to the stores of an open knowledge base."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from core.access import Principal
from core.config import Settings
from core.documents import DocumentRecord, Source
from core.privacy_ports import KeptWords
from core.runs import IngestReport
from core.subjects import Erasure, Subject
from folio.assembly import Parts, create_vault, open_artifacts
from folio.auditing import policy_of
from folio.keys import pseudonym_key
from folio.subjects.erasing import Steps, SubjectEraser
from folio.subjects.exporting import SubjectExporter
from folio.subjects.finding import SubjectFinder
from folio.subjects.wanted import Wanted, wanted_of
from folio.uploads import source as upload_source
from folio.vault_sealing import VaultSealer
from ingest.plan import SyncPlan

if TYPE_CHECKING:
    from ingest.engine import IngestEngine
    from store.catalog.catalog import SqlCatalog

_OFF = "off"
_SESSIONS = "sessions"


class Syncing(Protocol):
    """What erasing asks of the knowledge base itself."""

    settings: Settings

    async def sources(self) -> list[Source]:
        """All sources."""

    async def plan(self, paths: Sequence[Path | str] = (), *, sources: Sequence[str] = ()) -> SyncPlan:
        """What a sync of these sources would do."""

    async def execute(self, plan: SyncPlan) -> IngestReport:
        """Do what the plan says."""

    async def delete(self, doc_id: str) -> DocumentRecord:
        """Remove a document, and its file if it was uploaded."""


@dataclass(frozen=True, slots=True)
class SubjectRequests:
    """Values are given in clear, and neither logged nor kept."""

    knowledge_base: Syncing
    parts: Parts
    catalog: "SqlCatalog"
    engine: "IngestEngine"

    async def find(self, value: str, *, entity: str | None = None) -> Subject:
        """Where a person or value appears.

        Raises:
            InvalidInputError: There is no value, or this is no name of a type.
        """
        wanted = self._wanted(value, entity)
        found = await self._finder().find(wanted)
        named_count = await self.catalog.graph.naming_count(wanted.tenant, found.tokens)
        # Whom no document names any more may still be named in a conversation.
        tokens = frozenset(found.tokens) | wanted.tokens
        told = {name: await one.naming_count(wanted.tenant, tokens) for name, one in self._kept().items()}
        return replace(
            found,
            not_searched=await self._in_clear(),
            graph_count=named_count,
            session_count=told.pop(_SESSIONS),
            kept_count=sum(told.values()),
        )

    async def export(
        self,
        value: str,
        *,
        entity: str | None = None,
        principal: Principal | None = None,
        with_possible: bool = False,
    ) -> dict[str, object]:
        """All places with their values and sentences, as JSON can hold them; recorded in the audit log.

        Raises:
            ForbiddenError: The principal has no scope `pii:read`.
        """
        who = principal or self.knowledge_base.settings.principal()
        exporter = SubjectExporter(
            create_vault(self.knowledge_base.settings, self.catalog),
            self.catalog,
            open_artifacts(self.knowledge_base.settings),
            self.catalog.audit,
        )
        found = await self.find(value, entity=entity)
        exported = await exporter.export(found, principal=who, with_possible=with_possible)
        # Those of others who have asked: how many, not what they have said.
        return exported | {"sessions": found.session_count, "kept_answers_and_runs": found.kept_count}

    async def erase(
        self,
        value: str,
        *,
        entity: str | None = None,
        principal: Principal | None = None,
        delete_documents: bool = False,
    ) -> Erasure:
        """Erase a person or value, index what mentioned it anew, and read back what is left. May be repeated."""
        who = principal or self.knowledge_base.settings.principal()
        erasure = await self._eraser().erase(
            self._wanted(value, entity), principal=who, delete_documents=delete_documents
        )
        await self.catalog.empty_log()
        return replace(erasure, not_searched=await self._in_clear())

    async def _in_clear(self) -> tuple[str, ...]:
        """Sources that nothing is taken out of."""
        sources, settings = await self.knowledge_base.sources(), self.knowledge_base.settings
        return tuple(sorted(row.source_id for row in sources if policy_of(row, settings) == _OFF))

    def _wanted(self, value: str, entity: str | None) -> Wanted:
        settings = self.knowledge_base.settings
        tenant = settings.access.tenant
        key = pseudonym_key(settings, tenant=tenant)
        return wanted_of(value, key=key, tenant=tenant, entities=settings.redaction.entities, entity=entity)

    def _finder(self) -> SubjectFinder:
        settings = self.knowledge_base.settings
        area: Source = upload_source(settings.home, tenant=settings.access.tenant)
        reader = self.parts.collections.holders(self.parts.index.collection)
        return SubjectFinder(reader, create_vault(settings, self.catalog), self.catalog, area.source_id)

    def _eraser(self) -> SubjectEraser:
        finder = self._finder()
        return SubjectEraser(
            finder=finder,
            reader=finder.reader,
            vault=finder.vault,
            log=self.catalog.erasures,
            documents=self.catalog,
            artifacts=open_artifacts(self.knowledge_base.settings),
            clock=self.parts.clock,
            steps=Steps(
                self._reindex, self._hide, self._delete, self.catalog.audit.append, self.engine.alone_with
            ),
            graph=self.catalog.graph,
            kept=self._kept(),
        )

    def _kept(self) -> dict[str, KeptWords]:
        """Where words of questions and answers are kept."""
        catalog = self.catalog
        return {
            _SESSIONS: catalog.sessions,
            "kept_answers": catalog.kept_answers,
            "agent_runs": catalog.checkpoints,
            "feedback_and_reviews": catalog.answer_records,
            "answer_words": catalog.answer_words(VaultSealer(self.knowledge_base.settings)),
        }

    async def _reindex(self, source_ids: Collection[str]) -> None:
        known = {source.source_id for source in await self.knowledge_base.sources()}
        there = sorted(known & set(source_ids))
        if there:
            await self.knowledge_base.execute(await self.knowledge_base.plan(sources=there))

    async def _hide(self, record: DocumentRecord) -> None:
        await self.engine.delete(record)

    async def _delete(self, record: DocumentRecord) -> None:
        await self.knowledge_base.delete(record.doc_id)

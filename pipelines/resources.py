"""What assets and sensors work with: the knowledge base of this deployment, as its settings say."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

import dagster as dg

from core.clock import SystemClock
from core.config import Settings, load_settings
from core.documents import Source
from core.trace_export import start_tracing
from folio.source_changes import known_sources, record_declared
from store.catalog.catalog import SqlCatalog, open_catalog

if TYPE_CHECKING:
    from folio.knowledge_base import KnowledgeBase


class KnowledgeBaseResource(dg.ConfigurableResource["KnowledgeBase"]):
    """Gives a knowledge base for one run. Nothing is opened before it is entered."""

    def settings(self) -> Settings:
        """The settings of this process."""
        return load_settings()

    def create(self) -> "KnowledgeBase":
        """A knowledge base that is not open yet."""
        from folio.knowledge_base import KnowledgeBase

        settings = self.settings()
        start_tracing(settings.telemetry, version=version("folio-kb"))
        return KnowledgeBase(settings)

    @asynccontextmanager
    async def catalog(self) -> AsyncIterator[SqlCatalog]:
        """The catalog alone: the vector store may be busy with a run."""
        async with open_catalog(self.settings(), SystemClock()) as catalog:
            yield catalog

    async def sources(self) -> list[Source]:
        """The declared and the registered sources. Opens the catalog only: the vector store may be busy with a run."""
        settings = self.settings()
        async with open_catalog(settings, SystemClock()) as catalog:
            await record_declared(settings, catalog)
            return await known_sources(settings, catalog)

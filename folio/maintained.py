"""What keeps an open knowledge base fit over time: compaction, another embedding model, and the way back."""

from typing import TYPE_CHECKING

from folio.opened import OpenKnowledgeBase

if TYPE_CHECKING:
    from collections.abc import Callable

    from folio.rebuilding import RebuildOptions
    from ingest.compaction import CompactionReport
    from ingest.rebuild.progress import RebuildProgress, RebuildReport


class MaintainedKnowledgeBase(OpenKnowledgeBase):
    """The part of `KnowledgeBase` that looks after the stores as a whole."""

    async def rebuild(
        self,
        *,
        options: "RebuildOptions | None" = None,
        on_progress: "Callable[[RebuildProgress], None] | None" = None,
    ) -> "RebuildReport":
        """Build the collection of the model in the settings beside the live one, and let it take over; see `folio.rebuilding`.

        What is there of an earlier attempt is used. Searches and syncs go on, with the live model until the switch.
        """
        from folio.rebuilding import RebuildOptions, rebuild

        await self._engine_()
        chosen = options or RebuildOptions()
        report = await rebuild(
            self.settings, self._live, await self._catalog(), options=chosen, on_progress=on_progress
        )
        await self._live.refresh(now=True)
        return report

    async def rollback(
        self,
        *,
        rate: float | None = None,
        on_progress: "Callable[[RebuildProgress], None] | None" = None,
    ) -> "RebuildReport":
        """Let the collection that was live before the last rebuild take over again, brought up to date first.

        Raises:
            NotFoundError: It is not kept any more.
        """
        from folio.rebuilding import rollback

        await self._engine_()
        catalog = await self._catalog()
        report = await rollback(self.settings, self._live, catalog, rate=rate, on_progress=on_progress)
        await self._live.refresh(now=True)
        return report

    async def compact(self) -> "CompactionReport":
        """Remove what is no longer needed and was kept long enough. Safe beside syncs, to break off and to repeat."""
        from folio.compacting import compact

        await self._engine_()  # finishes a switch of models that was broken off
        return await compact(self.settings, self._parts, await self._catalog())

    async def purge(self, doc_id: str) -> int:
        """Remove what is kept of a deleted document now; the number of chunks that were there.

        Raises:
            InvalidInputError: The document is not deleted.
        """
        from folio.compacting import create_compactor

        compactor = create_compactor(self.settings, self._parts, await self._catalog())
        return await compactor.purge(doc_id)

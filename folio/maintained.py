"""What keeps an open knowledge base fit over time: compaction, another embedding model, and the way back."""

from typing import TYPE_CHECKING

from folio.opened import OpenKnowledgeBase

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.access import Principal
    from core.api_keys import ApiKeys
    from folio.api_keys import Granter, KeyDesk
    from folio.appealing import AppealDesk
    from folio.batching import BatchDesk
    from folio.graph_building import GraphBuildReport, GraphProgress, GraphStatus
    from folio.graph_refining import RefineEstimate, RefineReport
    from folio.graph_resolving import ResolveReport
    from folio.rebuilding import RebuildOptions
    from folio.sessions import SessionDesk
    from graph.refreshing import CommunityReport
    from ingest.compaction import CompactionReport
    from ingest.engine import IngestEngine
    from ingest.plan import SyncPlan
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

        Raises:
            InvalidInputError: The gate of releases is to block what no evaluation has passed, or the new one finds less.
        """
        from folio.rebuilding import RebuildOptions, check_release, rebuild

        await self._engine_()
        chosen = options or RebuildOptions()
        gate, catalog = await self._release_gate(), await self._catalog()
        await check_release(self.settings, self._live, catalog, gate, force=chosen.force)
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

    async def _as_released(self, plan: "SyncPlan", engine: "IngestEngine") -> "SyncPlan":
        """The plan without documents that wait for the release of other settings; see `folio.holding`."""
        if self.settings.evals.gate.mode == "off":
            return plan
        from folio.holding import as_released

        gate, catalog = await self._release_gate(), await self._catalog()
        return await as_released(plan, gate, parts=self._parts, engine=engine, catalog=catalog)

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

    async def appeals(self, *, principal: "Principal | None" = None) -> "AppealDesk":
        """What guardrails have blocked, as the principal (by default, the operator) sees it, and decisions about it."""
        from folio.appealing import AppealDesk

        catalog = await self._catalog()
        who = principal or self.settings.principal()
        return AppealDesk(catalog.appeals, catalog.audit.append, principal=who)

    async def key_store(self) -> "ApiKeys":
        """Where API keys are kept, of all tenants, to check one that is shown. Opens the catalog."""
        return (await self._catalog()).api_keys

    async def api_keys(self, *, granter: "Granter | None" = None) -> "KeyDesk":
        """API keys, as a granter (by default, whoever runs Folio: of every tenant, with any rights) makes and revokes them."""
        from folio.api_keys import create_key_desk

        return create_key_desk(self.settings, await self._catalog(), self._parts.clock, granter=granter)

    async def sessions(self, *, principal: "Principal | None" = None) -> "SessionDesk":
        """The conversations of the principal (by default, the operator). Opens the catalog."""
        from folio.session_desks import SessionModel, create_session_desk

        catalog, parts = await self._catalog(), self._parts
        who = principal or self.settings.principal()
        model = await self._language_model()
        by = SessionModel(model, await self._prompts(), parts.query_privacy) if model else None
        return create_session_desk(self.settings, catalog, parts.clock, who, by=by)

    async def build_graph(
        self,
        *,
        limit: int | None = None,
        again: bool = False,
        on_progress: "Callable[[GraphProgress], None] | None" = None,
    ) -> "GraphBuildReport":
        """Read the graph from stored documents that were indexed without it, or read by other rules; with `again` from all.

        At most `limit` documents. Files are not needed, and nothing is embedded. Broken off, the next call goes on.

        Raises:
            SettingsError: The graph is not enabled.
        """
        from folio.graph_building import create_builder

        await self._engine_()  # finishes a switch of models that was broken off
        builder = create_builder(self.settings, self._parts, await self._catalog())
        return await builder.build(limit=limit, again=again, on_progress=on_progress)

    async def refine_graph(
        self, *, limit: int | None = None, on_progress: "Callable[[GraphProgress], None] | None" = None
    ) -> "RefineReport":
        """Let the language model read again what rules have read; see `folio.graph_refining`. `limit` documents at most.

        Raises:
            SettingsError: The graph is not enabled, or no language model is configured.
        """
        from folio.graph_refining import create_refiner

        await self._engine_()  # finishes a switch of models that was broken off
        model = await self._language_model()
        refiner = await create_refiner(self.settings, self._parts, await self._catalog(), model)
        return await refiner.refine(limit=limit, on_progress=on_progress)

    async def batches(self) -> "BatchDesk":
        """What is ordered of the language model in batches, for the graph: order, collect, list, cancel."""
        from folio.batching import BatchDesk
        from folio.graph_refining import GraphRefiner, create_refiner

        catalog = await self._catalog()

        async def refiner() -> GraphRefiner:
            await self._engine_()  # finishes a switch of models that was broken off
            return await create_refiner(self.settings, self._parts, catalog, await self._language_model())

        return BatchDesk(self.settings, catalog, refiner)

    async def refine_estimate(self, *, new_documents: int = 0, new_chunks: int = 0) -> "RefineEstimate":
        """What `refine_graph` would take at most, with so much more that is to be indexed. Asks nobody.

        Raises:
            SettingsError: As for `refine_graph`.
        """
        from folio.graph_refining import create_refiner

        model = await self._language_model()
        refiner = await create_refiner(self.settings, self._parts, await self._catalog(), model)
        return await refiner.estimate(new_documents=new_documents, new_chunks=new_chunks)

    async def graph_status(self) -> "GraphStatus":
        """How many documents the graph was read from, by which extractor, and how many are left."""
        from folio.graph_building import create_builder

        return await create_builder(self.settings, self._parts, await self._catalog()).status()

    async def refresh_communities(self, *, anew: bool = False) -> "CommunityReport":
        """Group the entities of the graph and summarise the groups, as far as documents have changed since the last time.

        `anew`: group all of them from nothing. One refresh at a time: `is_busy` says that another one goes on.
        """
        from folio.graph_communities import refresh_communities
        from folio.graph_view import current_evidence

        catalog = await self._catalog()
        accepts = current_evidence(self.settings)
        return await refresh_communities(
            self.settings, catalog, clock=self._parts.clock, accepts=accepts, anew=anew
        )

    async def resolve_graph(
        self, *, on_progress: "Callable[[int, int], None] | None" = None
    ) -> "ResolveReport":
        """Find names of one thing that are written with other words, by their embeddings; see `folio.graph_resolving`."""
        from folio.graph_resolving import resolve
        from folio.graph_view import current_evidence

        catalog, parts = await self._catalog(), await self._live.refresh()
        accepts = current_evidence(self.settings)
        return await resolve(
            (one async for one in catalog.graph.load(self._tenant) if accepts(one)),
            catalog.graph_merges,
            parts.embedder,
            tenant=self._tenant,
            similarity=self.settings.graph.merge_similarity,
            on_progress=on_progress,
        )

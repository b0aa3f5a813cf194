"""The knowledge graph of a tenant: loaded once, kept up with the catalog, asked on behalf of principals."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from core.access import Principal
from core.graph import DocumentEvidence, Edge, Entity, EntityKind, GraphPath, Merge, Neighbourhood, Spot
from core.graph_ports import EvidenceReader, MergeDecisions, Seeds, Walked
from core.graph_settings import GraphSettings
from core.ports import Clock
from graph.collecting import without_collection
from graph.paths import neighbourhood, paths
from graph.view import GraphView, everything
from graph.visible import Page, VisibleGraph
from graph.walk import DEFAULT_WEIGHTS, WalkWeights, pagerank

_ROWS_PER_STEP = 50_000
_DOCUMENTS_PER_PATCH = 200
_KEPT_PRINCIPALS = 16


@dataclass(frozen=True, slots=True)
class _State:
    """A view, what it was brought up to, and when, by the clock."""

    view: GraphView
    position: int
    decided: int
    decisions: tuple[Merge, ...]
    checked_s: float


class KnowledgeGraph:
    """Answers questions about one tenant's graph, from a view that is at most `refresh_s` old.

    One task at a time brings the view up to date, in threads; it goes on if who waits for it gives up. Every method raises
    what the catalog raises if it cannot be asked: what may be outdated is not shown.
    """

    def __init__(
        self,
        reader: EvidenceReader,
        decisions: MergeDecisions,
        *,
        settings: GraphSettings,
        clock: Clock,
        tenant: str,
        accepts: Callable[[DocumentEvidence], bool] = everything,
    ) -> None:
        """Loads nothing yet. Documents that `accepts` denies are left out."""
        self._reader, self._decisions = reader, decisions
        self._settings, self._clock = settings, clock
        self._tenant, self._accepts = tenant, accepts
        self._state: _State | None = None
        self._refreshing: asyncio.Task[_State] | None = None
        self._seen: OrderedDict[Principal, VisibleGraph] = OrderedDict()

    async def refreshed(self) -> GraphView:
        """The view, not older than `refresh_s`. The first call loads it."""
        return (await self._current()).view

    async def seen_by(self, principal: Principal) -> VisibleGraph:
        """What a principal sees now. Its methods block: call those that read much in a thread."""
        state = await self._current()
        state = self._state or state
        reader = Principal(principal.tenant, clearance=principal.clearance, groups=principal.groups)
        visible = self._seen.pop(reader, None) or VisibleGraph(state.view, reader, decisions=state.decisions)
        self._seen[reader] = visible
        if len(self._seen) > _KEPT_PRINCIPALS:
            self._seen.popitem(last=False)
        return visible

    async def entities(
        self,
        principal: Principal,
        query: str = "",
        *,
        kind: EntityKind | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> Page:
        """As `VisibleGraph.entities`."""
        visible = await self.seen_by(principal)
        return await asyncio.to_thread(visible.entities, query, kind=kind, limit=limit, after=after)

    async def entity(self, principal: Principal, key: str) -> Entity | None:
        """As `VisibleGraph.entity`."""
        return await asyncio.to_thread((await self.seen_by(principal)).entity, key)

    async def relations(
        self,
        principal: Principal,
        key: str,
        *,
        predicates: Collection[str] | None = None,
        limit: int | None = 100,
    ) -> list[Edge]:
        """As `VisibleGraph.edges`."""
        visible = await self.seen_by(principal)
        return await asyncio.to_thread(visible.edges, key, predicates=predicates, limit=limit)

    async def neighbourhood(
        self,
        principal: Principal,
        key: str,
        *,
        hops: int = 1,
        limit: int = 50,
        predicates: Collection[str] | None = None,
    ) -> Neighbourhood | None:
        """As `graph.paths.neighbourhood`."""
        visible = await self.seen_by(principal)
        return await asyncio.to_thread(
            neighbourhood, visible, key, hops=hops, limit=limit, predicates=predicates
        )

    async def paths(
        self,
        principal: Principal,
        start: str,
        end: str,
        *,
        max_hops: int = 4,
        limit: int = 5,
        predicates: Collection[str] | None = None,
    ) -> list[GraphPath]:
        """As `graph.paths.paths`."""
        visible = await self.seen_by(principal)
        return await asyncio.to_thread(
            paths, visible, start, end, max_hops=max_hops, limit=limit, predicates=predicates
        )

    async def evidence(self, principal: Principal, of: str | Edge, *, limit: int = 100) -> list[Spot]:
        """Where an entity is named (a key), or where a relation is stated (an edge)."""
        visible = await self.seen_by(principal)
        if isinstance(of, Edge):
            return await asyncio.to_thread(visible.evidence, of, limit=limit)
        return await asyncio.to_thread(visible.spots_of, of, limit=limit)

    async def walk(
        self, principal: Principal, seeds: Seeds, *, limit: int, weights: WalkWeights = DEFAULT_WEIGHTS
    ) -> list[Walked]:
        """As `graph.walk.pagerank`."""
        visible = await self.seen_by(principal)
        return await asyncio.to_thread(pagerank, visible, seeds, limit=limit, weights=weights)

    async def _current(self) -> _State:
        state = self._state
        if state is not None and self._clock.monotonic_s() - state.checked_s < self._settings.refresh_s:
            return state
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh())
            self._refreshing.add_done_callback(_seen_to)
        return await asyncio.shield(self._refreshing)

    async def _refresh(self) -> _State:
        """Bring the view up to date. What is asked after this has begun may be answered from it."""
        checked_s = self._clock.monotonic_s()
        position = await self._reader.position(self._tenant)
        state = await self._followed(self._state, position)
        decided = await self._decisions.decided_position(self._tenant)
        if decided != state.decided:
            decisions = tuple(await self._decisions.decisions(self._tenant))
            state = replace(state, decided=decided, decisions=decisions)
        if self._state is None or state.view is not self._state.view or decided != self._state.decided:
            self._seen.clear()
        self._state = replace(state, checked_s=checked_s)
        return self._state

    async def _followed(self, state: _State | None, position: int) -> _State:
        """A view that shows at least what was said at `position`: the same one patched, or a new one."""
        if state is None:
            return _State(await self._loaded(), position, -1, (), 0.0)
        if position == state.position:
            return state
        changes = None
        if position > state.position:
            changes = await self._reader.changes(self._tenant, after=state.position)
        if changes is None:
            return replace(state, view=await self._loaded(), position=position)
        await self._patch(state.view, {change.doc_id for change in changes})
        last = max((change.position for change in changes), default=position)
        return replace(state, position=last)

    async def _loaded(self) -> GraphView:
        view = GraphView(self._tenant, accepts=self._accepts)
        waiting: list[DocumentEvidence] = []
        row_count = 0
        with without_collection():
            async for document in self._reader.load(self._tenant):
                waiting.append(document)
                row_count += len(document.rows)
                if row_count >= _ROWS_PER_STEP:
                    await asyncio.to_thread(view.apply, waiting)
                    waiting, row_count = [], 0
            await asyncio.to_thread(view.apply, waiting)
            await asyncio.to_thread(view.compact)
        return view

    async def _patch(self, view: GraphView, doc_ids: Collection[str]) -> None:
        ordered = sorted(doc_ids)
        for begin in range(0, len(ordered), _DOCUMENTS_PER_PATCH):
            some = ordered[begin : begin + _DOCUMENTS_PER_PATCH]
            evidence = await self._reader.of_documents(some)
            gone = set(some) - {document.doc_id for document in evidence}
            await asyncio.to_thread(view.apply, evidence, gone)


def _seen_to(task: asyncio.Task[_State]) -> None:
    """Nobody may be waiting any more for what has failed: the next one asks anew."""
    if not task.cancelled():
        task.exception()

"""What a search asks of the graph."""

import asyncio
from collections.abc import Awaitable, Callable

from core.access import Principal
from core.graph_ports import Seeds, Walked
from graph.bridges import bridged
from graph.seeds import question_keys
from graph.service import KnowledgeGraph


class GraphRecallService:
    """Implements GraphRecall over the graphs of tenants, one step from the best passages (see `graph.bridges`)."""

    def __init__(self, graph_of: Callable[[str], Awaitable[KnowledgeGraph]]) -> None:
        """`graph_of` gives the graph of a tenant."""
        self._graph_of = graph_of

    async def seeds(self, query: str, *, principal: Principal) -> Seeds:
        """The entities that a question names, of those that the principal may see; no chunks yet."""
        visible = await (await self._graph_of(principal.tenant)).seen_by(principal)
        keys = await asyncio.to_thread(question_keys, query, visible)
        return Seeds(tuple((key, 1.0) for key in keys))

    async def walk(self, seeds: Seeds, *, principal: Principal, limit: int) -> list[Walked]:
        """Chunks that the seeds lead to, best first; `score` is what a passage gains (0 to 3)."""
        visible = await (await self._graph_of(principal.tenant)).seen_by(principal)
        return await asyncio.to_thread(bridged, visible, seeds, limit=limit)

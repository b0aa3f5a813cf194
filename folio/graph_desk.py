"""The knowledge graph as one principal sees it, for Python, the command line and the API: `KnowledgeBase.graph()`."""

import asyncio
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from core.access import Principal
from core.errors import InvalidInputError, NotFoundError
from core.graph import Edge, Entity, EntityKind, GraphPath, Neighbourhood, Spot
from core.graph_ports import CommunityStore
from core.privacy_ports import QueryPrivacy
from core.search import Hit
from folio.graph_limits import MAX_HOPS, MAX_LIMIT, MAX_PATH_HOPS
from folio.graph_names import named_entity, named_key, private_name
from folio.graph_quotes import QuoteReader
from graph.export import ExportFormat, ExportPart, Snapshot, exported
from graph.paths import neighbourhood, paths
from graph.service import KnowledgeGraph
from graph.shown_communities import ShownCommunity, shown
from graph.visible import Page, VisibleGraph

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class DeskParts:
    """What the desk works with."""

    graph: KnowledgeGraph
    communities: CommunityStore
    quotes: QuoteReader
    query_privacy: QueryPrivacy | None = None


class GraphDesk:
    """Looks into the graph on behalf of a principal: nothing is shown, or counts, that it may not read.

    A `name` is an entity's key, or a name of it as somebody writes it: a person's real name finds the pseudonym, as in
    searches. Every method may raise NotFoundError (there is no such entity, or not for this principal) and
    AmbiguousNameError (several entities have these words in their names).
    """

    def __init__(self, parts: DeskParts, *, principal: Principal) -> None:
        """Over an open knowledge base."""
        self._parts = parts
        self.principal = principal

    async def entities(
        self, query: str = "", *, kind: EntityKind | None = None, limit: int = 50, after: str | None = None
    ) -> Page:
        """Entities whose name holds the query, exact ones first, then those that most chunks name. `after`: of the page before.

        Raises:
            InvalidInputError: A bound is out of range.
        """
        _check(limit=limit)
        asked = await self._private(query) if query.strip() else ""
        return await self.read(lambda visible: visible.entities(asked, kind=kind, limit=limit, after=after))

    async def entity(self, name: str) -> Entity:
        """One entity."""
        asked = await self._private(name)
        return await self.read(lambda visible: named_entity(visible, asked))

    async def key(self, name: str) -> str:
        """The key that a name stands for: of several that are one entity, the one that is written so."""
        asked = await self._private(name)
        return await self.read(lambda visible: named_key(visible, asked))

    async def neighbours(
        self, name: str, *, hops: int = 1, limit: int = 50, predicates: Collection[str] | None = None
    ) -> Neighbourhood:
        """The entities around one, nearest and strongest first, and the relations among them.

        Raises:
            InvalidInputError: A bound is out of range.
        """
        _check(limit=limit, hops=hops)
        asked = await self._private(name)

        def read(visible: VisibleGraph) -> Neighbourhood:
            key = named_entity(visible, asked).key
            found = neighbourhood(visible, key, hops=hops, limit=limit, predicates=predicates or None)
            return found or Neighbourhood(key, (), ())

        return await self.read(read)

    async def relations(
        self, name: str, *, predicates: Collection[str] | None = None, limit: int = 100
    ) -> list[Edge]:
        """What is said of an entity, strongest first.

        Raises:
            InvalidInputError: A bound is out of range.
        """
        _check(limit=limit)
        asked = await self._private(name)
        return await self.read(
            lambda visible: visible.edges(
                named_entity(visible, asked).key, predicates=predicates or None, limit=limit
            )
        )

    async def paths(self, start: str, end: str, *, max_hops: int = 4, limit: int = 5) -> list[GraphPath]:
        """How two entities are related: the shortest ways from one to the other, strongest first.

        Raises:
            InvalidInputError: A bound is out of range.
        """
        _check(limit=limit)
        _check_hops(max_hops, MAX_PATH_HOPS)
        asked = await self._private(start), await self._private(end)

        def read(visible: VisibleGraph) -> list[GraphPath]:
            first, last = (named_entity(visible, one).key for one in asked)
            return paths(visible, first, last, max_hops=max_hops, limit=limit)

        return await self.read(read)

    async def evidence(
        self, name: str, *, other: str | None = None, predicate: str | None = None, limit: int = 20
    ) -> list[Hit]:
        """The sentences that name an entity; with `other` or `predicate`, those that state such relations of it.

        `text` is the sentence, `start` and `end` its place in the document's stored text.

        Raises:
            InvalidInputError: A bound is out of range.
        """
        _check(limit=limit)
        asked = await self._private(name)
        asked_other = None if other is None else await self._private(other)
        spots = await self.read(
            lambda visible: _spots(visible, asked, other=asked_other, predicate=predicate, limit=limit)
        )
        return await self.quotes(spots)

    async def quotes(self, spots: Sequence[Spot]) -> list[Hit]:
        """The sentences at spots of relations, as `evidence` gives them."""
        return await self._parts.quotes.quotes(spots, principal=self.principal)

    async def communities(self, *, level: int | None = None) -> list[ShownCommunity]:
        """Groups of entities that hold together, with their summaries, by level (0: the coarsest) and weight."""
        found = await self._shown_communities()
        return [one for one in found if level is None or one.community.level == level]

    async def community(self, community_id: str) -> ShownCommunity:
        """One of them.

        Raises:
            NotFoundError: There is none with this id, or not for this principal.
        """
        for one in await self._shown_communities():
            if one.community.community_id == community_id:
                return one
        raise NotFoundError("there is no community with this id, or not for you")

    async def export(self, wanted: ExportFormat, *, part: ExportPart | None = None) -> Iterator[bytes]:
        """All entities and relations as a file, piece by piece. The iterator blocks: read it in a thread."""
        return exported(await self.read(_snapshot), wanted, part=part)

    async def names(self, keys: Collection[str]) -> dict[str, Entity]:
        """The entities that have these keys among theirs; those that may not be seen are left out."""

        def read(visible: VisibleGraph) -> dict[str, Entity]:
            found = ((key, visible.entity(key)) for key in keys)
            return {key: entity for key, entity in found if entity is not None}

        return await self.read(read)

    async def read(self, read: Callable[[VisibleGraph], _Found]) -> _Found:
        """What a function finds in the graph as the principal sees it now. Called in a thread."""
        return await asyncio.to_thread(read, await self._visible())

    async def _shown_communities(self) -> list[ShownCommunity]:
        kept = await self._parts.communities.communities(self.principal.tenant)
        return await self.read(lambda visible: shown(kept, visible))

    async def _private(self, name: str) -> str:
        return await private_name(name, principal=self.principal, privacy=self._parts.query_privacy)

    async def _visible(self) -> VisibleGraph:
        return await self._parts.graph.seen_by(self.principal)


def _spots(
    visible: VisibleGraph, name: str, *, other: str | None, predicate: str | None, limit: int
) -> list[Spot]:
    key = named_entity(visible, name).key
    if other is None and predicate is None:
        return visible.spots_of(key, limit=limit)
    end = None if other is None else named_entity(visible, other).key
    edges = visible.edges(key, predicates=None if predicate is None else {predicate})
    wanted = [edge for edge in edges if end is None or {edge.subject, edge.object} == {key, end}]
    spots = (spot for edge in wanted for spot in visible.evidence(edge, limit=limit))
    return sorted(spots, key=lambda one: (-one.weight, one.chunk, one.start))[:limit]


def _snapshot(visible: VisibleGraph) -> Snapshot:
    """Everything. Values stand at the ends of relations, and in no list of entities."""
    entities = list(visible.entities(limit=sys.maxsize).entities)
    edges = list(visible.relations())
    listed = {entity.key for entity in entities}
    ends = {key for edge in edges for key in (edge.subject, edge.object)}
    values = (visible.entity(key) for key in sorted(ends - listed))
    return Snapshot([*entities, *(value for value in values if value is not None)], edges)


def _check(*, limit: int, hops: int = 1) -> None:
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidInputError(f"a limit is 1 to {MAX_LIMIT}")
    _check_hops(hops, MAX_HOPS)


def _check_hops(hops: int, most: int) -> None:
    if not 1 <= hops <= most:
        raise InvalidInputError(f"hops are 1 to {most}")

"""The agent's tools, bound to one principal: what is searched, read and looked up in the graph is what the principal may see."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from core.access import Principal
from core.agents import AgentTool, ToolFindings
from core.graph import ChunkRef, Edge, Entity, GraphPath, Neighbourhood
from core.privacy_ports import HitPrivacy
from core.retrieval_ports import ChunkRange, ChunkReader
from core.search import Hit, SearchResult
from generation.agent.arguments import FetchArguments, NeighborsArguments, PathArguments, SearchArguments
from retrieval.filters import visible_to

CurrentVersion: TypeAlias = Callable[[str], Awaitable[int | None]]
"""The version of a document that is indexed; None where there is none."""
Find: TypeAlias = Callable[[str], Awaitable[SearchResult]]
"""A search on behalf of the principal."""


class Desk(Protocol):
    """What is asked of the graph on behalf of a principal; `folio.graph_desk.GraphDesk` has it."""

    async def neighbours(self, name: str, *, limit: int = 50) -> Neighbourhood:
        """The entities around one, and the relations among them."""

    async def paths(self, start: str, end: str, *, limit: int = 5) -> list[GraphPath]:
        """How two entities are related."""


OpenDesk: TypeAlias = Callable[[], Awaitable[Desk]]

_NO_PASSAGE = "there is no such document, or no passage from there on"
_RELATION_COUNT = 20
_PATH_COUNT = 3


@dataclass(frozen=True, slots=True)
class PrincipalReader:
    """Implements PassageReader. A passage that was indexed under a weaker policy is redacted now, as in searches."""

    reader: ChunkReader
    privacy: HitPrivacy | None
    principal: Principal

    async def passages(self, places: Sequence[ChunkRef]) -> list[Hit]:
        """Those of them that are still there and that the principal may read, in the order asked for."""
        ranges = [ChunkRange(one.doc_id, one.version, one.ordinal, one.ordinal) for one in places]
        found = {(hit.doc_id, hit.version, hit.ordinal): hit for hit in await self.read(ranges)}
        wanted = dict.fromkeys((one.doc_id, one.version, one.ordinal) for one in places)
        return [found[place] for place in wanted if place in found]

    async def read(self, ranges: Sequence[ChunkRange]) -> list[Hit]:
        """The passages in these ranges that may be read, by document, version and ordinal."""
        if not ranges:
            return []
        hits = await self.reader.chunks(ranges, visible=visible_to(self.principal))
        return hits if self.privacy is None else await self.privacy.checked(hits)


@dataclass(frozen=True, slots=True)
class PrincipalTools:
    """What the tools are made of. Without a `desk` there are none for the graph. `passage_count` is the most that one shows."""

    find: Find
    reader: PrincipalReader
    version_of: CurrentVersion
    passage_count: int
    desk: OpenDesk | None = None

    def all(self) -> tuple[AgentTool, ...]:
        """The tools."""
        searching = (
            AgentTool("search", "Find passages of documents, the best first.", SearchArguments, self._search),
            AgentTool(
                "fetch",
                "Read on in a document, from a passage number: what stands before or after what was found.",
                FetchArguments,
                self._fetch,
            ),
        )
        return searching if self.desk is None else (*searching, *self._of_the_graph(self.desk))

    def _of_the_graph(self, desk: OpenDesk) -> tuple[AgentTool, ...]:
        async def neighbors(asked: NeighborsArguments) -> ToolFindings:
            found = await (await desk()).neighbours(asked.entity, limit=_RELATION_COUNT)
            return await self._related(found.entities, found.edges)

        async def path(asked: PathArguments) -> ToolFindings:
            ways = await (await desk()).paths(asked.from_entity, asked.to_entity, limit=_PATH_COUNT)
            return await self._related(
                [entity for way in ways for entity in way.entities],
                [edge for way in ways for edge in way.edges],
            )

        return (
            AgentTool(
                "graph_neighbors",
                "What the documents relate a named thing with, and where.",
                NeighborsArguments,
                neighbors,
            ),
            AgentTool(
                "graph_path",
                "How two named things are related over others, and where.",
                PathArguments,
                path,
            ),
        )

    async def _search(self, asked: SearchArguments) -> ToolFindings:
        result = await self.find(asked.query)
        return ToolFindings(result.hits[: self.passage_count], note="; ".join(result.notes))

    async def _fetch(self, asked: FetchArguments) -> ToolFindings:
        version = await self.version_of(asked.doc_id)
        if version is None:
            return ToolFindings(note=_NO_PASSAGE)
        last = asked.start + self.passage_count - 1
        hits = await self.reader.read([ChunkRange(asked.doc_id, version, asked.start, last)])
        return ToolFindings(tuple(hits), note="" if hits else _NO_PASSAGE)

    async def _related(self, entities: Iterable[Entity], edges: Sequence[Edge]) -> ToolFindings:
        """Relations in words, and the passages that state the strongest of them."""
        names = {key: entity.name for entity in entities for key in entity.keys}
        unique = list(dict.fromkeys((edge.subject, edge.predicate, edge.object) for edge in edges))
        facts = [
            f"{names.get(subject, subject)} | {predicate.replace('_', ' ')} | {names.get(end, end)}"
            for subject, predicate, end in unique[:_RELATION_COUNT]
        ]
        places = list(dict.fromkeys(spot.chunk for edge in edges for spot in edge.spots[:1]))
        hits = await self.reader.passages(places[: self.passage_count])
        return ToolFindings(tuple(hits), tuple(facts))

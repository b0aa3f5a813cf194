"""A graph desk over evidence in memory: each sentence of a document is a chunk of its own."""

from collections.abc import Sequence

from core.access import AccessLabel, Principal
from core.clock import SystemClock
from core.filters import Visible
from core.graph_settings import GraphSettings
from core.privacy_ports import QueryPrivacy
from core.retrieval_ports import ChunkRange
from core.search import Hit
from folio.graph_desk import DeskParts, GraphDesk
from folio.graph_quotes import QuoteReader
from graph.service import KnowledgeGraph
from tests.fakes.graph_communities import FakeCommunities, spoken
from tests.fakes.graph_evidence import FakeGraphEvidence
from tests.fakes.graph_merges import FakeMergeDecisions
from tests.fakes.hits import hit

Sentences = Sequence[tuple[str, Sequence[str]]]


class FakeChunks:
    """Implements ChunkReader over documents that `put` was told of."""

    def __init__(self) -> None:
        self._hits: dict[tuple[str, int, int], tuple[AccessLabel, Hit]] = {}

    def put(self, doc_id: str, sentences: Sentences, access: AccessLabel) -> None:
        start = 0
        for ordinal, (text, _) in enumerate(sentences):
            chunk = hit(text, doc=doc_id, ordinal=ordinal, start=start, title=f"Title of {doc_id}")
            self._hits[doc_id, 1, ordinal] = (access, chunk)
            start += len(text) + 2

    async def chunks(self, ranges: Sequence[ChunkRange], *, visible: Visible) -> list[Hit]:
        places = {(row.doc_id, row.version, row.first) for row in ranges}
        found = [self._hits[place] for place in sorted(places) if place in self._hits]
        return [chunk for access, chunk in found if set(access.keys) & set(visible.keys)]


class FakeGraph:
    """What documents say, and the desk that shows it to a principal."""

    def __init__(self, *, tenant: str = "default", privacy: QueryPrivacy | None = None) -> None:
        self.evidence = FakeGraphEvidence()
        self.decisions = FakeMergeDecisions()
        self.communities = FakeCommunities()
        self.chunks = FakeChunks()
        self._privacy = privacy
        self._graph = KnowledgeGraph(
            self.evidence,
            self.decisions,
            settings=GraphSettings(refresh_s=0),
            clock=SystemClock(),
            tenant=tenant,
        )

    async def say(
        self,
        doc_id: str,
        sentences: Sentences,
        *,
        relations: Sequence[tuple[str, str, str]] = (),
        access: AccessLabel | None = None,
    ) -> None:
        """A document with these sentences, the names in each, and what the first sentence with both names states of them."""
        document, _ = spoken(doc_id, sentences, access=access, relations=relations)
        self.chunks.put(doc_id, sentences, document.access)
        await self.evidence.replace(document)

    def desk(self, principal: Principal | None = None) -> GraphDesk:
        parts = DeskParts(
            graph=self._graph,
            communities=self.communities,
            quotes=QuoteReader(self.chunks, None),
            query_privacy=self._privacy,
        )
        return GraphDesk(parts, principal=principal or Principal())

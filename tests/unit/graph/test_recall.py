"""What a search asks of the graph, on behalf of a principal."""

from core.access import Principal, Tier
from core.graph import ChunkRef
from core.graph_ports import Seeds
from core.graph_settings import GraphSettings
from graph.recall import GraphRecallService
from graph.service import KnowledgeGraph
from tests.fakes.clock import FakeClock
from tests.fakes.graph_evidence import FakeGraphEvidence
from tests.fakes.graph_merges import FakeMergeDecisions
from tests.unit.graph.documents import KEEPER, READER, SECRET, named, says, titled

FALCON = says("falcon", rows=[titled("Project Falcon"), named("Project Falcon"), named("Northwind Pumps")])
SUPPLIER = says("supplier", rows=[titled("Northwind Pumps"), named("Graz")])
HIDDEN = says("hidden", rows=[titled("Board Memo"), named("Northwind Pumps")], access=SECRET)
FILLERS = [says(f"filler{number}", rows=[named(f"Thing {number}")]) for number in range(9)]
QUESTION = "Where is the supplier of Project Falcon, which Board Memo names?"


class Graphs:
    """The graphs of tenants over one store; `opened` says which were asked for."""

    def __init__(self) -> None:
        self._evidence = FakeGraphEvidence()
        self.opened: list[str] = []

    async def recall(self) -> GraphRecallService:
        for document in (FALCON, SUPPLIER, HIDDEN, *FILLERS):
            await self._evidence.replace(document)
        return GraphRecallService(self._graph)

    async def _graph(self, tenant: str) -> KnowledgeGraph:
        self.opened.append(tenant)
        return KnowledgeGraph(
            self._evidence, FakeMergeDecisions(), settings=GraphSettings(), clock=FakeClock(), tenant=tenant
        )


async def test_seeds_and_walks_are_those_of_the_principal() -> None:
    recall = await Graphs().recall()
    seeds = await recall.seeds(QUESTION, principal=READER)
    assert [key for key, _ in seeds.entities] == ["project falcon"]
    assert {key for key, _ in (await recall.seeds(QUESTION, principal=KEEPER)).entities} == {
        "project falcon",
        "board memo",
    }
    begun = Seeds(seeds.entities, ((ChunkRef("falcon", 1, 0), 1.0),))
    found = await recall.walk(begun, principal=READER, limit=10)
    assert [walked.chunk.doc_id for walked in found] == ["supplier", "falcon"]
    more = await recall.walk(begun, principal=KEEPER, limit=10)
    assert "hidden" in {walked.chunk.doc_id for walked in more}


async def test_each_tenant_has_a_graph_of_its_own() -> None:
    graphs = Graphs()
    recall = await graphs.recall()
    stranger = Principal("other", clearance=Tier.RESTRICTED)
    assert (await recall.seeds(QUESTION, principal=stranger)).entities == ()
    assert graphs.opened == ["other"]

"""The agent's tools see what their principal sees."""

from collections.abc import Sequence

import pytest

from core.access import AccessLabel, Principal, Tier
from core.agents import StepOutcome, ToolFindings
from core.errors import NotFoundError
from core.graph import ChunkRef
from core.language_models import ToolCall
from core.search import Hit, SearchResult
from folio.agent_tools import PrincipalReader, PrincipalTools
from generation.agent.toolbox import Toolbox
from tests.fakes.graph_desk import FakeGraph
from tests.fakes.hits import hit

INSIDER = Principal(clearance=Tier.RESTRICTED)
READER = Principal()


@pytest.fixture
async def graph() -> FakeGraph:
    world = FakeGraph()
    await world.say(
        "plain",
        [
            ("Acme made the Lamp.", ("Acme", "Lamp")),
            ("The Lamp is warm.", ("Lamp",)),
            ("Acme sits in Bergen.", ("Acme", "Bergen")),
        ],
        relations=[("Acme", "made", "Lamp"), ("Acme", "located in", "Bergen")],
    )
    await world.say(
        "secret",
        [("Acme pays Ann.", ("Acme", "Ann"))],
        relations=[("Acme", "pays", "Ann")],
        access=AccessLabel(tier=Tier.RESTRICTED),
    )
    return world


class Reversing:
    """Implements HitPrivacy: whoever reads sees texts backwards."""

    async def checked(self, hits: Sequence[Hit]) -> list[Hit]:
        return [hit(one.text[::-1], doc=one.doc_id, ordinal=one.ordinal) for one in hits]


def tools(graph: FakeGraph, principal: Principal = READER, *, privacy: Reversing | None = None) -> Toolbox:
    async def find(query: str) -> SearchResult:
        return SearchResult((hit(query, doc="found"),) * 9, 1.0, ("a note",))

    async def version_of(doc_id: str) -> int | None:
        return 1 if doc_id in {"plain", "secret"} else None

    async def desk():
        return graph.desk(principal)

    reader = PrincipalReader(graph.chunks, privacy, principal)
    made = PrincipalTools(find, reader, version_of, 2, desk).all()
    return Toolbox(made, allowed=[tool.name for tool in made])


async def run(box: Toolbox, name: str, arguments: str) -> tuple[StepOutcome, ToolFindings]:
    ran = await box.run(ToolCall("1", name, arguments), limit_s=5)
    return ran.outcome, ran.findings


async def test_a_search_gives_so_many_and_its_notes(graph: FakeGraph) -> None:
    outcome, found = await run(tools(graph), "search", '{"query": "warm"}')
    assert (outcome, len(found.hits), found.note) == (StepOutcome.FOUND, 2, "a note")


async def test_fetch_reads_on_from_a_passage(graph: FakeGraph) -> None:
    _, found = await run(tools(graph), "fetch", '{"doc_id": "plain", "start": 0}')
    assert [one.ordinal for one in found.hits][:1] == [0]
    _, found = await run(tools(graph), "fetch", '{"doc_id": "plain", "start": 2}')
    assert [one.text for one in found.hits] == ["Acme sits in Bergen."]


@pytest.mark.parametrize("doc_id", ["secret", "unknown"])
async def test_what_may_not_be_read_looks_like_what_is_not_there(graph: FakeGraph, doc_id: str) -> None:
    outcome, found = await run(tools(graph), "fetch", f'{{"doc_id": "{doc_id}"}}')
    assert (outcome, found.hits, "no such document" in found.note) == (StepOutcome.NOTHING, (), True)


async def test_an_insider_reads_it(graph: FakeGraph) -> None:
    outcome, found = await run(tools(graph, INSIDER), "fetch", '{"doc_id": "secret"}')
    assert (outcome, [one.text for one in found.hits]) == (StepOutcome.FOUND, ["Acme pays Ann."])


async def test_relations_are_told_with_the_passages_that_state_them(graph: FakeGraph) -> None:
    _, found = await run(tools(graph), "graph_neighbors", '{"entity": "Lamp"}')
    assert "Acme | made | Lamp" in found.facts
    assert [one.text for one in found.hits] == ["Acme made the Lamp."]


async def test_relations_of_what_may_not_be_read_are_not_told(graph: FakeGraph) -> None:
    _, plain = await run(tools(graph), "graph_neighbors", '{"entity": "Acme"}')
    _, all_of_it = await run(tools(graph, INSIDER), "graph_neighbors", '{"entity": "Acme"}')
    assert not any("Ann" in fact for fact in plain.facts)
    assert any("Ann" in fact for fact in all_of_it.facts)


async def test_a_path_leads_over_what_both_are_related_with(graph: FakeGraph) -> None:
    box = tools(graph)
    outcome, found = await run(box, "graph_path", '{"from_entity": "Lamp", "to_entity": "Bergen"}')
    assert outcome is StepOutcome.FOUND
    assert set(found.facts) == {"Acme | made | Lamp", "Acme | located in | Bergen"}
    assert {one.text for one in found.hits} == {"Acme made the Lamp.", "Acme sits in Bergen."}


async def test_a_name_that_nobody_has_is_told_and_is_no_error(graph: FakeGraph) -> None:
    outcome, found = await run(tools(graph), "graph_neighbors", '{"entity": "Zenith"}')
    assert (outcome, found.facts, bool(found.note)) == (StepOutcome.NOTHING, (), True)
    with pytest.raises(NotFoundError):
        await graph.desk().entity("Zenith")


async def test_passages_are_read_again_in_the_order_asked_for_and_redacted_as_in_searches(
    graph: FakeGraph,
) -> None:
    reader = PrincipalReader(graph.chunks, Reversing(), READER)
    places = [ChunkRef("plain", 1, 2), ChunkRef("secret", 1, 0), ChunkRef("plain", 1, 0), ChunkRef("x", 1, 0)]
    assert [one.text for one in await reader.passages(places)] == [
        "Acme sits in Bergen."[::-1],
        "Acme made the Lamp."[::-1],
    ]
    assert await reader.passages([]) == []

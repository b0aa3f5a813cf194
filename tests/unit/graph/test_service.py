"""The graph of a tenant follows the catalog."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import pytest

from core.access import Principal
from core.errors import DependencyDownError
from core.graph import DocumentEvidence, Merge, MergeState
from core.graph_ports import Seeds
from core.graph_settings import GraphSettings
from graph.service import KnowledgeGraph
from graph.view import everything
from tests.fakes.clock import FakeClock
from tests.fakes.graph_evidence import FakeGraphEvidence
from tests.fakes.graph_merges import FakeMergeDecisions
from tests.unit.graph.documents import KEEPER, READER, SECRET, named, says


class World:
    """A graph over evidence in memory. Counts loads; fails while `is_down`."""

    def __init__(
        self, *, refresh_s: float = 1.0, accepts: Callable[[DocumentEvidence], bool] = everything
    ) -> None:
        self.clock = FakeClock()
        self.evidence = CountingEvidence(self.clock)
        self.decisions = FakeMergeDecisions()
        self.graph = KnowledgeGraph(
            self.evidence,
            self.decisions,
            settings=GraphSettings(refresh_s=refresh_s),
            clock=self.clock,
            tenant="default",
            accepts=accepts,
        )

    async def keys(self, principal: Principal = READER) -> list[str]:
        page = await self.graph.entities(principal)
        return [entity.key for entity in page.entities]


class CountingEvidence(FakeGraphEvidence):
    load_count = 0
    is_down = False
    gate: asyncio.Event | None = None

    async def position(self, tenant: str) -> int:
        if self.is_down:
            raise DependencyDownError("the catalog does not answer")
        return await super().position(tenant)

    async def load(self, tenant: str) -> AsyncIterator[DocumentEvidence]:
        self.load_count += 1
        if self.gate:
            await self.gate.wait()
        async for document in super().load(tenant):
            yield document


@pytest.fixture
def world() -> World:
    return World()


async def test_a_change_is_seen_after_refresh_s_and_without_loading_anew(world: World) -> None:
    await world.evidence.replace(says("d1", rows=[named("Acme")]))
    assert await world.keys() == ["acme"]
    await world.evidence.replace(says("d1", rows=[named("Beta")], version=2))
    assert await world.keys() == ["acme"]
    world.clock.advance(1.0)

    assert await world.keys() == ["beta"]
    assert world.evidence.load_count == 1


async def test_a_removed_document_is_gone(world: World) -> None:
    await world.evidence.replace(says("d1", rows=[named("Acme")]))
    await world.keys()
    await world.evidence.remove("d1")
    world.clock.advance(1.0)

    assert await world.keys() == []


async def test_a_log_that_was_cut_makes_it_load_anew(world: World) -> None:
    await world.evidence.replace(says("d1", rows=[named("Acme")]))
    await world.keys()
    await world.evidence.replace(says("d2", rows=[named("Beta")]))
    await world.evidence.purge_changes(before=world.clock.now().replace(year=2100))
    world.clock.advance(1.0)

    assert await world.keys() == ["acme", "beta"]
    assert world.evidence.load_count == 2


async def test_a_catalog_from_before_makes_it_load_anew(world: World) -> None:
    await world.evidence.replace(says("d1", rows=[named("Acme")]))
    await world.evidence.replace(says("d1", rows=[named("Acme")]))
    await world.keys()
    restored = FakeGraphEvidence()
    await restored.replace(says("d1", rows=[named("Older")]))
    vars(world.evidence).update(vars(restored))
    world.clock.advance(1.0)

    assert await world.keys() == ["older"]


async def test_many_changes_are_patched_in_parts(world: World) -> None:
    await world.keys()
    for number in range(450):
        await world.evidence.replace(says(f"d{number}", rows=[named("Acme")]))
    world.clock.advance(1.0)

    entity = await world.graph.entity(READER, "acme")

    assert entity is not None
    assert entity.document_count == 450
    assert world.evidence.load_count == 1


async def test_a_decision_counts_from_the_next_refresh(world: World) -> None:
    await world.evidence.replace(says("d1", rows=[named("Acme"), named("Road Runner")]))
    assert len(await world.keys()) == 2
    merge = Merge("acme", "road runner", MergeState.CONFIRMED, "human")
    await world.decisions.decide("default", merge, subject="operator")
    world.clock.advance(1.0)

    assert len(await world.keys()) == 1


async def test_each_principal_sees_its_own(world: World) -> None:
    await world.evidence.replace(says("d1", ("Acme", "acquired", "Beta")))
    await world.evidence.replace(says("d2", ("Beta", "sued", "Gamma"), access=SECRET))

    assert await world.keys() == ["acme", "beta"]
    assert await world.keys(KEEPER) == ["beta", "acme", "gamma"]
    assert await world.keys(Principal(tenant="other")) == []
    for number in range(40):
        assert await world.keys(Principal(groups=frozenset({str(number)}))) == ["acme", "beta"]


async def test_documents_that_are_not_accepted_are_left_out() -> None:
    world = World(accepts=lambda document: document.version > 1)
    await world.evidence.replace(says("d1", rows=[named("Acme")]))
    await world.evidence.replace(says("d2", rows=[named("Beta")], version=2))

    assert await world.keys() == ["beta"]


async def test_every_question_is_answered(world: World) -> None:
    await world.evidence.replace(says("d1", ("Acme", "acquired", "Beta")))
    await world.evidence.replace(says("d2", ("Beta", "based_in", "Geneva")))
    graph = world.graph

    (edge,) = await graph.relations(READER, "acme")
    near = await graph.neighbourhood(READER, "acme", hops=2)
    (path,) = await graph.paths(READER, "acme", "geneva")
    walked = await graph.walk(READER, Seeds((("acme", 1.0),)), limit=5)

    assert edge.predicate == "acquired"
    assert near is not None
    assert len(near.entities) == 3
    assert [step.predicate for step in path.edges] == ["acquired", "based_in"]
    assert [each.chunk.doc_id for each in walked] == ["d1", "d2"]
    assert [spot.chunk.doc_id for spot in await graph.evidence(READER, edge)] == ["d1"]
    assert len(await graph.evidence(READER, "beta")) == 2


async def test_who_gives_up_waiting_does_not_stop_the_loading(world: World) -> None:
    await world.evidence.replace(says("d1", rows=[named("Acme")]))
    world.evidence.gate = asyncio.Event()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(world.graph.refreshed(), 0.01)
    other = asyncio.create_task(world.keys())
    await asyncio.sleep(0)
    world.evidence.gate.set()

    assert await other == ["acme"]
    assert world.evidence.load_count == 1


async def test_what_may_be_outdated_is_not_shown_and_the_next_call_tries_again(world: World) -> None:
    await world.evidence.replace(says("d1", rows=[named("Acme")]))
    await world.keys()
    world.clock.advance(1.0)
    world.evidence.is_down = True
    with pytest.raises(DependencyDownError):
        await world.keys()
    world.evidence.is_down = False

    assert await world.keys() == ["acme"]


async def test_a_reader_never_sees_half_a_patch() -> None:
    """Every version of the document names the same number twice: once as each entity."""
    world = World(refresh_s=0.0)
    await world.evidence.replace(_version(0))
    view = await world.graph.refreshed()
    visible = await world.graph.seen_by(READER)
    broken: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            with view.lock:
                names = {entity.key.split()[1] for entity in visible.entities(limit=10).entities}
                if len(names) != 1:
                    broken.append(len(names))

    reader = asyncio.create_task(asyncio.to_thread(read))
    for number in range(1, 30):
        await world.evidence.replace(_version(number))
        await world.graph.refreshed()
    done.set()
    await reader

    assert not broken


def _version(number: int) -> DocumentEvidence:
    name = "q" + "abcdefghij"[number % 10] + "klmnopqrst"[number // 10]
    return says("d1", (f"Left {name} side", "faces", f"Right {name} side"), version=number + 1)

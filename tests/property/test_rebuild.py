"""Kill a rebuild at any step, change documents in between, start it again: it converges, and no reader sees a gap."""

import asyncio
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from core.generations import GenerationState
from tests.unit.ingest.rebuild.replacing import Crashed, Replacing

DOCUMENTS = ("a", "b", "c")
WORDS = ("one", "two", "three", "four")
changes = st.lists(
    st.tuples(st.sampled_from(DOCUMENTS), st.lists(st.sampled_from(WORDS), max_size=3)), max_size=3
)
rounds = st.lists(st.tuples(st.integers(0, 60), changes), max_size=4)


@given(first=changes, attempts=rounds)
@settings(max_examples=60, deadline=None)
def test_whatever_is_killed_and_changed_the_switch_is_whole(first, attempts) -> None:
    asyncio.run(scenario(first, attempts))


async def scenario(first, attempts) -> None:
    world = Replacing()
    await world.index("z", "always there")
    await change(world, first, version=1)
    for number, (steps, edits) in enumerate(attempts, start=2):
        world.fuse.left = steps
        with suppress(Crashed):
            await world.run()
        check_no_gap(world)
        world.catalog.leases.clear()  # they expire, or are evicted with the dead process
        if world.collections.alias == "new":
            break
        await change(world, edits, version=number)
    world.fuse.left = None
    if world.collections.alias == "old":
        await world.run()
    elif world.generations.rows["new"].state is not GenerationState.LIVE:
        # What opening the engine does after a crash between the alias and the catalog.
        await world.generations.settle("new", now=world.clock.now(), keep_s=1.0)
    check_no_gap(world)
    assert world.generations.moved == [(("before", "after"),)]
    assert world.generations.rows["old"].state is GenerationState.PREVIOUS


def check_no_gap(world: Replacing) -> None:
    """Whichever collection is live holds every document, whole and in one version."""
    if world.collections.alias == "new":
        assert world.held() == world.expected()
    assert any(row.doc_id == "z" and row.active for row in world.old.points.values())


async def change(world: Replacing, edits, *, version: int) -> None:
    for doc_id, texts in edits:
        await world.index(doc_id, *texts, version=version)

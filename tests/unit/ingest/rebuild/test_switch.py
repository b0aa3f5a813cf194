"""Another model's collection is built beside the live one and takes over; a crash at any step loses nothing."""

from datetime import timedelta

import pytest

from core.errors import InvalidInputError, StoreBusyError
from core.generations import BUILD, GATE, GenerationState
from core.ids import embedding_key
from ingest.leases import RunLeases
from ingest.rebuild.progress import RecallCheck
from tests.contract.chunk_points import chunk
from tests.fakes.generations import generation
from tests.unit.ingest.rebuild.replacing import KEEP_S, NEW, Crashed, Replacing


@pytest.fixture
async def world() -> Replacing:
    made = Replacing()
    await made.index("a", "one", "two")
    await made.index("b", "three")
    return made


async def test_the_new_collection_holds_the_same_with_vectors_of_the_new_model(world: Replacing) -> None:
    report = await world.run()
    assert (report.former, report.collection, report.switched) == ("old", "new", True)
    assert report.embedded_count == 3
    assert world.held() == world.expected()
    (first,) = [row for row in world.new.points.values() if row.text == "one"]
    assert first.dense == (await NEW.embed_passages(["Title of a\none"]))[0]
    assert first.embedding_key == embedding_key(NEW.fingerprint, "Title of a\none")


async def test_the_alias_moves_once_and_the_catalog_follows(world: Replacing) -> None:
    await world.run()
    assert world.collections.switches == ["new"]
    assert world.generations.moved == [(("before", "after"),)]
    states = {name: row.state for name, row in world.generations.rows.items()}
    assert states == {"old": GenerationState.PREVIOUS, "new": GenerationState.LIVE}
    live_since = world.generations.rows["new"].live_since
    assert live_since is not None
    assert world.generations.rows["old"].drop_after == live_since + timedelta(seconds=KEEP_S)


async def test_what_is_not_visible_is_not_copied(world: Replacing) -> None:
    await world.old.write([chunk("a", version=2)])
    await world.run()
    assert world.held() == world.expected()


async def test_what_is_there_of_an_earlier_attempt_is_not_embedded_again(world: Replacing) -> None:
    await world.run()
    await world.index("c", "four")
    assert (await world.run()).embedded_count == 1
    assert world.held() == world.expected()


async def test_what_a_sync_changes_meanwhile_is_caught_up(world: Replacing) -> None:
    async def sync() -> None:
        world.during_sleep = None
        await world.index("a", "one", "new words", version=2)
        await world.index("d", "five")
        await world.delete("b")

    world.during_sleep = sync
    await world.run(rate=1.0)
    assert world.held() == world.expected()
    assert {row.doc_id for row in world.new.points.values()} == {"a", "d"}


async def test_the_rate_is_kept(world: Replacing) -> None:
    await world.run(rate=0.5)
    # Three chunks at half a chunk per second; the two seconds at the end are for everybody to notice.
    assert sum(world.slept) == pytest.approx(3 / 0.5 + 2.0)


async def test_progress_counts_documents_and_chunks(world: Replacing) -> None:
    await world.run()
    last = world.progress[-1]
    assert (last.done_count, last.total_count, last.chunk_count) == (2, 2, 3)


async def test_a_model_that_finds_less_does_not_take_over(world: Replacing) -> None:
    world.recall = RecallCheck(100, 90, 84, tolerance=0.05)
    with pytest.raises(InvalidInputError, match="84, the live one 90"):
        await world.run()
    assert (world.collections.alias, world.collections.switches) == ("old", [])
    assert world.catalog.leases == {}
    assert (await world.run(force=True)).recall == world.recall
    assert world.collections.alias == "new"


@pytest.mark.parametrize(("new_count", "passed"), [(90, True), (85, True), (84, False), (100, True)])
def test_recall_may_fall_by_the_tolerated_share(new_count: int, passed: bool) -> None:
    assert RecallCheck(100, 90, new_count, tolerance=0.05).passed is passed


async def test_two_rebuilds_do_not_run_at_once(world: Replacing) -> None:
    await world.catalog.acquire([BUILD], owner="elsewhere/1/x/run", lease_s=60)
    with pytest.raises(StoreBusyError, match="another rebuild"):
        await world.run()


async def test_the_switch_waits_for_a_run_that_is_writing(world: Replacing) -> None:
    await world.catalog.acquire(["z"], owner="elsewhere/1/x/run", lease_s=5)
    await world.run()
    assert world.collections.alias == "new"
    assert sum(world.slept) >= 5


async def test_a_run_that_does_not_give_way_keeps_the_old_collection_live(world: Replacing) -> None:
    await world.catalog.acquire(["z"], owner="elsewhere/1/x/run", lease_s=10_000)
    with pytest.raises(StoreBusyError, match="has kept its documents"):
        await world.run()
    assert world.collections.alias == "old"
    assert GATE not in world.catalog.leases


async def test_nobody_gets_a_lease_while_the_gate_is_closed(world: Replacing) -> None:
    refused = []

    async def sync() -> None:
        leases = RunLeases(world.catalog, clock=world.clock, lease_s=60)
        async with leases.kept():
            refused.append(not await leases.take("a"))

    world.during_sleep = sync
    await world.run()
    assert refused == [True]
    world.during_sleep = None
    assert world.catalog.leases == {}


async def test_another_model_that_was_begun_is_given_up(world: Replacing) -> None:
    world.generations.rows["begun"] = generation("begun", GenerationState.BUILDING)
    await world.run()
    assert world.generations.rows["begun"].state is GenerationState.DROPPED


async def test_a_crash_at_every_single_step_is_made_good_by_the_next_rebuild() -> None:
    steps = 0
    while await crashed_after(steps):
        steps += 1
    assert steps > 30


async def crashed_after(steps: int) -> bool:
    """Whether a rebuild that may take so many steps was broken off; in both cases nothing is lost."""
    world = Replacing()
    await world.index("a", "one", "two")
    await world.index("b", "three")
    world.fuse.left = steps
    try:
        await world.run()
    except Crashed:
        broken_off = True
    else:
        broken_off = False
    if world.collections.alias == "new":
        assert world.held() == world.expected()
    assert len([row for row in world.old.points.values() if row.active]) == 3
    world.fuse.left = None
    world.catalog.leases.clear()
    if world.collections.alias == "old":
        await world.run()
    assert world.held() == world.expected()
    return broken_off

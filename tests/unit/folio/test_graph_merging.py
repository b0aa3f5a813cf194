"""Merges as a principal sees them, and decisions: on what may be seen alone, and never without an entry in the audit log."""

from collections.abc import Sequence

import pytest

from core.access import AccessLabel, Principal, Tier
from core.audit import AuditEvent
from core.errors import InvalidInputError, NotFoundError
from core.graph import ALSO_KNOWN_AS, MergeState
from folio.graph_merging import CONFIRMED, FORBIDDEN, UNDONE, MergeDesk, merge_id
from tests.fakes.graph_desk import FakeGraph

INSIDER = Principal(subject="ann", clearance=Tier.RESTRICTED)
OUTSIDER = Principal(subject="bob", clearance=Tier.PUBLIC)
HIDDEN = AccessLabel(tier=Tier.RESTRICTED)


class World:
    """A graph, and what was recorded."""

    def __init__(self) -> None:
        self.graph = FakeGraph()
        self.recorded: list[AuditEvent] = []

    async def record(self, events: Sequence[AuditEvent]) -> None:
        self.recorded.extend(events)

    def desk(self, principal: Principal = INSIDER) -> MergeDesk:
        return MergeDesk(self.graph.desk(principal), self.graph.decisions, self.record)


@pytest.fixture
async def world() -> World:
    world = World()
    await world.graph.say(
        "public",
        [
            ("Saint-Malo is a port.", ("Saint-Malo",)),
            ("Saint Malo is old.", ("Saint Malo",)),
            ("Globex is large.", ("Globex",)),
            ("Initech is small.", ("Initech",)),
        ],
        access=AccessLabel(tier=Tier.PUBLIC),
    )
    await world.graph.say(
        "secret",
        [("Falcon, also known as Globex, is secret.", ("Falcon", "Globex"))],
        relations=[("Falcon", ALSO_KNOWN_AS, "Globex")],
        access=HIDDEN,
    )
    return world


async def test_merges_say_why_and_where(world: World) -> None:
    stated, spelling = await world.desk().merges()
    assert (stated.merge.reason, stated.merge.left, stated.merge.right) == ("stated", "falcon", "globex")
    assert [spot.chunk.doc_id for spot in stated.merge.spots] == ["secret"]
    assert (spelling.merge.reason, spelling.merge.left) == ("spelling", "saint malo")
    assert stated.is_joined
    assert spelling.is_joined


async def test_what_may_not_be_read_makes_no_merge_and_is_not_named(world: World) -> None:
    (only,) = await world.desk(OUTSIDER).merges()
    assert only.merge.left == "saint malo"
    assert await world.desk(OUTSIDER).merges(name="Globex") == []
    with pytest.raises(NotFoundError):
        await world.desk(OUTSIDER).confirm("Falcon", "Globex")
    assert world.recorded == []


async def test_a_human_may_split_what_rules_join(world: World) -> None:
    desk = world.desk()
    await desk.forbid("Saint-Malo", "Saint Malo")
    found = await desk.merges(name="Saint-Malo")
    assert {one.merge.state for one in found} == {MergeState.AUTOMATIC, MergeState.FORBIDDEN}
    assert not any(one.is_joined for one in found)
    assert (await world.graph.desk().entity("saint malo")).keys == ("saint malo",)


async def test_a_human_may_join_what_no_rule_does_and_undo_it(world: World) -> None:
    desk = world.desk()
    merge = await desk.confirm("Initech", "Globex")
    assert (merge.left, merge.right, merge.state) == ("globex", "initech", MergeState.CONFIRMED)
    assert (await world.graph.desk(OUTSIDER).entity("initech")).keys == ("initech", "globex")
    assert [one.merge for one in await desk.merges(state=MergeState.CONFIRMED)] == [merge]
    assert await desk.undo("globex", "initech") == ("globex", "initech")
    assert (await world.graph.desk(OUTSIDER).entity("initech")).keys == ("initech",)


async def test_every_decision_is_recorded_without_names(world: World) -> None:
    desk = world.desk()
    await desk.confirm("Initech", "Globex")
    await desk.forbid("Initech", "Globex")
    await desk.undo("Initech", "Globex")
    pair = merge_id("initech", "globex")
    assert [(event.action, event.subject, event.object) for event in world.recorded] == [
        (action, "ann", pair) for action in (CONFIRMED, FORBIDDEN, UNDONE)
    ]
    assert all("globex" not in str(event) for event in world.recorded)


async def test_no_decision_without_its_entry(world: World) -> None:
    async def fails(events: Sequence[AuditEvent]) -> None:
        raise InvalidInputError(f"{len(events)} entries could not be written")

    desk = MergeDesk(world.graph.desk(INSIDER), world.graph.decisions, fails)
    with pytest.raises(InvalidInputError):
        await desk.confirm("Initech", "Globex")
    assert await world.graph.decisions.decisions("default") == []


async def test_what_cannot_be_decided_says_so(world: World) -> None:
    desk = world.desk()
    with pytest.raises(InvalidInputError, match="same key"):
        await desk.confirm("Globex", "the GLOBEX")
    with pytest.raises(NotFoundError, match="nothing was decided"):
        await desk.undo("Globex", "Initech")
    with pytest.raises(NotFoundError):
        await desk.forbid("Globex", "Hooli")
    with pytest.raises(InvalidInputError, match="limit"):
        await desk.merges(limit=0)

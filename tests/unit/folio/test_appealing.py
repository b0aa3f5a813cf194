"""Appeals: who may see, file and decide them, and that each step is in the audit log."""

import pytest

from core.access import Principal
from core.audit import AuditEvent
from core.errors import ForbiddenError, InvalidInputError, NotFoundError
from core.guardrails import DECIDE_SCOPE, AppealState
from folio.appealing import DECIDED, FILED, AppealDesk
from tests.fakes.appeals import FakeAppeals, block

ANN = Principal("acme", "ann")
BOB = Principal("acme", "bob")
ROOT = Principal("acme", "root", scopes=frozenset({DECIDE_SCOPE}))
STRANGER = Principal("other", "ann", scopes=frozenset({DECIDE_SCOPE}))


class World:
    """One block of Ann's, and a desk for anybody."""

    def __init__(self) -> None:
        self.appeals = FakeAppeals()
        self.audited: list[AuditEvent] = []

    async def begun(self) -> "World":
        await self.appeals.record(block("a1", tenant="acme", subject="ann"))
        return self

    def desk(self, principal: Principal) -> AppealDesk:
        async def record(events: list[AuditEvent]) -> None:
            self.audited += events

        return AppealDesk(self.appeals, record, principal=principal)  # type: ignore[arg-type]  # a list is a sequence


@pytest.fixture
async def world() -> World:
    return await World().begun()


async def test_a_block_is_seen_by_whoever_was_refused_and_by_those_who_decide(world: World) -> None:
    assert (await world.desk(ANN).appeal("a1")).state is AppealState.UNFILED
    assert (await world.desk(ROOT).appeal("a1")).block.subject == "ann"
    for principal in (BOB, STRANGER):
        with pytest.raises(NotFoundError, match="not for you"):
            await world.desk(principal).appeal("a1")


async def test_an_appeal_is_filed_once_by_whoever_was_refused(world: World) -> None:
    for _ in range(2):
        assert (await world.desk(ANN).file("a1")).state is AppealState.OPEN
    assert world.audited == [AuditEvent("acme", "ann", FILED, "a1", "injection")]
    with pytest.raises(NotFoundError):
        await world.desk(BOB).file("a1")
    with pytest.raises(ForbiddenError, match="whoever was refused"):
        await world.desk(ROOT).file("a1")


async def test_a_decision_takes_the_scope_and_an_appeal(world: World) -> None:
    with pytest.raises(ForbiddenError, match=DECIDE_SCOPE):
        await world.desk(ANN).decide("a1", state=AppealState.OVERTURNED)
    with pytest.raises(InvalidInputError, match="nobody has appealed"):
        await world.desk(ROOT).decide("a1", state=AppealState.UPHELD)
    await world.desk(ANN).file("a1")
    with pytest.raises(InvalidInputError, match="upheld"):
        await world.desk(ROOT).decide("a1", state=AppealState.OPEN)
    with pytest.raises(InvalidInputError, match="500"):
        await world.desk(ROOT).decide("a1", state=AppealState.UPHELD, note="x" * 501)
    found = await world.desk(ROOT).decide(
        "a1", state=AppealState.OVERTURNED, note="ask j@example.com\n again"
    )
    assert (found.state, found.decided_by) == (AppealState.OVERTURNED, "root")
    assert found.note == "ask <EMAIL_ADDRESS> again"
    assert world.audited[-1] == AuditEvent("acme", "root", DECIDED, "a1", "overturned")
    assert (await world.desk(ANN).file("a1")).state is AppealState.OVERTURNED, "a decision stays"


async def test_the_list_takes_the_scope(world: World) -> None:
    with pytest.raises(ForbiddenError):
        await world.desk(ANN).appeals()
    assert [one.block.appeal_id for one in await world.desk(ROOT).appeals()] == ["a1"]
    assert await world.desk(ROOT).appeals(states=[AppealState.OPEN]) == []
    assert await world.desk(STRANGER).appeals() == []
    with pytest.raises(InvalidInputError):
        await world.desk(ROOT).appeals(limit=0)

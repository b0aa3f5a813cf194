"""Trials from the catalog's rows to decisions with their entries in the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from core.access import Principal, Tier
from core.audit import AuditEvent
from core.errors import InvalidInputError
from core.prompt_releases import PromptRelease
from core.prompt_trials import UserAnswers
from evals.gates.policy import TrialPolicy
from evals.trials.arms import planned
from evals.trials.deciding import TrialRoom
from evals.trials.verdict import Next
from folio.prompt_releasing import PROMOTED, ROLLED_BACK, WITHDRAWN, PromptDesk
from generation.prompts.shelf import Shelf
from generation.prompts.templates import PACKAGED
from tests.fakes.clock import FakeClock
from tests.fakes.prompt_folder import released
from tests.fakes.prompt_releases import FakePromptReleases
from tests.fakes.trial_answers import FakeTrialAnswers
from tests.unit.evals.trials.users import START, users

POLICY = TrialPolicy()
NEEDED = planned(0.5, POLICY).candidate
TRIED = PromptRelease("answer", 1, "ann", START, current=1001, candidate=1002, share=0.5)
PROMOTED_ONE = PromptRelease("answer", 2, "ann", START, current=1002, previous=1001)


@dataclass
class World:
    """A desk with the versions 1001 and 1002 of `answer`, and answers of users."""

    shelf: Shelf
    releases: FakePromptReleases
    clock: FakeClock
    audit: list[AuditEvent] = field(default_factory=list)

    def room(self, *found: UserAnswers) -> TrialRoom:
        async def keep(events: Sequence[AuditEvent]) -> None:
            self.audit.extend(events)

        who = Principal("default", "operator", Tier.INTERNAL, frozenset())
        desk = PromptDesk(self.shelf, self.releases, keep, who, self.clock)
        return TrialRoom(desk, FakeTrialAnswers(*found), self.clock, POLICY)


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("prompts")
    released(folder, 1001, 1002, name="answer")
    clock = FakeClock(START + timedelta(days=30))
    return World(Shelf(folder, PACKAGED), FakePromptReleases(), clock)


async def test_a_candidate_that_is_better_is_promoted_with_an_entry(world: World) -> None:
    world.releases.kept["answer"] = TRIED
    room = world.room(*users(NEEDED, 1001, rating=3.0), *users(NEEDED, 1002, rating=5.0))
    verdict = await room.trial("answer")
    assert (verdict.next, verdict.before, verdict.after) == (Next.PROMOTE, "answer/1001", "answer/1002")
    done = await room.carry_out(verdict)
    assert done is not None
    assert (done.current, done.candidate, done.previous) == (1002, None, 1001)
    assert [one.action for one in world.audit] == [PROMOTED]


async def test_a_candidate_that_is_worse_is_withdrawn_with_an_entry(world: World) -> None:
    world.releases.kept["answer"] = TRIED
    room = world.room(*users(60, 1001, rating=5.0), *users(60, 1002, rating=1.0))
    done = await room.carry_out(await room.trial("answer"))
    assert done is not None
    assert (done.current, done.candidate) == (1001, None)
    assert [one.action for one in world.audit] == [WITHDRAWN]


async def test_a_trial_that_has_to_wait_changes_nothing(world: World) -> None:
    world.releases.kept["answer"] = TRIED
    room = world.room()
    verdict = await room.trial("answer")
    assert verdict.next is Next.WAIT
    assert await room.carry_out(verdict) is None
    assert world.audit == []


async def test_who_comes_after_the_horizon_changes_nothing_any_more(world: World) -> None:
    world.releases.kept["answer"] = TRIED
    in_time = [*users(NEEDED, 1001), *users(NEEDED, 1002)]
    late = [
        one
        for one in users(NEEDED + 500, 1002, prefix="late", rating=1.0)
        if one.first_at > START + timedelta(minutes=NEEDED)
    ]
    first, second = (
        await world.room(*in_time).trial("answer"),
        await world.room(*in_time, *late).trial("answer"),
    )
    assert first == second
    assert first.next is Next.PROMOTE


async def test_answers_from_before_the_share_was_set_do_not_count(world: World) -> None:
    set_at = START + timedelta(days=1)
    world.releases.kept["answer"] = PromptRelease(
        "answer", 2, "ann", set_at, current=1001, candidate=1002, share=0.5
    )
    verdict = await world.room(*users(NEEDED, 1001), *users(NEEDED, 1002)).trial("answer")
    assert (verdict.users_before, verdict.users_after) == (0, 0)


async def test_a_promoted_version_that_is_worse_is_rolled_back_with_an_entry(world: World) -> None:
    world.releases.kept["answer"] = PROMOTED_ONE
    room = world.room(*users(300, 1001, prefix="u"), *users(300, 1002, prefix="u", rating=1.0))
    verdict = await room.change("answer", days=60)
    done = await room.carry_out(verdict)
    assert done is not None
    assert (done.current, [one.action for one in world.audit]) == (1001, [ROLLED_BACK])


async def test_a_decision_of_somebody_else_meanwhile_is_not_overruled(world: World) -> None:
    world.releases.kept["answer"] = TRIED
    room = world.room(*users(60, 1001, rating=5.0), *users(60, 1002, rating=1.0))
    verdict = await room.trial("answer")
    world.releases.kept["answer"] = PROMOTED_ONE
    with pytest.raises(InvalidInputError, match="meanwhile"):
        await room.carry_out(verdict)
    assert world.audit == []


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("nothing", "no prompt"),
        ("condense", "do not name the version"),
        ("answer", "no version of the prompt 'answer' is tried"),
    ],
)
async def test_what_cannot_be_tried_is_told(world: World, prompt: str, told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        await world.room().trial(prompt)


async def test_without_a_version_before_there_is_no_way_back(world: World) -> None:
    world.releases.kept["answer"] = TRIED
    with pytest.raises(InvalidInputError, match="no version before"):
        await world.room().change("answer", days=3)

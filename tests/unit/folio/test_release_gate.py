"""What the gate of releases lets through, by the evaluations that were kept."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from core.access import Principal
from core.audit import AuditEvent
from core.config import load_settings
from core.errors import InvalidInputError
from core.eval_runs import EvalRun, EvalVerdict
from core.eval_subjects import Subject, SubjectPart
from folio.release_gate import FORCED, ReleaseGate, Standing
from tests.fakes.clock import FakeClock
from tests.fakes.eval_runs import FakeEvalRuns

SUBJECT = Subject({"index.chunker": "new", "search.fusion": "rrf", "prompts.answer": "2"})
CLOCK = FakeClock()
RUN = EvalRun("r1", "default", CLOCK.now(), "travel", "v1", SUBJECT.fingerprint, EvalVerdict.PASSED, "r0")
WHO = Principal(subject="ann")


class World:
    def __init__(self, *runs: EvalRun, mode: str = "block", sets: Sequence[str] = (), **gate: object) -> None:
        self.runs = FakeEvalRuns(*runs)
        self.recorded: list[AuditEvent] = []
        settings = load_settings(evals={"gate": {"mode": mode, "sets": list(sets), **gate}})
        self.gate = ReleaseGate(settings, self.runs, self.record, CLOCK)

    async def record(self, events: Sequence[AuditEvent]) -> None:
        self.recorded.extend(events)

    async def check(self, *, force: bool = False) -> None:
        await self.gate.check(SUBJECT, SubjectPart.INDEX, what="the index", principal=WHO, force=force)

    async def standings(self) -> dict[str, Standing]:
        return dict((await self.gate.ruling(SUBJECT, SubjectPart.INDEX)).standings)


async def test_off_asks_nobody() -> None:
    world = World(mode="off")
    await world.check()
    assert await world.gate.admits(SUBJECT, SubjectPart.INDEX, what="it")
    assert world.runs.asked_count == 0


async def test_what_has_passed_goes_live() -> None:
    world = World(RUN)
    await world.check(force=True)
    assert world.recorded == [], "nothing had to be forced"


async def test_a_refusal_names_fingerprint_set_and_command() -> None:
    world = World(RUN, sets=("travel", "leave"))
    with pytest.raises(InvalidInputError) as refused:
        await world.check()
    told = refused.value.detail
    assert SUBJECT.of(SubjectPart.INDEX) in told
    assert "leave: not measured" in told
    assert "`folio eval run leave --candidate`" in told
    assert "folio eval run travel" not in told


async def test_without_any_set_nothing_is_released_and_the_way_out_is_told() -> None:
    with pytest.raises(InvalidInputError, match="folio eval make"):
        await World().check()


@pytest.mark.parametrize(
    ("runs", "standing"),
    [
        ((replace(RUN, verdict=EvalVerdict.FAILED),), Standing.FAILED),
        ((replace(RUN, verdict=EvalVerdict.MEASURED),), Standing.UNKNOWN),
        ((replace(RUN, at=CLOCK.now() - timedelta(days=31)),), Standing.OLD),
        (
            (RUN, replace(RUN, run_id="r2", at=CLOCK.now() + timedelta(1), verdict=EvalVerdict.FAILED)),
            Standing.FAILED,
        ),
        (
            (RUN, replace(RUN, run_id="r2", at=CLOCK.now() - timedelta(1), verdict=EvalVerdict.FAILED)),
            Standing.PASSED,
        ),
        (
            (RUN, replace(RUN, run_id="r2", at=CLOCK.now() + timedelta(1), verdict=EvalVerdict.MEASURED)),
            Standing.PASSED,
        ),
        (
            (replace(RUN, subject=replace(SUBJECT, values={"index.chunker": "old"}).fingerprint),),
            Standing.UNKNOWN,
        ),
        ((replace(RUN, tenant="other"),), Standing.UNKNOWN),
        ((replace(RUN, at=CLOCK.now() + timedelta(1)),), Standing.UNKNOWN),
        (
            (
                replace(RUN, verdict=EvalVerdict.FAILED),
                replace(RUN, run_id="r2", at=CLOCK.now() + timedelta(1)),
            ),
            Standing.FAILED,
        ),
        ((replace(RUN, at=CLOCK.now() + timedelta(minutes=1)),), Standing.PASSED),
    ],
    ids=[
        "failed",
        "measured",
        "old",
        "worse since",
        "better since",
        "measured since",
        "another",
        "of another tenant",
        "dated by a wrong clock",
        "failed after a wrong clock",
        "clocks differ a little",
    ],
)
async def test_the_newest_comparison_of_the_part_counts(
    runs: tuple[EvalRun, ...], standing: Standing
) -> None:
    assert await World(*runs, sets=("travel",)).standings() == {"travel": standing}


async def test_another_search_does_not_ask_for_the_index_again() -> None:
    other = Subject({**SUBJECT.values, "search.fusion": "dbsf"})
    world = World(RUN)
    await world.gate.check(other, SubjectPart.INDEX, what="the index", principal=WHO)
    with pytest.raises(InvalidInputError):
        await world.gate.check(other, SubjectPart.SEARCH, what="the search", principal=WHO)
    assert not (await world.gate.ruling(other)).is_released, "as a whole it is another one"


async def test_sets_that_nobody_measures_any_more_are_not_asked_for_unless_they_are_named() -> None:
    forgotten = replace(RUN, run_id="r0", dataset="old", at=CLOCK.now() - timedelta(days=90))
    assert await World(RUN, forgotten).standings() == {"travel": Standing.PASSED}
    assert await World(RUN, forgotten, sets=("old",)).standings() == {"old": Standing.OLD}


async def test_force_goes_through_and_stays_in_the_audit_log() -> None:
    world = World(sets=("travel",))
    await world.check(force=True)
    [event] = world.recorded
    assert (event.subject, event.action, event.detail) == ("ann", FORCED, "the index")


async def test_a_warning_is_given_once_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    world = World(mode="warn", sets=("travel",))
    with caplog.at_level(logging.WARNING, logger="folio.release_gate"):
        for _ in range(3):
            assert await world.gate.admits(SUBJECT, SubjectPart.INDEX, what="indexing anew")
        await world.check()
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2
    assert "folio eval run travel --candidate" in caplog.text


async def test_what_is_held_back_is_told_once() -> None:
    world = World(sets=("travel",))
    assert not await world.gate.admits(SUBJECT, SubjectPart.INDEX, what="indexing anew")

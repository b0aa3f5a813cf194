"""Decisions about prompts on behalf of a principal: only versions that can be used, and never without an entry."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from core.access import Principal
from core.audit import AuditEvent
from core.errors import InvalidInputError, SettingsError
from folio.prompt_releasing import PromptDesk, PromptInUse
from generation.prompts.meta import write_meta
from tests.fakes.clock import FakeClock
from tests.fakes.prompt_folder import released, write
from tests.fakes.prompt_releases import FakePromptReleases


class World:
    """Versions 1 and 2 of `greet`, released, what was decided, and what was recorded."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.releases, self.clock = folder, FakePromptReleases(), FakeClock()
        self.recorded: list[AuditEvent] = []
        shelf = released(folder, 1, 2)
        self.desk = PromptDesk(shelf, self.releases, self.record, Principal(subject="ann"), self.clock)

    async def record(self, events: Sequence[AuditEvent]) -> None:
        self.recorded.extend(events)

    async def greet(self) -> PromptInUse:
        [found] = [one for one in await self.desk.prompts() if one.name == "greet"]
        return found


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_from_a_trial_to_a_promotion_and_back(world: World) -> None:
    assert ((await world.greet()).version, (await world.greet()).release) == (2, None)
    await world.desk.candidate("greet", 1, share=0.25)
    assert (await world.greet()).version == 2
    promoted = await world.desk.promote("greet")
    assert (promoted.current, promoted.previous, promoted.changed_by) == (1, 2, "ann")
    assert (await world.greet()).version == 1
    await world.desk.rollback("greet")
    assert (await world.greet()).version == 2
    assert [(one.subject, one.action, one.object, one.detail) for one in world.recorded] == [
        ("ann", "prompt.tried", "greet", "by itself, version 1 on 0.25"),
        ("ann", "prompt.promoted", "greet", "version 1"),
        ("ann", "prompt.rolled_back", "greet", "version 2"),
    ]


async def test_a_trial_can_be_ended(world: World) -> None:
    await world.desk.candidate("greet", 1, share=1.0)
    ended = await world.desk.withdraw("greet")
    assert (ended.candidate, ended.share, ended.revision) == (None, 0.0, 2)
    with pytest.raises(InvalidInputError, match="say which"):
        await world.desk.promote("greet")


async def test_only_a_sealed_version_that_is_there_is_taken_into_use(world: World) -> None:
    write(world.folder, "greet/2", system="You shout.")
    meta = world.desk.shelf.versions("greet")[0].meta
    assert meta is not None
    write_meta(world.folder / "greet" / "1.meta.json", meta.model_copy(update={"status": "retired"}))
    world.desk.shelf.look()
    for version, reason in ((9, "no version 9 .*, only 1, 2"), (2, "was changed"), (1, "greet/1 is retired")):
        with pytest.raises(SettingsError, match=reason):
            await world.desk.promote("greet", version)
        with pytest.raises(SettingsError, match=reason):
            await world.desk.candidate("greet", version, share=0.5)
    assert (world.releases.kept, world.recorded) == ({}, [])


async def test_back_only_to_what_is_still_there(world: World) -> None:
    await world.desk.promote("greet", 1)
    (world.folder / "greet" / "2.j2").unlink()
    world.desk.shelf.look()
    with pytest.raises(SettingsError, match="no version 2"):
        await world.desk.rollback("greet")


async def test_a_prompt_that_is_not_there_is_told(world: World) -> None:
    for decision in (world.desk.rollback("none"), world.desk.withdraw("none"), world.desk.promote("none", 1)):
        with pytest.raises(SettingsError, match="no prompt 'none'"):
            await decision


async def test_with_a_gate_a_version_goes_to_everybody_only_when_it_is_let_through(world: World) -> None:
    asked: list[tuple[str, int, bool]] = []

    async def closed(name: str, version: int, force: bool) -> None:
        asked.append((name, version, force))
        if not force:
            raise InvalidInputError("greet/1 is not released")

    desk = replace(world.desk, gate=closed)
    await desk.candidate("greet", 1, share=0.5)
    assert asked == [], "a trial is how a version is measured"
    for decision in (desk.promote("greet"), desk.promote("greet", 1), desk.candidate("greet", 1, share=0.6)):
        with pytest.raises(InvalidInputError, match="not released"):
            await decision
    assert (await world.greet()).version == 2
    assert [one.action for one in world.recorded] == ["prompt.tried"], "what is refused is no decision"
    await desk.promote("greet", force=True)
    assert asked[-1] == ("greet", 1, True)
    await desk.rollback("greet")
    assert (await world.greet()).version == 2, "the way back asks nobody"

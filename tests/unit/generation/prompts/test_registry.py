"""Which version a unit gets: as it was decided, within a second, and whatever happens to the catalog or the files."""

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import SettingsError
from core.prompt_releases import PromptRelease
from generation.prompts.registry import LOOK_EVERY_S, PromptRegistry
from tests.fakes.clock import FakeClock
from tests.fakes.prompt_folder import released
from tests.fakes.prompt_releases import FakePromptReleases

NOW = datetime(2026, 1, 1, tzinfo=UTC)
UNITS = [f"user-{at}" for at in range(60)]


def decided(revision: int = 1, **what: object) -> PromptRelease:
    return PromptRelease("greet", revision, "ann", NOW, **what)


class World:
    """Three released versions of `greet`, decisions, and a clock."""

    def __init__(self, folder: Path, *releases: PromptRelease) -> None:
        self.folder, self.clock = folder, FakeClock()
        self.releases = FakePromptReleases(*releases)
        self.registry = PromptRegistry(released(folder, 1, 2, 3), self.releases, self.clock)

    async def version(self, unit: str = "") -> int:
        rendered = await self.registry.render("greet", {"name": "Ann"}, unit=unit)
        return int(rendered.version.removeprefix("greet/"))

    async def decide(self, release: PromptRelease) -> None:
        self.releases.kept["greet"] = release
        self.clock.advance(LOOK_EVERY_S)


async def test_what_was_decided_counts_else_the_highest_that_is_released(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert await world.version() == 3
    await world.decide(decided(current=1))
    assert await world.version() == 1
    with pytest.raises(SettingsError):
        await world.registry.render("none", {})


async def test_a_trial_gets_its_share_and_no_unit_goes_back_when_it_grows(tmp_path: Path) -> None:
    world = World(tmp_path, decided(current=2, candidate=3, share=0.3))
    few = {unit for unit in UNITS if await world.version(unit) == 3}
    assert few == {unit for unit in UNITS if await world.version(unit) == 3}
    await world.decide(decided(2, current=2, candidate=3, share=0.7))
    many = {unit for unit in UNITS if await world.version(unit) == 3}
    assert 0 < len(few) < len(many) < len(UNITS)
    assert few < many
    assert await world.version() == 2, "without a unit there is no trial"


async def test_the_catalog_is_asked_once_a_second_and_a_decision_is_seen_within_it(tmp_path: Path) -> None:
    world = World(tmp_path, decided(current=1))
    for _ in range(20):
        assert await world.version() == 1
    assert world.releases.asked_count == 1
    world.releases.kept["greet"] = decided(2, current=2)
    world.clock.advance(LOOK_EVERY_S / 2)
    assert await world.version() == 1
    world.clock.advance(LOOK_EVERY_S / 2)
    assert await world.version() == 2


async def test_a_version_that_came_later_is_found(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert await world.version() == 3
    released(tmp_path, 4)
    await world.decide(decided(current=4))
    assert await world.version() == 4


async def test_without_the_catalog_what_was_known_counts(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world = World(tmp_path, decided(current=1))
    world.releases.is_down = True
    assert await world.version() == 3, "nothing is known yet: the one that is taken by itself"
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    world.releases.is_down = False
    world.clock.advance(LOOK_EVERY_S)
    assert await world.version() == 1
    world.releases.is_down = True
    world.clock.advance(LOOK_EVERY_S)
    assert await world.version() == 1


async def test_a_file_that_is_gone_is_replaced_and_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world = World(tmp_path, decided(current=2, candidate=9, share=1.0))
    assert [await world.version("ann") for _ in range(3)] == [2, 2, 2]
    assert [record.getMessage() for record in caplog.records] == [
        "the prompt greet/9 is in use, but its file is gone: another version is taken"
    ]
    await world.decide(decided(2, current=8))
    assert await world.version("ann") == 3


async def test_what_is_pinned_stays_whatever_is_decided(tmp_path: Path) -> None:
    world = World(tmp_path, decided(current=1))
    pinned = await world.registry.pin("greet", unit="acme")
    await world.decide(decided(2, current=2))
    other = await world.registry.pin("greet", unit="acme")
    assert (pinned.version, other.version) == ("greet/1", "greet/2")
    assert pinned.render({"name": "Ann"}).messages[0].text == "You greet, version 1."
    assert pinned.fingerprint != other.fingerprint

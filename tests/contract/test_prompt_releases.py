"""What was decided about prompts, over SQLite and Postgres and the fake."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.config import Settings
from core.errors import InvalidInputError
from core.prompt_releases import PromptRelease, PromptReleases
from store.catalog.catalog import open_catalog
from tests.contract.migrated import cleared, copied
from tests.fakes.clock import FakeClock
from tests.fakes.prompt_releases import FakePromptReleases

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
FIRST = PromptRelease("answer", 1, "ann", NOW, candidate=2, share=0.25)
SECOND = PromptRelease("answer", 2, "bob", NOW, current=2, previous=1)


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings | None:
    if request.param == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), tmp_path)
    if request.param == "postgres":
        return cleared(request.getfixturevalue("postgres_url"), "prompt_releases")
    return None


@pytest.fixture
async def releases(settings: Settings | None) -> AsyncIterator[PromptReleases]:
    if settings is None:
        yield FakePromptReleases()
        return
    async with open_catalog(settings, FakeClock()) as catalog:
        yield catalog.prompt_releases


async def test_the_last_decision_about_each_prompt_counts(releases: PromptReleases) -> None:
    assert await releases.all() == {}
    await releases.decide(FIRST)
    assert await releases.all() == {"answer": FIRST}
    other = PromptRelease("hyde", 1, "ann", NOW, current=3)
    await releases.decide(SECOND)
    await releases.decide(other)
    assert await releases.all() == {"answer": SECOND, "hyde": other}


async def test_a_decision_that_follows_another_one_is_refused(releases: PromptReleases) -> None:
    for odd in (SECOND, PromptRelease("answer", 0, "eve", NOW)):
        with pytest.raises(InvalidInputError):
            await releases.decide(odd)
    await releases.decide(FIRST)
    for odd in (FIRST, PromptRelease("answer", 3, "eve", NOW)):
        with pytest.raises(InvalidInputError):
            await releases.decide(odd)
    assert await releases.all() == {"answer": FIRST}


async def test_of_two_who_decide_at_once_one_is_told(releases: PromptReleases) -> None:
    both = [releases.decide(FIRST), releases.decide(PromptRelease("answer", 1, "bob", NOW, current=1))]
    done = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["InvalidInputError", "NoneType"]

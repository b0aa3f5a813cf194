"""Where agents stand, over SQLite and Postgres; the fake does as they do."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.agents import AgentStep, Checkpoint, CheckpointStore, StepOutcome
from core.config import Settings
from core.errors import InvalidInputError
from core.graph import ChunkRef
from store.catalog.catalog import open_catalog
from tests.contract.migrated import cleared, copied
from tests.fakes.checkpoints import FakeCheckpoints
from tests.fakes.clock import FakeClock

CLOCK = FakeClock()
STEP = AgentStep(1, "search", StepOutcome.FOUND, 17, 3.5, 2, (1, 2))
BEGUN = Checkpoint(
    run_id="r1",
    tenant="acme",
    subject="ann",
    question="who?\0",
    expires_at=CLOCK.now() + timedelta(hours=1),
    language="en",
    steps=(STEP, replace(STEP, number=2, tool="", outcome=StepOutcome.UNKNOWN_TOOL, sources=())),
    sources=(ChunkRef("a", 3, 7), ChunkRef("b", 1, 0)),
    in_words=True,
    left_s=12.5,
    token_count=321,
    revision=1,
)


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings | None:
    if request.param == "fake":
        return None
    if request.param == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), tmp_path)
    return cleared(request.getfixturevalue("postgres_url"), "agent_runs")


@pytest.fixture
async def store(settings: Settings | None) -> AsyncIterator[CheckpointStore]:
    if settings is None:
        yield FakeCheckpoints(CLOCK)
        return
    async with open_catalog(settings, CLOCK) as catalog:
        yield catalog.checkpoints


async def loaded(store: CheckpointStore, run_id: str = "r1") -> Checkpoint | None:
    return await store.load(run_id, tenant="acme", subject="ann")


async def test_what_is_kept_comes_back_and_the_next_revision_takes_its_place(store: CheckpointStore) -> None:
    await store.save(BEGUN)
    found = await loaded(store)
    assert found is not None
    assert replace(found, question="") == replace(BEGUN, question="")
    assert found.question.startswith("who?")
    later = replace(BEGUN, revision=2, steps=(), sources=(), in_words=False, question="why?")
    await store.save(later)
    assert await loaded(store) == later


async def test_an_older_revision_is_refused(store: CheckpointStore) -> None:
    await store.save(BEGUN)
    await store.save(replace(BEGUN, revision=2))
    for revision in (1, 2, 4):
        with pytest.raises(InvalidInputError):
            await store.save(replace(BEGUN, revision=revision))
    await store.remove("r1", tenant="acme", subject="ann")
    with pytest.raises(InvalidInputError):
        await store.save(replace(BEGUN, revision=3))
    assert await loaded(store) is None


@pytest.mark.parametrize("owner", [("acme", "bob"), ("other", "ann")])
async def test_others_find_nothing_and_remove_nothing(store: CheckpointStore, owner: tuple[str, str]) -> None:
    tenant, subject = owner
    await store.save(BEGUN)
    assert await store.load("r1", tenant=tenant, subject=subject) is None
    await store.remove("r1", tenant=tenant, subject=subject)
    with pytest.raises(InvalidInputError):
        await store.save(replace(BEGUN, tenant=tenant, subject=subject, revision=1))
    found = await loaded(store)
    assert found is not None
    assert (found.tenant, found.subject) == ("acme", "ann")


async def test_what_is_over_is_not_found_and_is_removed(store: CheckpointStore) -> None:
    await store.save(replace(BEGUN, expires_at=CLOCK.now()))
    await store.save(replace(BEGUN, run_id="r2"))
    assert await loaded(store) is None
    assert await store.purge(CLOCK.now()) == 1
    assert await store.purge(CLOCK.now()) == 0
    assert await loaded(store, "r2") is not None


@pytest.mark.parametrize("settings", ["sqlite", "postgres"], indirect=True)
async def test_the_run_of_a_question_that_names_an_erased_person_is_forgotten(settings: Settings) -> None:
    token = "PERSON_0123456789ab"
    async with open_catalog(settings, CLOCK) as catalog:
        runs = catalog.checkpoints
        for run_id, question in (("r1", f"What did {token} sign?"), ("r2", "why?")):
            await runs.save(replace(BEGUN, run_id=run_id, question=question))
        assert await runs.naming_count("other", [token]) == 0
        assert await runs.naming_count("acme", [token.lower()]) == 1
        assert await runs.erase("acme", [token]) == 1
        assert await runs.naming_count("acme", [token]) == 0
        with pytest.raises(InvalidInputError):
            await runs.save(replace(BEGUN, revision=2, question=f"What did {token} sign?"))
        assert await loaded(runs, "r2") is not None

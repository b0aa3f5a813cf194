"""Generations, the gate and housekeeping, over SQLite and Postgres; the fake does as they do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from core.config import EmbeddingSettings, Settings, load_settings
from core.documents import DocumentRecord, DocumentState, Source, SourceKind
from core.generations import BUILD, GATE, Generation, GenerationState
from core.runs import RunRecord
from store.catalog.catalog import SqlCatalog, open_catalog
from store.catalog.generations import SqlGenerations
from tests.contract.migrated import emptied
from tests.fakes.catalog import FakeCatalog
from tests.fakes.clock import FakeClock
from tests.fakes.generations import START, FakeGenerations

NOW = START + timedelta(days=3)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


def settings_for(kind: str, request: pytest.FixtureRequest) -> Settings:
    """An empty catalog of this kind."""
    home = request.getfixturevalue("tmp_path")
    if kind == "sqlite":
        return load_settings(home=home)
    url = request.getfixturevalue("postgres_url")
    emptied(url)
    return load_settings(home=home, catalog={"url": url})


@pytest.fixture(params=["sqlite", "postgres"])
def sql_settings(request: pytest.FixtureRequest) -> Settings:
    return settings_for(request.param, request)


@pytest.fixture
async def catalog(sql_settings: Settings, clock: FakeClock) -> AsyncIterator[SqlCatalog]:
    async with open_catalog(sql_settings, clock) as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgres", "fake"])
def settings_or_fake(request: pytest.FixtureRequest) -> Settings | None:
    return None if request.param == "fake" else settings_for(request.param, request)


@pytest.fixture
async def generations(
    settings_or_fake: Settings | None, clock: FakeClock
) -> AsyncIterator[SqlGenerations | FakeGenerations]:
    if settings_or_fake is None:
        yield FakeGenerations()
        return
    async with open_catalog(settings_or_fake, clock) as opened:
        yield opened.generations


@pytest.fixture
async def leases(
    settings_or_fake: Settings | None, clock: FakeClock
) -> AsyncIterator[SqlCatalog | FakeCatalog]:
    if settings_or_fake is None:
        yield FakeCatalog(clock)
        return
    async with open_catalog(settings_or_fake, clock) as opened:
        yield opened


def row(collection: str, state: str = "building", **more) -> Generation:
    embedding = EmbeddingSettings(model="m", passage_prefix="passage: ", dimension=16)
    return Generation(collection, "f", embedding, GenerationState(state), START, **more)


async def states(generations) -> dict[str, str]:
    return {found.collection: found.state.value for found in await generations.all()}


async def test_a_generation_comes_back_as_it_was_saved(generations) -> None:
    saved = row("c1", moves=(("a", "b"), ("c", "d")), drop_after=NOW)
    await generations.save(saved)
    assert await generations.all() == [saved]
    await generations.save(replace(saved, state=GenerationState.DROPPED))
    assert await states(generations) == {"c1": "dropped"}


async def test_a_known_generation_is_not_noted_again(generations) -> None:
    await generations.note(row("c1", "live"))
    await generations.note(row("c1", "building"))
    assert await states(generations) == {"c1": "live"}


async def test_settling_retires_the_former_generation_and_can_be_repeated(generations) -> None:
    await generations.save(row("old", "live", live_since=START))
    await generations.save(row("new", moves=(("a", "b"),)))
    for _ in range(2):
        await generations.settle("new", now=NOW, keep_s=60)
    found = {known.collection: known for known in await generations.all()}
    assert await states(generations) == {"old": "previous", "new": "live"}
    assert found["old"].drop_after == NOW + timedelta(seconds=60)
    assert (found["new"].live_since, found["new"].moves) == (NOW, ())
    await generations.settle("unknown", now=NOW, keep_s=60)
    assert await states(generations) == {"old": "previous", "new": "live"}


async def test_no_secret_and_nothing_of_the_machine_is_kept(catalog: SqlCatalog) -> None:
    embedding = EmbeddingSettings(api_key=SecretStr("hidden"), thread_count=3, batch_count=7)
    await catalog.generations.save(replace(row("c"), embedding=embedding))
    (found,) = await catalog.generations.all()
    assert found.embedding == EmbeddingSettings()


async def test_settling_moves_the_recorded_fingerprints_of_documents(catalog: SqlCatalog) -> None:
    await catalog.register(Source("s", SourceKind.FOLDER, "/s"))
    await catalog.save([document("1", "before"), document("2", "other"), document("3", None)])
    await catalog.generations.save(row("new", moves=(("before", "after"),)))
    await catalog.generations.settle("new", now=NOW, keep_s=60)
    found = await catalog.page("default", limit=10)
    assert [record.fingerprint for record in found] == ["after", "other", None]


async def test_the_gate_lets_owners_keep_and_extend_and_gives_out_nothing(leases, clock: FakeClock) -> None:
    assert await leases.acquire(["a"], owner="run", lease_s=60) == {"a"}
    assert await leases.acquire([GATE], owner="switch", lease_s=60) == {GATE}
    clock.advance(30)
    assert await leases.acquire(["a", "b"], owner="run", lease_s=60) == {"a"}
    assert await leases.acquire([GATE], owner="switch", lease_s=60) == {GATE}
    assert await leases.acquire(["c"], owner="switch", lease_s=60) == {"c"}
    clock.advance(40)
    assert await leases.busy_count() == 2
    await leases.release([GATE], owner="switch")
    assert await leases.acquire(["b"], owner="run", lease_s=60) == {"b"}


async def test_a_gate_whose_owner_died_opens_by_itself(leases, clock: FakeClock) -> None:
    await leases.acquire([GATE], owner="switch", lease_s=60)
    clock.advance(61)
    assert await leases.acquire(["a"], owner="run", lease_s=60) == {"a"}


async def test_only_live_leases_on_documents_are_busy(leases, clock: FakeClock) -> None:
    await leases.acquire(["old"], owner="run", lease_s=1)
    clock.advance(2)
    await leases.acquire(["a", BUILD, GATE], owner="switch", lease_s=60)
    assert await leases.busy_count() == 1


async def test_of_a_gate_and_a_lease_asked_for_at_once_the_gate_never_misses_one(
    sql_settings: Settings, clock: FakeClock
) -> None:
    """Whoever closes the gate sees every lease that was given out before: none slips through."""
    async with two(sql_settings, clock) as (first, second):
        for number in range(10):
            gate = first.acquire([GATE], owner="switch", lease_s=60)
            lease = second.acquire([f"d{number}"], owner="run", lease_s=60)
            _, taken = await asyncio.gather(gate, lease)
            assert await first.busy_count() == len(taken)
            await first.release([GATE], owner="switch")
            await second.release([f"d{number}"], owner="run")


async def test_old_runs_and_expired_leases_are_removed(catalog: SqlCatalog, clock: FakeClock) -> None:
    await catalog.save_run(RunRecord("old", (), START, finished_at=START))
    await catalog.save_run(RunRecord("new", (), START, finished_at=NOW))
    await catalog.save_run(RunRecord("running", (), START))
    await catalog.acquire(["a"], owner="run", lease_s=1)
    await catalog.acquire(["b"], owner="run", lease_s=60)
    clock.advance(2)
    assert await catalog.generations.remove_runs(before=NOW) == 1
    assert {run.run_id for run in await catalog.runs()} == {"new", "running"}
    assert await catalog.generations.remove_expired_leases(now=clock.now()) == 1
    assert await catalog.busy_count() == 1


async def test_when_a_document_was_deleted_is_kept(catalog: SqlCatalog) -> None:
    await catalog.register(Source("s", SourceKind.FOLDER, "/s"))
    await catalog.save([replace(document("1", None), state=DocumentState.DELETED, deleted_at=START)])
    found = await catalog.get("1")
    assert found is not None
    assert found.deleted_at == START


@asynccontextmanager
async def two(settings: Settings, clock: FakeClock) -> AsyncIterator[tuple[SqlCatalog, SqlCatalog]]:
    async with open_catalog(settings, clock) as first, open_catalog(settings, clock) as second:
        yield first, second


def document(doc_id: str, fingerprint: str | None) -> DocumentRecord:
    return DocumentRecord(
        doc_id, "s", "default", f"{doc_id}.txt", DocumentState.INDEXED, fingerprint=fingerprint
    )

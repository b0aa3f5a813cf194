"""After any sequence of remembering and retiring, the vault knows exactly the values that some kept version mentions."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.pseudonyms import Mention, PseudonymKey, token_of
from store.catalog.catalog import SqlCatalog, open_catalog
from tests.contract.migrated import copied, migrated_file
from tests.fakes.clock import FakeClock
from tests.fakes.sealer import sealer
from tests.fakes.vault import FakeVault

NAMES = ["Jane", "Bob", "Eve", "Zoë", "名前"]
TENANTS = {"a": "one", "b": "one", "c": "two"}
KEY = PseudonymKey(b"the root of these tests", tenant="any")

documents = st.sampled_from(sorted(TENANTS))
versions = st.integers(1, 3)
mentioned = st.lists(st.tuples(st.sampled_from(NAMES), st.booleans()), max_size=4)
steps = st.one_of(
    st.tuples(st.just("remember"), documents, versions, mentioned),
    st.tuples(st.just("retire"), documents, st.one_of(st.none(), versions), st.just([])),
)


def mention(name: str, number: int, *, reversible: bool) -> Mention:
    digest = KEY.digest("PERSON", name)
    token = token_of("PERSON", digest)
    at = number * 40
    return Mention(
        "PERSON", token, digest, at, at + len(token), at, at + len(name), name, reversible=reversible
    )


TOKENS = {name: mention(name, 0, reversible=True).token for name in NAMES}


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


@pytest.fixture(scope="module")
def catalog(runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlCatalog]:
    folder = tmp_path_factory.mktemp("vault")
    stack = AsyncExitStack()
    place = copied(migrated_file(folder / "migrated"), folder / "home")
    yield runner.run(stack.enter_async_context(open_catalog(place, FakeClock())))
    runner.run(stack.aclose())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(steps, max_size=10))
def test_values_are_those_that_a_kept_version_mentions(
    runner: asyncio.Runner, catalog: SqlCatalog, history: list[tuple]
) -> None:
    runner.run(lived_through(catalog, history))


async def lived_through(catalog: SqlCatalog, history: list[tuple]) -> None:
    vault, model = catalog.vault(sealer()), FakeVault()
    for doc_id in TENANTS:
        await vault.retire(doc_id, keep_version=None)
    for verb, doc_id, version, said in history:
        mentions = [mention(name, number, reversible=kept) for number, (name, kept) in enumerate(said)]
        for one in (vault, model):
            if verb == "remember":
                await one.remember(doc_id, tenant=TENANTS[doc_id], version=version, mentions=mentions)
            else:
                await one.retire(doc_id, keep_version=version)
    assert await vault.kept() == await model.kept()
    for tenant in ("one", "two"):
        alive = {
            name: TOKENS[name]
            for owner, kept in model.lists.values()
            for name in (one.value for one in kept)
            if owner == tenant
        }
        assert await vault.values(tenant, TOKENS.values()) == {token: name for name, token in alive.items()}
        assert await vault.documents(tenant, alive.values()) == await model.documents(tenant, alive.values())
    for doc_id, version in model.lists:
        assert await vault.mentions(doc_id, version=version) == await model.mentions(doc_id, version=version)

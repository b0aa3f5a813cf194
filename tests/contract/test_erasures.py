"""Which values were erased, over SQLite and Postgres."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.config import Settings
from core.pseudonyms import Mention, MentionField, PseudonymKey, token_of
from store.catalog.catalog import SqlCatalog, open_catalog
from tests.contract.migrated import cleared, copied
from tests.fakes.clock import FakeClock
from tests.fakes.sealer import sealer

KEY = PseudonymKey(b"the root of these tests", tenant="default")


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), tmp_path)
    tables = ("erased_values", "vault_values", "vault_mentions", "vault_lists")
    return cleared(request.getfixturevalue("postgres_url"), *tables)


@pytest.fixture
async def catalog(settings: Settings) -> AsyncIterator[SqlCatalog]:
    async with open_catalog(settings, FakeClock()) as opened:
        yield opened


def mention(name: str) -> Mention:
    digest = KEY.digest("PERSON", name)
    token = KEY.token("PERSON", name)
    return Mention("PERSON", token, digest, 0, len(token), 0, len(name), name, normal=name)


async def test_values_are_noted_for_their_tenant_and_can_be_let_in_again(catalog: SqlCatalog):
    log = catalog.erasures
    many = [KEY.digest("PERSON", f"person {number}") for number in range(1200)]
    await log.note("default", many)
    await log.note("default", many[:3])
    assert await log.erased("default", many) == set(many)
    assert await log.erased("other", many) == set()
    assert await log.forget("default", many[:2]) == 2
    assert await log.erased("default", many[:3]) == {many[2]}
    assert await log.erased("default", []) == set()


async def test_threads_that_redact_are_told(catalog: SqlCatalog):
    jane, bob = mention("jane"), mention("bob")
    await catalog.erasures.note("default", [jane.digest])
    found = await asyncio.to_thread(catalog.claims.erased, "default", [jane.digest, bob.digest])
    assert found == {jane.digest}
    assert await asyncio.to_thread(catalog.claims.erased, "default", []) == set()


async def test_the_vault_keeps_no_erased_value(catalog: SqlCatalog):
    vault = catalog.vault(sealer())
    jane, bob = mention("jane"), mention("bob")
    await vault.remember("d1", tenant="default", version=1, mentions=[jane, bob])
    await catalog.erasures.note("default", [jane.digest])
    await vault.remember("d1", tenant="default", version=1, mentions=[jane, bob])
    assert await vault.mentions("d1", version=1) == (bob,)
    assert await vault.values("default", [jane.token, bob.token]) == {bob.token: "bob"}
    assert await vault.documents("default", [jane.token]) == []


async def test_the_vault_keeps_nothing_that_belongs_to_an_erased_person(catalog: SqlCatalog):
    """The name of a file has a token of its exact letters: only its identity says that the erased person is meant."""
    vault = catalog.vault(sealer())
    jane, bob = mention("jane smith"), mention("bob")
    file = replace(mention("cv_jane_smith"), where=MentionField.PATH, identity=jane.token)
    long = token_of("PERSON", jane.digest, long=True)
    mail = replace(mention("j@x.org"), identity=long)
    await catalog.erasures.note("default", [jane.digest])
    await vault.remember(
        "d1", tenant="default", version=1, mentions=[file, mail, replace(bob, identity="PERSON_1")]
    )
    assert [one.value for one in await vault.mentions("d1", version=1)] == ["bob"]
    assert await vault.values("default", [file.token, mail.token]) == {}
    await vault.remember("d2", tenant="other", version=1, mentions=[file])
    assert await vault.mentions("d2", version=1) == (file,)

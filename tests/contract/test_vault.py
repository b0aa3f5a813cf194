"""What every vault must do, over SQLite, Postgres and the fake."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

import pytest
import sqlalchemy as sa

from core.config import Settings
from core.errors import PseudonymTakenError, SettingsError, TamperedError
from core.privacy_ports import KeptMentions, TokenClaims, Vault, VaultKeeper
from core.pseudonyms import Mention, MentionField, PseudonymKey, token_of
from store.catalog.catalog import open_catalog
from store.catalog.engine import Database
from store.catalog.vault import SqlVault
from tests.contract.migrated import cleared, copied
from tests.fakes.clock import FakeClock
from tests.fakes.sealer import sealer
from tests.fakes.vault import FakeVault

KEY = PseudonymKey(b"the root of these tests", tenant="default")


class AnyVault(Vault, VaultKeeper, Protocol):
    """Both ports."""


@dataclass
class World:
    vault: AnyVault
    claims: TokenClaims


def settings_for(kind: str, request: pytest.FixtureRequest) -> Settings:
    """An empty catalog of this kind."""
    if kind == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), request.getfixturevalue("tmp_path"))
    url = request.getfixturevalue("postgres_url")
    return cleared(url, "vault_values", "vault_mentions", "vault_lists")


@pytest.fixture(params=["sqlite", "postgres"])
def sql_settings(request: pytest.FixtureRequest) -> Settings:
    return settings_for(request.param, request)


@pytest.fixture(params=["sqlite", "postgres", "fake"])
def settings_or_fake(request: pytest.FixtureRequest) -> Settings | None:
    return None if request.param == "fake" else settings_for(request.param, request)


@pytest.fixture
async def world(settings_or_fake: Settings | None) -> AsyncIterator[World]:
    if settings_or_fake is None:
        fake = FakeVault()
        yield World(fake, fake)
        return
    async with open_catalog(settings_or_fake, FakeClock()) as catalog:
        yield World(catalog.vault(sealer()), catalog.claims)


@pytest.fixture
def vault(world: World) -> AnyVault:
    return world.vault


def mention(value: str, start: int = 0, *, entity: str = "PERSON", **fields: Any) -> Mention:
    """A mention as redaction makes it; the normal form is the value in small letters."""
    digest = KEY.digest(entity, value.casefold())
    token = token_of(entity, digest)
    plain = Mention(
        entity=entity,
        token=token,
        digest=digest,
        start=start,
        end=start + len(token),
        original_start=start,
        original_end=start + len(value),
        value=value,
        normal=value.casefold(),
    )
    return replace(plain, **fields)


JANE, BOB = mention("Jane Smith"), mention("Bob Ray", 40)


async def test_a_version_is_kept_with_all_that_is_known_of_its_mentions(vault: AnyVault) -> None:
    title = mention("JANE SMITH", 0, where=MentionField.TITLE, aliases=("~a", "~b"), identity="PERSON_0")
    await vault.remember("d", tenant="default", version=1, mentions=[title, BOB, JANE])
    assert await vault.mentions("d", version=1) == (JANE, BOB, title)
    assert await vault.mentions("d", version=2) == ()
    assert await vault.count("d") == 3
    assert await vault.kept() == [KeptMentions("d", "default", 1, 3)]


async def test_a_value_has_the_form_that_was_seen_first(vault: AnyVault) -> None:
    await vault.remember("d", tenant="default", version=1, mentions=[JANE])
    await vault.remember("e", tenant="default", version=1, mentions=[mention("jane smith")])
    await vault.retire("d", keep_version=None)
    assert await vault.values("default", [JANE.token, BOB.token]) == {JANE.token: "Jane Smith"}


async def test_any_text_comes_back_as_it_was(vault: AnyVault) -> None:
    odd = mention("Zoë \ud800 \0 \u202e 名前 " * 50)
    await vault.remember("d", tenant="default", version=1, mentions=[odd])
    assert await vault.mentions("d", version=1) == (odd,)
    assert await vault.values("default", [odd.token]) == {odd.token: odd.value}


async def test_a_value_lives_as_long_as_somebody_mentions_it(vault: AnyVault) -> None:
    await vault.remember("d", tenant="default", version=1, mentions=[JANE, BOB])
    await vault.remember("e", tenant="default", version=1, mentions=[JANE])
    assert await vault.documents("default", [JANE.token, "PERSON_000000000000"]) == ["d", "e"]
    await vault.retire("d", keep_version=None)
    assert await vault.values("default", [JANE.token, BOB.token]) == {JANE.token: "Jane Smith"}
    assert await vault.documents("default", [JANE.token, BOB.token]) == ["e"]
    await vault.retire("e", keep_version=None)
    assert await vault.values("default", [JANE.token]) == {}
    assert (await vault.kept(), await vault.count("d")) == ([], 0)


async def test_only_the_version_that_is_kept_keeps_its_values(vault: AnyVault) -> None:
    await vault.remember("d", tenant="default", version=1, mentions=[JANE])
    await vault.remember("d", tenant="default", version=2, mentions=[BOB])
    assert await vault.count("d") == 2
    await vault.retire("d", keep_version=2)
    assert await vault.values("default", [JANE.token, BOB.token]) == {BOB.token: "Bob Ray"}
    assert await vault.mentions("d", version=1) == ()
    await vault.retire("d", keep_version=2)
    assert await vault.mentions("d", version=2) == (BOB,)


async def test_to_remember_a_version_again_replaces_it(vault: AnyVault) -> None:
    await vault.remember("d", tenant="default", version=1, mentions=[JANE, BOB])
    await vault.remember("d", tenant="default", version=1, mentions=[BOB])
    assert await vault.mentions("d", version=1) == (BOB,)
    assert await vault.values("default", [JANE.token, BOB.token]) == {BOB.token: "Bob Ray"}
    await vault.remember("d", tenant="default", version=1, mentions=[])
    assert await vault.kept() == []


async def test_what_is_not_reversible_is_not_kept(vault: AnyVault) -> None:
    await vault.remember("d", tenant="default", version=1, mentions=[replace(JANE, reversible=False)])
    assert await vault.kept() == []
    await vault.remember("d", tenant="default", version=1, mentions=[replace(JANE, reversible=False), BOB])
    assert await vault.mentions("d", version=1) == (BOB,)
    assert await vault.documents("default", [JANE.token]) == []


async def test_tenants_do_not_see_each_other(vault: AnyVault) -> None:
    await vault.remember("d", tenant="one", version=1, mentions=[JANE])
    await vault.remember("e", tenant="two", version=1, mentions=[replace(JANE, digest="f" * 64, value="Eve")])
    assert await vault.values("one", [JANE.token]) == {JANE.token: "Jane Smith"}
    assert await vault.values("two", [JANE.token]) == {JANE.token: "Eve"}
    assert await vault.documents("two", [JANE.token]) == ["e"]
    await vault.retire("d", keep_version=None)
    assert await vault.values("two", [JANE.token]) == {JANE.token: "Eve"}


async def test_a_token_of_another_value_is_refused_and_nothing_is_kept(vault: AnyVault) -> None:
    await vault.remember("d", tenant="default", version=1, mentions=[JANE])
    rival = replace(JANE, digest=JANE.digest[:12] + "0" * 52, value="Eve")
    with pytest.raises(PseudonymTakenError) as caught:
        await vault.remember("e", tenant="default", version=1, mentions=[BOB, rival])
    assert "Eve" not in caught.value.detail
    assert await vault.kept() == [KeptMentions("d", "default", 1, 1)]
    assert await vault.values("default", [JANE.token, BOB.token]) == {JANE.token: "Jane Smith"}
    with pytest.raises(PseudonymTakenError):
        await vault.remember("f", tenant="fresh", version=1, mentions=[JANE, rival])


@pytest.mark.parametrize("where", [MentionField.PATH, MentionField.EXTERNAL_ID])
async def test_a_name_of_a_file_whose_token_is_another_values_keeps_no_document_out(
    vault: AnyVault, where: MentionField
) -> None:
    """Names of files are veiled without asking whose a token is: redacted again they would be the same."""
    named = replace(JANE, digest=JANE.digest[:12] + "0" * 52, value="jane_smith", where=where)
    await vault.remember("d", tenant="default", version=1, mentions=[named, JANE, BOB])
    assert await vault.mentions("d", version=1) == (JANE, BOB)
    await vault.remember("e", tenant="default", version=1, mentions=[named, BOB])
    assert await vault.mentions("e", version=1) == (BOB,)
    await vault.retire("d", keep_version=None)
    assert await vault.values("default", [JANE.token, BOB.token]) == {BOB.token: "Bob Ray"}


async def test_many_values_at_once(vault: AnyVault) -> None:
    many = [mention(f"Person {number}", number * 30) for number in range(1300)]
    await vault.remember("d", tenant="default", version=1, mentions=many)
    assert len(await vault.values("default", [one.token for one in many])) == 1300
    assert await vault.mentions("d", version=1) == tuple(many)
    await vault.retire("d", keep_version=None)
    assert await vault.values("default", [one.token for one in many]) == {}


async def test_who_has_a_token_is_told_to_threads(world: World) -> None:
    rival = JANE.digest[:12] + "0" * 52
    assert world.claims.taken("default", {JANE.token: rival}) == set()
    await world.vault.remember("d", tenant="default", version=1, mentions=[JANE])
    asked = {JANE.token: rival, BOB.token: BOB.digest}
    assert await asyncio.to_thread(world.claims.taken, "default", asked) == {JANE.token}
    assert world.claims.taken("default", {JANE.token: JANE.digest}) == set()
    assert world.claims.taken("other", {JANE.token: rival}) == set()
    assert world.claims.taken("default", {}) == set()


async def test_a_value_with_a_long_token_keeps_it_when_the_short_one_becomes_free(world: World) -> None:
    digest = JANE.digest[:12] + "0" * 52
    long = replace(JANE, token=token_of("PERSON", digest, long=True), digest=digest, value="Eve")
    await world.vault.remember("d", tenant="default", version=1, mentions=[JANE])
    await world.vault.remember("e", tenant="default", version=1, mentions=[long])
    await world.vault.retire("d", keep_version=None)
    assert world.claims.taken("default", {JANE.token: digest}) == {JANE.token}


async def test_threads_that_ask_at_once_are_all_answered(world: World) -> None:
    """Also while the loop is busy writing."""
    many = [mention(f"Person {number}", number * 30) for number in range(200)]
    asking = [
        asyncio.to_thread(world.claims.taken, "default", {one.token: "0" * 64 for one in many})
        for _ in range(20)
    ]
    writing = world.vault.remember("d", tenant="default", version=1, mentions=many)
    *answers, _ = await asyncio.gather(*asking, writing)
    assert {len(answer) for answer in answers} <= {0, 200}


async def test_writers_at_once_lose_no_value(vault: AnyVault) -> None:
    """One document goes while others come that mention the same."""
    await vault.remember("d", tenant="default", version=1, mentions=[JANE, BOB])
    await asyncio.gather(
        vault.retire("d", keep_version=None),
        *(vault.remember(f"e{number}", tenant="default", version=1, mentions=[JANE]) for number in range(8)),
    )
    assert await vault.values("default", [JANE.token, BOB.token]) == {JANE.token: "Jane Smith"}
    assert len(await vault.documents("default", [JANE.token])) == 8


@dataclass
class Opened:
    """A vault over SQL, and its rows."""

    vault: SqlVault
    database: Database

    async def execute(self, statement: str, **values: object) -> Any:
        async with self.database.writing() as connection:
            return await connection.execute(sa.text(statement), values)


@pytest.fixture
async def opened(sql_settings: Settings) -> AsyncIterator[Opened]:
    async with open_catalog(sql_settings, FakeClock()) as catalog:
        await (found := catalog.vault(sealer())).remember(
            "d", tenant="default", version=1, mentions=[JANE, BOB]
        )
        await found.remember("e", tenant="default", version=1, mentions=[BOB])
        yield Opened(found, catalog._database)


async def test_a_changed_ciphertext_is_refused(opened: Opened) -> None:
    await opened.execute("UPDATE vault_values SET ciphertext = :broken", broken=b"x" * 40)
    await opened.execute("UPDATE vault_lists SET nonce = :broken", broken=b"x" * 12)
    with pytest.raises(TamperedError, match=JANE.token):
        await opened.vault.values("default", [JANE.token])
    with pytest.raises(TamperedError, match="mentions d 1"):
        await opened.vault.mentions("d", version=1)


async def test_swapped_rows_are_refused(opened: Opened) -> None:
    """Each opens with the key, but not in the place of the other."""
    swap = "UPDATE vault_values SET token = :new WHERE token = :old"
    for old, new in ((JANE.token, "-"), (BOB.token, JANE.token), ("-", BOB.token)):
        await opened.execute(swap, old=old, new=new)
    with pytest.raises(TamperedError):
        await opened.vault.values("default", [JANE.token])
    await opened.execute("UPDATE vault_values SET tenant = 'other'")
    with pytest.raises(TamperedError):
        await opened.vault.values("other", [BOB.token])
    await opened.execute("DELETE FROM vault_lists WHERE doc_id = 'd'")
    await opened.execute("UPDATE vault_lists SET doc_id = 'd'")
    with pytest.raises(TamperedError):
        await opened.vault.mentions("d", version=1)


async def test_no_column_holds_a_value_in_clear(opened: Opened) -> None:
    async with opened.database.reading() as connection:
        for table in ("vault_values", "vault_mentions", "vault_lists"):
            for row in await connection.execute(sa.text(f"SELECT * FROM {table}")):
                shown = b"|".join(
                    bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
                    for cell in row
                )
                assert b"jane" not in shown.lower()
                assert b"bob ray" not in shown.lower()


async def test_another_key_opens_nothing_and_says_so(sql_settings: Settings) -> None:
    async with open_catalog(sql_settings, FakeClock()) as catalog:
        await catalog.vault(sealer()).remember("d", tenant="default", version=1, mentions=[JANE])
        with pytest.raises(SettingsError, match="FORMER_KEYS"):
            await catalog.vault(sealer("another key of ours")).mentions("d", version=1)
        later = catalog.vault(sealer("another key of ours", "a key for tests only"))
        assert await later.mentions("d", version=1) == (JANE,)

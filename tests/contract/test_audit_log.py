"""What the audit log must do, over SQLite and Postgres."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.access import Principal
from core.audit import START, AuditEvent, AuditHead
from core.config import Settings
from store.catalog.audit import SqlAudit
from store.catalog.catalog import SqlCatalog, open_catalog
from tests.contract.migrated import cleared, copied, migrated_database, migrated_file
from tests.fakes.clock import FakeClock

JO = Principal(subject="jo")


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    with migrated_database() as url:
        yield url


@pytest.fixture(scope="module")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated_file(tmp_path_factory.mktemp("migrated"))


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest) -> Settings:
    if request.param == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), request.getfixturevalue("tmp_path"))
    return cleared(request.getfixturevalue("postgres_url"), "audit_log", "audit_head")


@pytest.fixture
async def catalog(place: Settings) -> AsyncIterator[SqlCatalog]:
    async with open_catalog(place, FakeClock()) as opened:
        yield opened


@pytest.fixture
def audit(catalog: SqlCatalog) -> SqlAudit:
    return catalog.audit


async def execute(catalog: SqlCatalog, statement: str) -> None:
    async with catalog._database.writing() as connection:
        await connection.execute(sa.text(statement))


async def test_one_entry_a_token_newest_first(audit: SqlAudit) -> None:
    await audit.restored(JO, ["PERSON_b", "PERSON_a", "PERSON_a"], purpose="search")
    await audit.append([AuditEvent("other", "eve", "pii.restored", "PERSON_c")])
    await audit.restored(JO, [], purpose="nothing")
    rows = await audit.entries("default", limit=10)
    assert [(row.sequence, row.subject, row.action, row.object, row.detail) for row in rows] == [
        (2, "jo", "pii.restored", "PERSON_b", "search"),
        (1, "jo", "pii.restored", "PERSON_a", "search"),
    ]
    assert [row.sequence for row in await audit.entries("default", limit=10, before=2)] == [1]
    assert [row.object for row in await audit.entries("other", limit=10)] == ["PERSON_c"]


async def test_a_log_as_it_was_written_is_whole(audit: SqlAudit) -> None:
    empty = await audit.verify()
    assert (empty.problem, empty.head) == (None, START)
    await audit.restored(JO, ["A", "B\0\ud800"], purpose="søk")
    first = (await audit.verify()).head
    await audit.restored(JO, ["C"], purpose="search")
    found = await audit.verify(noted=first)
    assert (found.problem, found.entry_count, found.head.sequence) == (None, 3, 3)
    assert (await audit.verify(noted=AuditHead(2, "f" * 64))).problem is not None


async def test_writers_at_once_do_not_fork_the_chain(place: Settings) -> None:
    """Through connections of their own, as from several processes."""

    async def write(number: int) -> None:
        async with open_catalog(place, FakeClock()) as catalog:
            for part in range(4):
                await catalog.audit.restored(JO, [f"{number}.{part}", f"{number}.{part}b"], purpose="search")

    await asyncio.gather(*(write(number) for number in range(5)))
    async with open_catalog(place, FakeClock()) as catalog:
        found = await catalog.audit.verify()
        assert (found.problem, found.entry_count) == (None, 40)


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE audit_log SET subject = 'nobody' WHERE sequence = 2",
        "UPDATE audit_log SET at = '2020-01-01 00:00:00' WHERE sequence = 1",
        "DELETE FROM audit_log WHERE sequence = 1",
        "DELETE FROM audit_log WHERE sequence = 2",
        "DELETE FROM audit_log WHERE sequence = 4",
        "DELETE FROM audit_log",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET sequence = 3, hash = (SELECT hash FROM audit_log WHERE sequence = 3)",
        "UPDATE audit_log SET sequence = 9 WHERE sequence = 2; UPDATE audit_log SET sequence = 2 WHERE sequence = 3; "
        "UPDATE audit_log SET sequence = 3 WHERE sequence = 9",
    ],
)
async def test_a_changed_removed_or_reordered_row_is_found(catalog: SqlCatalog, harm: str) -> None:
    await catalog.audit.restored(JO, ["A", "B", "C", "D"], purpose="search")
    for statement in harm.split("; "):
        await execute(catalog, statement)
    assert (await catalog.audit.verify()).problem is not None

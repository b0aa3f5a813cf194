"""What the audit log must do, over SQLite and Postgres."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa

from core.access import Principal
from core.audit import START, AuditEvent, AuditFilter, AuditHead
from core.config import Settings
from core.errors import InvalidInputError
from folio.audit_files import exported, verified
from store.catalog.audit import SqlAudit
from store.catalog.catalog import SqlCatalog, open_catalog
from tests.contract.migrated import cleared, copied
from tests.contract.tampering import execute, without_triggers
from tests.fakes.clock import FakeClock

JO = Principal(subject="jo")


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest) -> Settings:
    if request.param == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), request.getfixturevalue("tmp_path"))
    return cleared(
        request.getfixturevalue("postgres_url"),
        "audit_log",
        "audit_head",
        "audit_checkpoints",
        "answer_records",
    )


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def catalog(place: Settings, clock: FakeClock) -> AsyncIterator[SqlCatalog]:
    async with open_catalog(place, clock) as opened:
        yield opened


@pytest.fixture
def audit(catalog: SqlCatalog) -> SqlAudit:
    return catalog.audit


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
        "DELETE FROM audit_log WHERE sequence = 4",
        "DELETE FROM audit_log",
    ],
)
async def test_the_database_itself_refuses_to_change_an_entry(catalog: SqlCatalog, harm: str) -> None:
    await catalog.audit.restored(JO, ["A", "B", "C", "D"], purpose="search")
    with pytest.raises(sa.exc.DBAPIError, match="never changed"):
        await execute(catalog, harm)
    assert (await catalog.audit.verify()).problem is None


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
    """By somebody who may change the schema: the triggers are gone."""
    await catalog.audit.restored(JO, ["A", "B", "C", "D"], purpose="search")
    async with without_triggers(catalog):
        await execute(catalog, harm)
        assert (await catalog.audit.verify()).problem is not None


async def test_entries_can_be_filtered(audit: SqlAudit, clock: FakeClock) -> None:
    await audit.append(
        [AuditEvent("default", "jo", "a.done", "1"), AuditEvent("default", "eve", "b.done", "2")]
    )
    clock.advance(60)
    await audit.append([AuditEvent("default", "jo", "b.done", "3")])

    async def found(**wanted: Any) -> list[str]:
        return [one.object for one in await audit.entries("default", limit=9, wanted=AuditFilter(**wanted))]

    assert await found(actions=("b.done",)) == ["3", "2"]
    assert await found(subject="jo") == ["3", "1"]
    assert await found(object="2") == ["2"]
    assert await found(since=clock.now()) == ["3"]
    assert await found(until=clock.now()) == ["2", "1"]
    assert await found(actions=("b.done",), subject="jo") == ["3"]


async def test_a_log_whose_old_entries_are_over_is_still_whole(
    catalog: SqlCatalog, audit: SqlAudit, clock: FakeClock
) -> None:
    await audit.restored(JO, ["A", "B"], purpose="search")
    noted = (await audit.verify()).head
    clock.advance(100)
    await audit.restored(JO, ["C"], purpose="search")
    later = (await audit.verify()).head
    assert await catalog.retention.remove_entries(before=clock.now()) == 2
    found = await audit.verify(noted=later)
    assert (found.problem, found.entry_count, found.start, found.head.sequence) == (None, 2, noted, 4)
    assert [one.action for one in await audit.entries("", limit=9)] == ["audit.removed"]
    assert (await audit.verify(noted=AuditHead(1, "f" * 64))).problem is not None
    assert (await audit.verify(noted=AuditHead(2, "f" * 64))).problem is not None
    assert (await audit.verify(noted=noted)).problem is None
    assert await catalog.retention.remove_entries(before=clock.now()) == 0
    clock.advance(100)
    assert await catalog.retention.remove_entries(before=clock.now()) == 1
    assert (await audit.verify()).problem is None


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM audit_checkpoints",
        "UPDATE audit_checkpoints SET hash = 'ff'",
        "UPDATE audit_checkpoints SET sequence = 3",
        "INSERT INTO audit_checkpoints SELECT 3, hash, at FROM audit_log WHERE sequence = 3; "
        "DELETE FROM audit_log WHERE sequence = 3",
        "DELETE FROM audit_log WHERE action = 'audit.removed'",
    ],
)
async def test_entries_that_were_removed_by_hand_are_missed(
    catalog: SqlCatalog, audit: SqlAudit, clock: FakeClock, harm: str
) -> None:
    await audit.restored(JO, ["A", "B"], purpose="search")
    clock.advance(100)
    await audit.restored(JO, ["C", "D"], purpose="search")
    await catalog.retention.remove_entries(before=clock.now())
    async with without_triggers(catalog):
        await execute(catalog, harm)
        assert (await audit.verify()).problem is not None


async def test_an_exported_log_is_verified_without_its_knowledge_base(
    catalog: SqlCatalog, audit: SqlAudit, clock: FakeClock
) -> None:
    await audit.restored(JO, ["A", "B"], purpose="s\u00f8k")
    clock.advance(100)
    await audit.restored(JO, ["C", "D"], purpose="search")
    await catalog.retention.remove_entries(before=clock.now())
    lines = [line async for line in exported(audit)]
    there = await audit.verify()
    found = verified(lines, noted=there.head)
    assert (found.problem, found.entry_count, found.head) == (None, 3, there.head)
    for broken in (lines[:-1], lines[:2] + lines[3:], [*lines[:2], lines[2].replace("jo", "me"), *lines[3:]]):
        assert verified(broken).problem is not None
    with pytest.raises(InvalidInputError, match="line 2 is no JSON"):
        verified([lines[0], "nothing"])
    with pytest.raises(InvalidInputError, match="no exported audit log"):
        verified(lines[1:])

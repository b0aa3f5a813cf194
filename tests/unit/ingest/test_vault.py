"""What the vault keeps follows the documents: edits, moves, failures, deletions, crashes."""

import itertools
from functools import partial
from pathlib import Path

import pytest

from core.documents import DocumentState
from core.errors import TamperedError
from core.privacy_ports import KeptMentions
from core.pseudonyms import LONG_TOKEN_DIGITS, Mention
from ingest.receipt import vault_reading
from ingest.reconcile.findings import Problem, Repair
from ingest.reconcile.reconciler import ReconcileParts, Reconciler
from tests.fakes.naming_redactor import NamingRedactor
from tests.fakes.vault import FakeVault
from tests.unit.ingest.test_crash import Countdown, crash_during_sync
from tests.unit.ingest.world import World, settings


@pytest.fixture
def world(tmp_path: Path) -> World:
    folder = tmp_path / "docs"
    folder.mkdir()
    return World(folder, settings(tmp_path / "home"), redactor=NamingRedactor())


async def names(world: World) -> set[str]:
    """All values that the vault has."""
    return {mention.value for mention in world.vault.first.values()}


async def kept(world: World) -> dict[str, list[int]]:
    """The versions that the vault has mentions of, by path."""
    paths = {row.doc_id: path for path, row in (await world.records()).items()}
    found: dict[str, list[int]] = {}
    for row in await world.vault.kept():
        found.setdefault(paths[row.doc_id], []).append(row.version)
    return found


async def test_a_document_brings_its_values_and_takes_them_along(world: World) -> None:
    world.write("a.txt", "@Jane met @Bob")
    world.write("b.txt", "@Jane left")
    await world.sync()
    assert await names(world) == {"@Jane", "@Bob"}
    (world.folder / "a.txt").unlink()
    await world.sync()
    assert await names(world) == {"@Jane"}
    (world.folder / "b.txt").unlink()
    world.write("c.txt", "nobody")
    await world.sync()
    assert (await names(world), await kept(world)) == (set(), {})


async def test_the_new_version_replaces_what_the_old_one_mentioned(world: World) -> None:
    world.write("a.txt", "@Jane met @Bob")
    await world.sync()
    world.write("a.txt", "@Jane met @Eve")
    await world.sync()
    assert (await names(world), await kept(world)) == ({"@Jane", "@Eve"}, {"a.txt": [2]})


async def test_a_moved_document_keeps_its_values(world: World) -> None:
    world.write("a.md", "# Plan\n\n@Jane met @Bob")
    await world.sync()
    (world.folder / "sub").mkdir()
    (world.folder / "a.md").rename(world.folder / "sub" / "a.md")
    report = await world.sync()
    assert (report.moved, world.parser.paths) == (1, ["a.md"])
    assert (await names(world), await kept(world)) == ({"@Jane", "@Bob"}, {"sub/a.md": [1]})


class TamperedVault(FakeVault):
    async def mentions(self, doc_id: str, *, version: int) -> tuple[Mention, ...]:
        raise TamperedError("changed by somebody else")


async def test_a_moved_document_whose_list_was_tampered_with_is_read_again(world: World) -> None:
    world.vault = TamperedVault()
    world.write("a.txt", "@Jane")
    await world.sync()
    (world.folder / "a.txt").rename(world.folder / "b.txt")
    report = await world.sync()
    assert (report.moved, report.failed, world.parser.paths) == (1, (), ["a.txt", "b.txt"])
    assert (await names(world), await kept(world)) == ({"@Jane"}, {"b.txt": [1]})


async def test_a_moved_document_takes_the_pseudonyms_of_its_path_along_or_is_read_again(world: World) -> None:
    token = NamingRedactor().token("Jane")
    world.write("a.txt", "@Jane and others")
    await world.sync()
    for place, read_count in ((f"of {token}/a.txt", 0), (f"of PERSON_{'0' * 12}/a.txt", 1)):
        world.parser.paths.clear()
        (former,) = world.folder.rglob("a.txt")
        target = world.folder / place
        target.parent.mkdir()
        former.rename(target)
        assert (await world.sync()).moved == 1
        assert len(world.parser.paths) == read_count


async def test_what_is_not_reversible_never_reaches_the_vault(world: World) -> None:
    world.redactor = NamingRedactor(reversible=False)
    world.write("a.txt", "@Jane met @Bob")
    await world.sync()
    assert await world.vault.kept() == []


async def test_a_document_that_fails_keeps_the_values_of_what_is_still_shown(world: World) -> None:
    world.write("a.txt", "@Jane")
    await world.sync()
    world.write("a.txt", b"\xff\xfe\x00")
    await world.sync()
    assert (await world.records())["a.txt"].state is DocumentState.QUARANTINED
    assert await names(world) == {"@Jane"}


async def test_a_soft_deletion_deletes_the_values_at_once(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    world = World(
        tmp_path / "docs",
        settings(tmp_path / "home", retention={"deleted_s": 3600}),
        redactor=NamingRedactor(),
    )
    world.write("a.txt", "@Jane")
    world.write("b.txt", "nobody")
    await world.sync()
    record = (await world.records())["a.txt"]
    (world.folder / "a.txt").unlink()
    await world.sync()
    assert world.index.points.keys()
    assert (await names(world), (await vault_reading(record.doc_id, world.vault)).remaining_count) == (
        set(),
        0,
    )


async def test_a_pseudonym_that_is_taken_meanwhile_is_replaced_by_a_long_one(world: World) -> None:
    """Both are redacted before either is in the vault; the later one is redacted again."""
    world.settings = settings(world.settings.home, ingest={"retry_count": 1})
    world.redactor = NamingRedactor(taken=partial(world.vault.taken, "default"), digits=12)
    world.write("a.txt", "@Jane")
    world.write("b.txt", "@Bob")
    report = await world.sync()
    assert report.failed == ()
    short, long = sorted(world.texts("a.txt") + world.texts("b.txt"), key=len)
    assert len(long) == len("PERSON_") + LONG_TOKEN_DIGITS
    assert await world.vault.values("default", [short, long]) in (
        {short: "@Jane", long: "@Bob"},
        {short: "@Bob", long: "@Jane"},
    )


@pytest.mark.parametrize("after", [False, True])
async def test_after_a_crash_at_any_write_the_next_sync_leaves_only_what_is_shown(
    world: World, after: bool
) -> None:
    for count in itertools.count(1):
        world.write("changed.txt", "@Jane met @Bob")
        world.write("gone.txt", "@Gus")
        world.write("moved.txt", "plan of @Mo")
        (world.folder / "sub" / "moved.txt").unlink(missing_ok=True)
        (world.folder / "fresh.txt").unlink(missing_ok=True)
        await world.sync()
        world.write("changed.txt", "@Jane met @Eve")
        world.write("fresh.txt", "@Fred")
        (world.folder / "gone.txt").unlink()
        (world.folder / "sub").mkdir(exist_ok=True)
        (world.folder / "moved.txt").rename(world.folder / "sub" / "moved.txt")
        crashed = await crash_during_sync(world, Countdown(count, after=after))
        assert (await world.sync()).failed == ()
        records = await world.records()
        assert await kept(world) == {
            path: [records[path].version] for path in ("changed.txt", "fresh.txt", "sub/moved.txt")
        }
        assert await names(world) == {"@Jane", "@Eve", "@Fred", "@Mo"}
        if not crashed:
            break
    assert count > 20


def reconciler(world: World) -> Reconciler:
    return Reconciler(
        ReconcileParts(
            inspector=world.index,
            index=world.index,
            documents=world.catalog,
            leases=world.catalog,
            artifacts=world.artifacts,
            clock=world.clock,
            tenant="default",
            stuck_after_s=3600.0,
            lease_s=60.0,
            vault=world.vault,
        )
    )


async def test_reconcile_finds_and_removes_what_no_document_shows(world: World) -> None:
    world.write("a.txt", "@Jane")
    await world.sync()
    record = (await world.records())["a.txt"]
    mentions = NamingRedactor().redact(world.parser.parse(b"@Lost", path="x.txt")).mentions
    for doc_id, version, tenant in (
        (record.doc_id, 7, "default"),
        ("0" * 32, 1, "default"),
        ("z", 1, "other"),
    ):
        await world.vault.remember(doc_id, tenant=tenant, version=version, mentions=mentions)
    checking = reconciler(world)
    survey = await checking.survey()
    findings = await checking.confirmed(survey)
    assert {(row.subject, row.problem, row.repair) for row in findings} == {
        (record.doc_id, Problem.LEFTOVER_MENTIONS, Repair.RETIRE_MENTIONS),
        ("0" * 32, Problem.ORPHAN_MENTIONS, Repair.RETIRE_MENTIONS),
    }
    assert not await checking.repair(findings, survey)
    assert await checking.confirmed(await checking.survey()) == []
    assert await world.vault.kept() == [
        KeptMentions(record.doc_id, "default", 1, 1),
        KeptMentions("z", "other", 1, 1),
    ]

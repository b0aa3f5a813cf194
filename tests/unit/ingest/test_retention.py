"""Deleted documents that are kept for a while: invisible at once, honest receipts, back without embedding, then gone."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.access import AccessLabel
from core.documents import DocumentRecord, DocumentState
from core.errors import InvalidInputError
from core.graph import DocumentEvidence
from core.receipts import Receipt, ReceiptStatus
from ingest.compaction import CompactionParts, Compactor, is_over
from ingest.receipt import readings, receipt
from ingest.reconcile.reconciler import ReconcileParts, Reconciler
from tests.contract.chunk_points import chunk
from tests.fakes.catalog import FakeCatalog
from tests.fakes.generations import FakeCollections, FakeGenerations, generation
from tests.fakes.graph_evidence import FakeGraphEvidence
from tests.unit.ingest.world import World, settings

DAY_S = 86_400.0


@pytest.fixture
async def world(tmp_path: Path) -> World:
    """One document of two chunks is indexed; what is deleted is kept for a day."""
    folder = tmp_path / "docs"
    folder.mkdir()
    made = World(folder, settings(tmp_path / "home", retention={"deleted_s": DAY_S}))
    made.catalog = FakeCatalog(made.clock)
    made.write("a.txt", "one\n\ntwo")
    await made.sync()
    return made


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
            keep_deleted_s=world.settings.retention.deleted_s,
            graph=world.graph,
        )
    )


def compactor(world: World, *generations) -> Compactor:
    known = FakeGenerations(*generations)
    return Compactor(
        CompactionParts(
            reconciler=reconciler(world),
            index=world.index,
            collections=FakeCollections("live", *(row.collection for row in generations)),
            documents=world.catalog,
            leases=world.catalog,
            generations=known,
            housekeeping=known,
            clock=world.clock,
            runs_s=DAY_S,
            lease_s=60.0,
            changes=world.graph,
        )
    )


async def deleted(world: World) -> DocumentRecord:
    (world.folder / "a.txt").unlink()
    await world.sync()
    return (await world.records())["a.txt"]


async def read(world: World, record: DocumentRecord) -> Receipt:
    found = await readings(record, inspector=world.index, artifacts=world.artifacts, documents=world.catalog)
    return receipt(record, found, read_at=world.clock.now(), keep_deleted_s=DAY_S)


async def test_a_deleted_document_is_invisible_at_once_and_says_until_when_it_is_kept(world: World) -> None:
    deleted_at = world.clock.now()
    record = await deleted(world)
    assert (record.state, record.deleted_at) == (DocumentState.DELETED, deleted_at)
    assert [point.active for point in world.index.points.values()] == [False, False]
    assert world.artifacts.texts == {}
    found = await read(world, record)
    assert found.status is ReceiptStatus.SOFT_DELETED
    assert found.remaining_count == 6
    assert (found.kept_until - deleted_at).total_seconds() == DAY_S


async def test_what_is_kept_is_no_residue_until_its_time_is_over(world: World) -> None:
    record = await deleted(world)
    assert await reconciler(world).confirmed(await reconciler(world).survey()) == []
    world.clock.advance(DAY_S)
    assert len(await reconciler(world).confirmed(await reconciler(world).survey())) == 1
    found = await read(world, record)
    assert (found.status, found.kept_until) == (ReceiptStatus.RESIDUE, None)


async def test_a_visible_chunk_of_a_deleted_document_is_residue(world: World) -> None:
    record = await deleted(world)
    world.index.points = {key: replace(point, active=True) for key, point in world.index.points.items()}
    assert (await read(world, record)).status is ReceiptStatus.RESIDUE
    assert len(await reconciler(world).confirmed(await reconciler(world).survey())) == 1


async def test_a_file_that_comes_back_is_not_embedded_again(world: World) -> None:
    await deleted(world)
    embedded_count = world.embedder.passage_count
    world.write("a.txt", "one\n\ntwo")
    assert (await world.sync()).added == 1
    assert world.embedder.passage_count == embedded_count
    assert [point.active for point in world.index.points.values()] == [True, True]
    record = (await world.records())["a.txt"]
    assert (record.state, record.deleted_at) == (DocumentState.INDEXED, None)


async def test_a_file_that_comes_back_unreadable_leaves_no_hidden_points(world: World) -> None:
    await deleted(world)
    world.write("a.txt", b"CORRUPT")
    await world.sync()
    assert (await world.records())["a.txt"].state is DocumentState.QUARANTINED
    assert world.index.points == {}


async def test_compaction_removes_what_was_kept_long_enough_and_nothing_else(world: World) -> None:
    world.write("b.txt", "three")
    await world.sync()
    await deleted(world)
    early = await compactor(world).compact()
    assert (early.document_count, early.point_count, early.kept_count) == (0, 0, 1)
    world.clock.advance(DAY_S)
    late = await compactor(world).compact()
    assert (late.document_count, late.point_count, late.kept_count) == (1, 2, 0)
    assert {point.path for point in world.index.points.values()} == {"b.txt"}
    assert (await compactor(world).compact()).document_count == 0


async def test_compaction_leaves_alone_what_a_run_is_working_on(world: World) -> None:
    record = await deleted(world)
    world.clock.advance(DAY_S)
    await world.catalog.acquire([record.doc_id], owner="elsewhere/1/x/run", lease_s=60)
    assert (await compactor(world).compact()).point_count == 0
    assert len(world.index.points) == 2


async def test_compaction_removes_leftovers_of_versions_that_are_not_shown(world: World) -> None:
    (point, _) = world.index.points.values()
    left = chunk(point.doc_id, version=7, ordinal=0)
    await world.index.write([left])
    assert (await compactor(world).compact()).point_count == 1
    assert left.point_id not in world.index.points


async def test_a_document_can_be_purged_before_its_time(world: World) -> None:
    record = await deleted(world)
    assert await compactor(world).purge(record.doc_id) == 2
    assert (await read(world, record)).status is ReceiptStatus.DELETED


async def test_a_document_that_is_not_deleted_cannot_be_purged(world: World) -> None:
    record = (await world.records())["a.txt"]
    with pytest.raises(InvalidInputError, match="delete it first"):
        await compactor(world).purge(record.doc_id)
    assert len(world.index.points) == 2


async def test_collections_go_when_their_time_is_over(world: World) -> None:
    over = world.clock.now()
    rows = [
        generation("old", "previous", drop_after=over),
        generation("kept", "previous", drop_after=over.replace(year=over.year + 1)),
        generation("given-up", "dropped"),
        generation("growing", "building"),
        generation("live", "live"),
    ]
    assert (await compactor(world, *rows).compact()).collections == ("given-up", "old")


def test_a_collection_that_nobody_described_goes_once_it_is_empty(world: World) -> None:
    assert is_over(None, empty=True, now=world.clock.now())
    assert not is_over(None, empty=False, now=world.clock.now())


async def test_compaction_removes_evidence_of_nothing_and_old_changes_of_the_graph(world: World) -> None:
    world.graph = FakeGraphEvidence(world.clock)
    lost = DocumentEvidence("0" * 32, 1, AccessLabel(), "rules:1")
    await world.graph.replace(lost)
    world.clock.advance(8 * DAY_S)
    assert (await compactor(world).compact()).graph_count == 1
    assert world.graph.documents == {}
    assert [change.position for change, _ in world.graph.log["default"]] == [2]
    assert (await compactor(world).compact()).graph_count == 0

"""What a deletion leaves in the stores, and what a receipt says about it."""

import hashlib
from dataclasses import replace

import pytest

from core.documents import DocumentRecord, DocumentState
from core.errors import TransientError
from core.receipts import Reading, Receipt, ReceiptStatus
from ingest.receipt import readings, receipt
from tests.contract.chunk_points import chunk
from tests.unit.ingest.world import World


async def read(world: World, path: str = "a.txt") -> Receipt:
    record = (await world.records())[path]
    found = await readings(record, inspector=world.index, artifacts=world.artifacts, documents=world.catalog)
    return receipt(record, found, read_at=world.clock.now())


def left(found: Receipt) -> dict[str, int]:
    return {reading.place: reading.remaining_count for reading in found.readings}


async def test_a_deleted_document_leaves_nothing(world: World) -> None:
    file = world.write("a.txt", "one\n\ntwo")
    await world.sync()
    file.unlink()
    await world.sync()
    found = await read(world)
    assert found.status is ReceiptStatus.DELETED
    assert left(found) == {
        "chunks": 0,
        "dense_vectors": 0,
        "bm25_vectors": 0,
        "visible_chunks": 0,
        "stored_texts": 0,
        "catalog": 0,
    }
    assert (world.index.points, world.artifacts.texts) == ({}, {})


async def test_a_receipt_names_the_document_without_its_path(world: World) -> None:
    world.write("a.txt", "one")
    await world.sync()
    record = (await world.records())["a.txt"]
    await world.engine.delete(record)
    found = await read(world)
    assert (found.doc_id, found.source_id, found.versions) == (record.doc_id, record.source_id, (1,))
    assert found.path_sha256 == hashlib.sha256(b"a.txt").hexdigest()
    assert "a.txt" not in repr(found)


async def test_an_indexed_document_is_present_with_what_it_has(world: World) -> None:
    world.write("a.txt", "one\n\ntwo")
    await world.sync()
    found = await read(world)
    assert found.status is ReceiptStatus.PRESENT
    assert left(found) == {
        "chunks": 2,
        "dense_vectors": 2,
        "bm25_vectors": 2,
        "visible_chunks": 2,
        "stored_texts": 1,
        "catalog": 3,
    }


async def test_former_versions_leave_no_text(world: World) -> None:
    file = world.write("a.txt", "one")
    await world.sync()
    file.write_text("two words")
    await world.sync()
    assert list(world.artifacts.texts.values()) == ["two words"]
    file.unlink()
    await world.sync()
    found = await read(world)
    assert (found.status, found.versions) == (ReceiptStatus.DELETED, (1, 2))


async def test_the_text_of_a_version_that_was_never_finished_goes_too(world: World) -> None:
    file = world.write("a.txt", "one")
    await world.sync()
    file.write_text("two words")
    works, world.index.activate = world.index.activate, broken
    await world.sync()
    assert sorted(world.artifacts.texts.values()) == ["one", "two words"]

    world.index.activate = works
    file.unlink()
    await world.sync()
    found = await read(world)
    assert (found.status, world.artifacts.texts) == (ReceiptStatus.DELETED, {})
    (texts,) = [reading for reading in found.readings if reading.place == "stored_texts"]
    assert len(texts.looked_at) == 2


async def broken(doc_id: str, *, version: int, chunk_count: int) -> None:
    raise TransientError("not all points are stored")


async def test_a_later_version_removes_the_text_of_one_that_was_never_finished(world: World) -> None:
    file = world.write("a.txt", "one")
    works, world.index.activate = world.index.activate, broken
    await world.sync()
    world.index.activate = works
    file.write_text("two words")
    await world.sync()
    assert list(world.artifacts.texts.values()) == ["two words"]


async def test_a_text_that_another_document_has_too_stays_and_is_no_residue(world: World) -> None:
    world.write("a.txt", "the same")
    world.write("b.txt", "the same")
    await world.sync()
    await world.engine.delete((await world.records())["a.txt"])
    assert (await read(world)).status is ReceiptStatus.DELETED
    assert list(world.artifacts.texts.values()) == ["the same"]


async def test_points_that_came_back_are_residue(world: World) -> None:
    world.write("a.txt", "one")
    await world.sync()
    record = (await world.records())["a.txt"]
    await world.engine.delete(record)
    await world.index.write([chunk(record.doc_id, "one")])
    found = await read(world)
    assert (found.status, found.remaining_count) == (ReceiptStatus.RESIDUE, 3)


async def test_a_text_that_came_back_is_residue(world: World) -> None:
    world.write("a.txt", "one")
    await world.sync()
    await world.engine.delete((await world.records())["a.txt"])
    await world.artifacts.put("one")
    found = await read(world)
    assert (found.status, left(found)["stored_texts"]) == (ReceiptStatus.RESIDUE, 1)


@pytest.mark.parametrize(
    ("state", "remaining_count", "status"),
    [
        (DocumentState.DELETED, 0, ReceiptStatus.DELETED),
        (DocumentState.DELETED, 1, ReceiptStatus.RESIDUE),
        (DocumentState.DELETING, 0, ReceiptStatus.DELETING),
        (DocumentState.QUARANTINED, 0, ReceiptStatus.PRESENT),
        (DocumentState.INDEXED, 3, ReceiptStatus.PRESENT),
    ],
)
def test_status_by_state_and_what_is_left(
    world: World, state: DocumentState, remaining_count: int, status: ReceiptStatus
) -> None:
    record = replace(DocumentRecord("d", "s", "default", "a.txt", state), version=2)
    found = receipt(record, [Reading("chunks", remaining_count, ())], read_at=world.clock.now())
    assert (found.status, found.versions, found.remaining_count) == (status, (1, 2), remaining_count)

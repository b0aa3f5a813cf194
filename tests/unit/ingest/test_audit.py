from ingest.audit import IndexAudit, audit
from tests.contract.chunk_points import chunk
from tests.fakes.vector_index import FakeVectorIndex

EMAIL = ("EMAIL_ADDRESS",)


async def audited(*points, entities=EMAIL, measured_count=100) -> IndexAudit:
    index = FakeVectorIndex()
    await index.write(points)
    return await audit(index, entities=entities, measured_count=measured_count)


async def test_an_empty_index_is_fit() -> None:
    assert await audited() == IndexAudit()
    assert (await audited()).duplicate_rate == 0.0


async def test_personal_data_is_found_in_hidden_chunks_too_and_named_by_document() -> None:
    found = await audited(
        chunk("a", "write to x@y.org", active=True),
        chunk("b", "write to x@y.org or z@y.org"),
        chunk("c", "write to EMAIL_ADDRESS_0a1b2c3d4e5f or EMAIL_ADDRESS_123456789012", active=True),
    )
    assert (found.personal_data, found.exposed_documents) == ({"EMAIL_ADDRESS": 3}, ("a", "b"))
    assert "x@y.org" not in repr(found)


async def test_duplicates_are_counted_among_visible_chunks() -> None:
    found = await audited(
        *[chunk(doc, "the same words", active=True) for doc in ("a", "b", "c")],
        chunk("d", "other words", active=True),
        chunk("e", "the same words"),
    )
    assert (found.chunk_count, found.active_count, found.duplicate_count) == (5, 4, 2)
    assert found.duplicate_rate == 0.5


async def test_vectors_of_another_length_are_counted() -> None:
    found = await audited(
        chunk("a", dense=(0.6, 0.8)),
        chunk("b", dense=(0.6, 0.8009)),
        chunk("c", dense=(0.6, 0.9)),
        chunk("d", dense=(0.0, 0.0)),
        chunk("e", dense=(float("nan"), 0.0)),
    )
    assert (found.measured_count, found.bad_norm_count) == (5, 3)


async def test_no_more_vectors_are_measured_than_asked_for() -> None:
    points = [chunk("a", ordinal=n, dense=(3.0, 4.0)) for n in range(5)]
    found = await audited(*points, measured_count=2)
    assert (found.measured_count, found.bad_norm_count, found.worst_norm) == (2, 2, 5.0)

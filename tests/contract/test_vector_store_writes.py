"""How a vector store changes: deletions, payloads, aliases, refusals. Embedded in three ways, and a Qdrant server if there is one."""

import pytest
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.http.exceptions import UnexpectedResponse

from tests.contract.rest_points import DENSE, fill, ids, point, where


@pytest.fixture
async def filled(qdrant: AsyncQdrantClient, name: str) -> str:
    return await fill(qdrant, name)


async def test_deleting_by_id_and_by_filter_forgets_points(qdrant, filled):
    await qdrant.delete(filled, [1, 77], wait=True)
    await qdrant.delete(filled, models.FilterSelector(filter=where("tag", value="b")), wait=True)
    assert await ids(qdrant, filled, None) == [3, 4]


async def test_payload_is_set_overwritten_deleted_and_cleared(qdrant, filled):
    async def payload():
        return (await qdrant.retrieve(filled, [2], with_payload=["tag", "size", "new", "in"]))[0].payload

    await qdrant.set_payload(filled, {"new": 1}, points=[2], wait=True)
    await qdrant.set_payload(filled, {"deep": 2}, points=where("tag", value="b"), key="in", wait=True)
    assert await payload() == {"tag": "b", "size": 2, "new": 1, "in": {"deep": 2}}
    await qdrant.delete_payload(filled, ["tag"], points=[2], wait=True)
    assert "tag" not in await payload()
    await qdrant.overwrite_payload(filled, {"new": 3}, points=[2], wait=True)
    assert await payload() == {"new": 3}
    await qdrant.clear_payload(filled, models.PointIdsList(points=[2]), wait=True)
    assert await payload() == {}


async def test_payload_changes_by_filter_reach_every_match(qdrant, filled):
    await qdrant.overwrite_payload(filled, {"tag": "z"}, points=where("tag", value="a"), wait=True)
    assert await ids(qdrant, filled, where("tag", value="z")) == [1, 3]
    await qdrant.delete_payload(filled, ["tag"], points=where("tag", value="z"), wait=True)
    assert await ids(qdrant, filled, where("tag", value="z")) == []


async def test_vectors_are_replaced_and_removed_without_touching_the_payload(qdrant, filled):
    await qdrant.update_vectors(
        filled, [models.PointVectors(id=4, vector={"dense": [1.0, 0.0, 0.0]})], wait=True
    )
    await qdrant.delete_vectors(filled, ["bm25"], points=[4], wait=True)
    (record,) = await qdrant.retrieve(filled, [4], with_payload=True, with_vectors=True)
    assert record.vector == {"dense": [1.0, 0.0, 0.0]}
    assert record.payload["tag"] == "c"


async def test_a_batch_of_operations_is_applied_in_order(qdrant, filled):
    operations = [
        models.UpsertOperation(upsert=models.PointsList(points=[point(9, tag="a")])),
        models.SetPayloadOperation(set_payload=models.SetPayload(payload={"tag": "q"}, points=[9])),
        models.DeleteOperation(delete=models.FilterSelector(filter=where("tag", value="a"))),
    ]
    results = await qdrant.batch_update_points(filled, operations, wait=True)
    assert [result.status for result in results] == [models.UpdateStatus.COMPLETED] * 3
    assert await ids(qdrant, filled, where("tag", any=["a", "q"])) == [9]


async def test_an_alias_stands_for_its_collection_in_every_operation(qdrant, filled):
    alias = f"{filled}_alias"
    await qdrant.update_collection_aliases([_aliased(alias, filled)])
    assert await qdrant.collection_exists(alias)
    await qdrant.upsert(alias, [point(9, (0.0, 1.0, 0.0), tag="n", size=9)], wait=True)
    await qdrant.set_payload(alias, {"tag": "m"}, points=[9], wait=True)
    await qdrant.delete(alias, [3], wait=True)
    assert (
        (await qdrant.count(alias, exact=True)).count == (await qdrant.count(filled, exact=True)).count == 4
    )
    assert (await qdrant.get_collection(alias)).points_count == 4
    found = await qdrant.query_points(alias, query=[0.0, 1.0, 0.0], using="dense", limit=1)
    assert [hit.id for hit in found.points] == [9]
    assert (await qdrant.retrieve(alias, [9]))[0].payload == {"tag": "m", "size": 9}
    assert {hit.value for hit in (await qdrant.facet(alias, "tag", exact=True)).hits} == {"a", "b", "c", "m"}


def _aliased(alias, collection) -> models.CreateAliasOperation:
    return models.CreateAliasOperation(
        create_alias=models.CreateAlias(collection_name=collection, alias_name=alias)
    )


async def test_aliases_are_moved_renamed_listed_and_deleted(qdrant, name):
    for which in ("1", "2"):
        await qdrant.create_collection(name + which, vectors_config=DENSE)
    await qdrant.update_collection_aliases([_aliased(f"{name}a", f"{name}1")])
    await qdrant.update_collection_aliases([_aliased(f"{name}a", f"{name}2")])
    assert (await qdrant.get_collection_aliases(f"{name}1")).aliases == []
    rename = models.RenameAlias(old_alias_name=f"{name}a", new_alias_name=f"{name}b")
    await qdrant.update_collection_aliases([models.RenameAliasOperation(rename_alias=rename)])
    described = models.AliasDescription(alias_name=f"{name}b", collection_name=f"{name}2")
    assert (await qdrant.get_collection_aliases(f"{name}2")).aliases == [described]
    assert described in (await qdrant.get_aliases()).aliases
    gone = models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=f"{name}b"))
    await qdrant.update_collection_aliases([gone])
    assert described not in (await qdrant.get_aliases()).aliases
    for which in ("1", "2"):
        await qdrant.delete_collection(name + which)


async def test_deleting_a_collection_removes_its_aliases(qdrant, filled):
    alias = f"{filled}_alias"
    await qdrant.update_collection_aliases([_aliased(alias, filled)])
    await qdrant.delete_collection(filled)
    assert not await qdrant.collection_exists(alias)


async def refused(call) -> tuple[int, str]:
    with pytest.raises(UnexpectedResponse) as caught:
        await call
    return caught.value.status_code, caught.value.structured()["status"]["error"]


async def test_an_unknown_collection_is_not_found(qdrant, name):
    expected = (404, f"Not found: Collection `{name}` doesn't exist!")
    assert await refused(qdrant.get_collection(name)) == expected
    assert await refused(qdrant.query_points(name, query=[1.0], using="dense")) == expected
    assert await refused(qdrant.upsert(name, [point(1)])) == expected
    assert await refused(qdrant.update_collection_aliases([_aliased("any", name)])) == expected


async def test_a_second_collection_of_the_same_name_is_a_conflict(qdrant, filled):
    status, message = await refused(qdrant.create_collection(filled, vectors_config=DENSE))
    assert (status, message) == (409, f"Wrong input: Collection `{filled}` already exists!")


async def test_a_wrong_dimension_is_bad_input(qdrant, filled):
    expected = (400, "Wrong input: Vector dimension error: expected dim: 3, got 2")
    assert await refused(qdrant.upsert(filled, [point(9, (1.0, 2.0))], wait=True)) == expected
    assert await refused(qdrant.query_points(filled, query=[1.0, 2.0], using="dense")) == expected


async def test_an_unknown_vector_name_is_bad_input(qdrant, filled):
    status, message = await refused(qdrant.query_points(filled, query=[1.0, 2.0, 3.0], using="nope"))
    assert (status, "Not existing vector name error: nope" in message) == (400, True)


async def test_of_a_batch_with_one_bad_point_nothing_is_kept(qdrant, filled):
    assert (await refused(qdrant.upsert(filled, [point(8), point(9, (1.0, 2.0))], wait=True)))[0] == 400
    assert await qdrant.retrieve(filled, [8, 9]) == []


async def test_an_id_that_is_no_number_and_no_uuid_is_bad_input(qdrant, filled):
    status, message = await refused(qdrant.upsert(filled, [point("seven")], wait=True))
    assert (status, "seven is not a valid point ID" in message) == (400, True)


async def test_ordering_by_a_field_without_an_index_is_bad_input(qdrant, filled):
    status, message = await refused(qdrant.scroll(filled, order_by="unindexed"))
    assert (status, "No range index for `order_by` key: `unindexed`" in message) == (400, True)

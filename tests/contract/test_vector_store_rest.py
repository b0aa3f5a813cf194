"""What Folio asks of a vector store, through `AsyncQdrantClient`: embedded in three ways, and a Qdrant server if there is one."""

import pytest
from qdrant_client import AsyncQdrantClient, models

from tests.contract.rest_points import DENSE, SPARSE, UUIDS, fill, ids, point, where


@pytest.fixture
async def filled(qdrant: AsyncQdrantClient, name: str) -> str:
    return await fill(qdrant, name)


async def test_collections_are_created_listed_described_and_deleted(qdrant, name):
    assert not await qdrant.collection_exists(name)
    await qdrant.create_collection(name, vectors_config=DENSE, sparse_vectors_config=SPARSE)
    assert await qdrant.collection_exists(name)
    assert name in [row.name for row in (await qdrant.get_collections()).collections]
    info = await qdrant.get_collection(name)
    assert (info.points_count, info.status) == (0, models.CollectionStatus.GREEN)
    assert info.config.params.vectors["dense"].size == 3
    assert info.config.params.sparse_vectors["bm25"].modifier == models.Modifier.IDF
    assert await qdrant.delete_collection(name)
    assert not await qdrant.collection_exists(name)
    assert not await qdrant.delete_collection(name)


async def test_a_collection_keeps_notes_that_are_changed_one_by_one(qdrant, name):
    await qdrant.create_collection(name, vectors_config=DENSE, metadata={"made": "here"})
    await qdrant.update_collection(name, metadata={"bm25": {"average_words": 61.5}})
    config = (await qdrant.get_collection(name)).config
    assert config.metadata == {"made": "here", "bm25": {"average_words": 61.5}}
    assert config.params.vectors["dense"].size == 3


async def test_payload_indexes_of_every_type_are_reported_and_dropped(qdrant, name):
    await qdrant.create_collection(name, vectors_config=DENSE)
    tenant = models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True)
    text = models.TextIndexParams(
        type=models.TextIndexType.TEXT, tokenizer=models.TokenizerType.WORD, lowercase=True
    )
    await qdrant.create_payload_index(name, "tenant", tenant, wait=True)
    await qdrant.create_payload_index(name, "text", text, wait=True)
    for kind in ("keyword", "integer", "float", "bool", "datetime"):
        await qdrant.create_payload_index(name, kind, models.PayloadSchemaType(kind), wait=True)
    schema = (await qdrant.get_collection(name)).payload_schema
    assert {field: index.data_type.value for field, index in schema.items()} == {
        "tenant": "keyword",
        "text": "text",
        **{kind: kind for kind in ("keyword", "integer", "float", "bool", "datetime")},
    }
    assert schema["tenant"].params.is_tenant is True
    await qdrant.delete_payload_index(name, "tenant", wait=True)
    assert "tenant" not in (await qdrant.get_collection(name)).payload_schema


async def test_points_come_back_as_they_were_written_in_the_order_asked_for(qdrant, name):
    await qdrant.create_collection(name, vectors_config=DENSE, sparse_vectors_config=SPARSE)
    await qdrant.upsert(name, [point(UUIDS[0], words=(7, 3), n=1), point(5, (0.0, 2.0, 0.0))], wait=True)
    five, first = await qdrant.retrieve(name, [5, 99, UUIDS[0]], with_payload=True, with_vectors=True)
    assert (five.id, first.id, first.payload) == (5, UUIDS[0], {"n": 1})
    assert five.vector["dense"] == [0.0, 1.0, 0.0]
    assert dict(zip(first.vector["bm25"].indices, first.vector["bm25"].values, strict=True)) == {
        3: 1.0,
        7: 1.0,
    }


async def test_an_upsert_replaces_payload_and_vectors(qdrant, filled):
    await qdrant.upsert(filled, [point(1, (0.0, 0.0, 1.0), (5,), new=True)], wait=True)
    (record,) = await qdrant.retrieve(filled, [1], with_payload=True, with_vectors=True)
    assert record.payload == {"new": True}
    assert record.vector["dense"] == [0.0, 0.0, 1.0]


async def test_a_batch_upsert_writes_columns(qdrant, name):
    await qdrant.create_collection(name, vectors_config=DENSE)
    batch = models.Batch(
        ids=[1, 2],
        vectors={"dense": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]},
        payloads=[{"n": 1}, {"n": 2}],
    )
    await qdrant.upsert(name, batch, wait=True)
    records = await qdrant.retrieve(name, [1, 2], with_payload=True)
    assert [record.payload["n"] for record in records] == [1, 2]


async def test_an_unnamed_vector_works_as_in_any_client(qdrant, name):
    params = models.VectorParams(size=2, distance=models.Distance.DOT)
    await qdrant.create_collection(name, vectors_config=params)
    await qdrant.upsert(
        name, [models.PointStruct(id=1, vector=[1.0, 2.0]), models.PointStruct(id=2, vector=[3.0, 4.0])]
    )
    found = await qdrant.query_points(name, query=[1.0, 1.0], with_vectors=True)
    assert [(hit.id, hit.score, hit.vector) for hit in found.points] == [
        (2, 7.0, [3.0, 4.0]),
        (1, 3.0, [1.0, 2.0]),
    ]
    assert (await qdrant.get_collection(name)).config.params.vectors.size == 2


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (where("tag", value="a"), [1, 3]),
        (where("tag", any=["b", "c"]), [2, 4]),
        (where("open", value=True), [1]),
        (where("open", value=False), [2]),
        (models.Filter(must_not=where("open", value=True).must), [2, 3, 4]),
        (where("tag", any=["z"]), []),
        (models.Filter(must_not=[models.HasIdCondition(has_id=[1, 2])]), [3, 4]),
        (models.Filter(must=[models.FieldCondition(key="size", range=models.Range(gt=1, lte=3))]), [2, 3]),
        (
            models.Filter(
                must=[
                    models.FieldCondition(key="when", range=models.DatetimeRange(gte="2024-02-01T00:00:00Z"))
                ]
            ),
            [2],
        ),
        (models.Filter(must=[models.IsEmptyCondition(is_empty=models.PayloadField(key="when"))]), [3, 4]),
        (models.Filter(must=[models.IsNullCondition(is_null=models.PayloadField(key="gone"))]), [4]),
        (
            models.Filter(should=[models.HasIdCondition(has_id=[1]), models.HasIdCondition(has_id=[4])]),
            [1, 4],
        ),
        (
            models.Filter(
                min_should=models.MinShould(
                    conditions=[
                        models.HasIdCondition(has_id=[1, 2]),
                        models.HasIdCondition(has_id=[2, 3]),
                        models.HasIdCondition(has_id=[2]),
                    ],
                    min_count=2,
                )
            ),
            [2],
        ),
        (models.Filter(must=where("tag", value="a"), must_not=where("size", value=1)), [3]),
        (where("parts[].x", value=2), [3]),
    ],
)
async def test_filters_choose_points(qdrant, filled, condition, expected):
    assert await ids(qdrant, filled, condition) == expected


async def test_match_except_and_phrases_choose_points(qdrant, filled):
    text = models.TextIndexParams(
        type=models.TextIndexType.TEXT, tokenizer=models.TokenizerType.WORD, phrase_matching=True
    )
    await qdrant.create_payload_index(filled, "text", text, wait=True)
    excluded = models.FieldCondition(key="tag", match=models.MatchExcept(**{"except": ["a"]}))
    assert await ids(qdrant, filled, models.Filter(must=[excluded])) == [2, 4]
    assert await ids(qdrant, filled, where("text", text="red green")) == [1, 2]
    assert await ids(qdrant, filled, where("text", phrase="red green")) == [1]


@pytest.mark.parametrize(("y", "expected"), [(2, [3]), (1, [])])
async def test_a_nested_filter_holds_for_one_element(qdrant, filled, y, expected):
    both = models.Filter(
        must=[
            models.FieldCondition(key="x", match=models.MatchValue(value=1)),
            models.FieldCondition(key="y", match=models.MatchValue(value=y)),
        ]
    )
    nested = models.NestedCondition(nested=models.Nested(key="parts", filter=both))
    assert await ids(qdrant, filled, models.Filter(must=[nested])) == expected


async def test_scroll_pages_join_to_everything(qdrant, name):
    await qdrant.create_collection(name, vectors_config=DENSE)
    await qdrant.upsert(name, [point_without_sparse(number) for number in [7, 1, *UUIDS, 3]], wait=True)
    seen, offset, pages = [], None, 0
    while pages == 0 or offset is not None:
        records, offset = await qdrant.scroll(name, limit=2, offset=offset)
        seen += [record.id for record in records]
        pages += 1
    assert seen == [1, 3, 7, *UUIDS]
    assert pages == 3


def point_without_sparse(number) -> models.PointStruct:
    return models.PointStruct(id=number, vector={"dense": [1.0, 0.0, 0.0]})


async def test_scroll_follows_a_payload_field(qdrant, filled):
    order = models.OrderBy(key="size", direction=models.Direction.DESC)
    records, _ = await qdrant.scroll(filled, order_by=order, limit=3)
    assert [record.id for record in records] == [4, 3, 2]


async def test_payload_and_vector_selectors_cut_the_answer(qdrant, filled):
    async def one(payload, vectors):
        return (await qdrant.retrieve(filled, [1], with_payload=payload, with_vectors=vectors))[0]

    included = await one(["tag", "size"], ["dense"])
    assert (included.payload, set(included.vector)) == ({"tag": "a", "size": 1}, {"dense"})
    excluded = await one(models.PayloadSelectorExclude(exclude=["when", "text", "open"]), False)
    assert (excluded.payload, excluded.vector) == ({"tag": "a", "size": 1}, None)
    assert (await one(False, False)).payload is None


async def test_count_is_exact(qdrant, filled):
    assert (await qdrant.count(filled, exact=True)).count == 4
    assert (await qdrant.count(filled, where("tag", value="a"), exact=True)).count == 2


async def test_facet_counts_values(qdrant, filled):
    response = await qdrant.facet(filled, "tag", facet_filter=where("size", any=[1, 2, 3]), exact=True)
    assert {hit.value: hit.count for hit in response.hits} == {"a": 2, "b": 1}


async def test_dense_search_ranks_by_cosine_with_filter_threshold_and_offset(qdrant, filled):
    async def search(**more):
        found = await qdrant.query_points(filled, query=[1.0, 0.0, 0.0], using="dense", **more)
        return [hit.id for hit in found.points]

    assert (await search())[:2] == [1, 2]
    assert await search(score_threshold=0.5) == [1, 2]
    assert await search(limit=1, offset=1) == [2]
    assert await search(query_filter=where("tag", value="b")) == [2]


async def test_sparse_search_weighs_rare_words_more(qdrant, filled):
    query = models.SparseVector(indices=[1, 3], values=[1.0, 1.0])
    found = await qdrant.query_points(filled, query=query, using="bm25")
    scores = {hit.id: hit.score for hit in found.points}
    # idf = ln(1 + (N - n + 0.5) / (n + 0.5)) with N = 4: word 1 in one point, word 3 in two.
    assert scores[1] == pytest.approx(1.2039728, abs=1e-5)
    assert scores[2] == scores[3] == pytest.approx(0.6931472, abs=1e-5)


async def test_fusion_adds_reciprocal_ranks_counted_from_zero(qdrant, filled):
    arms = [
        models.Prefetch(query=[1.0, 0.0, 0.0], using="dense", limit=2),
        models.Prefetch(
            query=models.SparseVector(indices=[3], values=[1.0]),
            using="bm25",
            limit=1,
            filter=where("tag", value="b"),
        ),
    ]
    rrf = models.RrfQuery(rrf=models.Rrf(k=61))
    found = await qdrant.query_points(filled, prefetch=arms, query=rrf, with_payload=["tag"])
    assert [(hit.id, hit.payload) for hit in found.points] == [(2, {"tag": "b"}), (1, {"tag": "a"})]
    assert found.points[0].score == pytest.approx(1 / 61 + 1 / 62)
    default = await qdrant.query_points(
        filled, prefetch=arms, query=models.FusionQuery(fusion=models.Fusion.RRF)
    )
    assert default.points[0].score == pytest.approx(1 / 2 + 1 / 3)


async def test_dbsf_fusion_ranks_agreement_first(qdrant, filled):
    arms = [
        models.Prefetch(query=[1.0, 0.0, 0.0], using="dense", limit=4),
        models.Prefetch(query=models.SparseVector(indices=[1, 2], values=[1.0, 1.0]), using="bm25", limit=4),
    ]
    found = await qdrant.query_points(
        filled, prefetch=arms, query=models.FusionQuery(fusion=models.Fusion.DBSF)
    )
    assert [hit.id for hit in found.points][:2] == [1, 2]


async def test_idf_can_be_counted_over_a_part_of_the_collection(qdrant, filled):
    async def score(params):
        query = models.SparseVector(indices=[1], values=[1.0])
        found = await qdrant.query_points(filled, query=query, using="bm25", search_params=params)
        return found.points[0].score

    only_a = models.SearchParams(idf=models.IdfCorpusParams(corpus=where("tag", value="a")))
    assert await score(None) == pytest.approx(1.2039728, abs=1e-5)
    assert await score(only_a) == pytest.approx(0.6931472, abs=1e-5)


async def test_idf_follows_deletions_at_once(qdrant, filled):
    await qdrant.delete(filled, [2, 4], wait=True)
    query = models.SparseVector(indices=[1], values=[1.0])
    # A server needs the scope to count anew; the embedded store does so anyway (test_congruence).
    everything = models.SearchParams(idf=models.IdfCorpusParams(corpus=models.Filter()))
    found = await qdrant.query_points(filled, query=query, using="bm25", search_params=everything)
    # ln(1 + (2 - 1 + 0.5) / (1 + 0.5))
    assert found.points[0].score == pytest.approx(0.6931472, abs=1e-5)


async def test_queries_in_a_batch_are_answered_in_order(qdrant, filled):
    requests = [
        models.QueryRequest(query=vector, using="dense", limit=1)
        for vector in ([0.0, 0.0, 1.0], [0.0, 1.0, 0.0])
    ]
    answers = await qdrant.query_batch_points(filled, requests)
    assert [answer.points[0].id for answer in answers] == [4, 3]


async def test_groups_hold_their_best_hits(qdrant, filled):
    found = await qdrant.query_points_groups(
        filled,
        group_by="tag",
        query=[1.0, 0.2, 0.0],
        using="dense",
        limit=2,
        group_size=1,
        with_payload=["size"],
    )
    assert [(group.id, [hit.id for hit in group.hits]) for group in found.groups] == [("b", [2]), ("a", [1])]
    assert found.groups[0].hits[0].payload == {"size": 2}

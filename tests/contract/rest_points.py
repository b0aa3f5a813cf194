"""Points and filters that the contract suites of the vector store's REST face use."""

import uuid

from qdrant_client import AsyncQdrantClient, models

DENSE = {"dense": models.VectorParams(size=3, distance=models.Distance.COSINE)}
SPARSE = {"bm25": models.SparseVectorParams(modifier=models.Modifier.IDF)}
UUIDS = [str(uuid.UUID(int=number)) for number in range(1, 4)]


def point(number, dense=(1.0, 0.0, 0.0), words=(1,), **payload) -> models.PointStruct:
    sparse = models.SparseVector(indices=list(words), values=[1.0] * len(words))
    return models.PointStruct(id=number, vector={"dense": list(dense), "bm25": sparse}, payload=payload)


def where(key, **match) -> models.Filter:
    kind = {
        "value": models.MatchValue,
        "any": models.MatchAny,
        "except": models.MatchExcept,
        "text": models.MatchText,
        "phrase": models.MatchPhrase,
    }
    ((name, value),) = match.items()
    return models.Filter(must=[models.FieldCondition(key=key, match=kind[name](**{name: value}))])


async def ids(client, name, condition) -> list:
    records, _ = await client.scroll(name, scroll_filter=condition, limit=100)
    return [record.id for record in records]


async def fill(qdrant: AsyncQdrantClient, name: str) -> str:
    """A collection of four points with payloads of every kind; its name."""
    await qdrant.create_collection(name, vectors_config=DENSE, sparse_vectors_config=SPARSE)
    await qdrant.create_payload_index(name, "tag", models.PayloadSchemaType.KEYWORD, wait=True)
    await qdrant.create_payload_index(name, "size", models.PayloadSchemaType.INTEGER, wait=True)
    points = [
        point(
            1,
            (1.0, 0.0, 0.0),
            (1, 2),
            tag="a",
            size=1,
            open=True,
            when="2024-01-01T00:00:00Z",
            text="red green blue",
        ),
        point(
            2,
            (0.9, 0.1, 0.0),
            (2, 3),
            tag="b",
            size=2,
            open=False,
            when="2024-06-01T00:00:00Z",
            text="green red",
        ),
        point(3, (0.0, 1.0, 0.0), (3,), tag="a", size=3, parts=[{"x": 1, "y": 2}, {"x": 2, "y": 1}]),
        point(4, (0.0, 0.0, 1.0), (9,), tag="c", size=4, gone=None, many=[]),
    ]
    await qdrant.upsert(name, points, wait=True)
    return name

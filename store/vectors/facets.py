"""How often the values of a payload field are there."""

from qdrant_client import AsyncQdrantClient

from core.filters import All, Condition, IsEmpty
from store.vectors.arms import check_indexed
from store.vectors.failures import classified
from store.vectors.filters import to_qdrant


async def counted_values(
    client: AsyncQdrantClient, collection: str, field: str, *, condition: Condition, limit: int
) -> list[tuple[str | int, int]]:
    """The `limit` most frequent values of a field among the points that meet a condition, with their counts (exact).

    By falling count, ties by value.

    Raises:
        InvalidInputError: A field has no index.
    """
    check_indexed(All((condition, IsEmpty(field))))
    with classified():
        response = await client.facet(
            collection, field, facet_filter=to_qdrant(condition), limit=limit, exact=True
        )
    rows = [(row.value, row.count) for row in response.hits]
    return sorted(rows, key=lambda row: (-row[1], row[0]))

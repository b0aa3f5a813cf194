"""Answers of Qdrant Edge as the JSON values of Qdrant's REST API.

Point ids stay as they are, numbers or UUIDs: `orjson` writes a UUID as text, in a quarter of the time that `str` takes.
"""

from typing import Any

import qdrant_edge as edge


def record_row(record: edge.Record) -> dict[str, Any]:
    """A stored point."""
    row = {
        "id": record.id,
        "payload": record.payload,
        "vector": _vector(record.vector),
    }
    return _ordered(row, record.order_value)


def scored_row(point: edge.ScoredPoint) -> dict[str, Any]:
    """A hit."""
    row = {
        "id": point.id,
        "version": point.version,
        "score": point.score,
        "payload": point.payload,
        "vector": _vector(point.vector),
    }
    return _ordered(row, point.order_value)


def scroll_page(page: tuple[list[edge.Record], Any]) -> dict[str, Any]:
    """A page and where the next one starts (null at the end)."""
    records, after = page
    return {
        "points": [record_row(record) for record in records],
        "next_page_offset": after,
    }


def facet_rows(response: edge.FacetResponse) -> dict[str, Any]:
    """Values and how many points have them."""
    # Edge's index remembers values that no point has any more, with a count of 0.
    return {"hits": [{"value": hit.value, "count": hit.count} for hit in response.hits if hit.count]}


def _ordered(row: dict[str, Any], order_value: float | None) -> dict[str, Any]:
    return row if order_value is None else {**row, "order_value": order_value}


def _vector(vector: Any) -> Any:
    if isinstance(vector, dict):
        return {name: _vector(value) for name, value in vector.items()}
    if isinstance(vector, edge.SparseVector):
        return {"indices": vector.indices, "values": vector.values}
    return vector

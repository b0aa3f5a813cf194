"""The requests of every search, as JSON: Qdrant's REST API without the client's models of requests and answers.

Those are built, copied and checked number by number: measured, a third of what a hybrid query costs this process.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from pydantic import BaseModel
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.http.exceptions import ResponseHandlingException

from store.vectors.failures import classified

_JSON = {"Content-Type": "application/json"}
_POINTS = "/collections/{collection}/points"


async def scored_ids(
    client: AsyncQdrantClient, collection: str, queries: Sequence[Mapping[str, Any]]
) -> list[list[tuple[str, float]]]:
    """The points that each query finds, with their scores, best first. Filters in the queries may be models.

    Raises:
        FolioError: The store does not answer, or what answers is no Qdrant.
    """
    with classified():
        result = await _asked(client, f"{_POINTS}/query/batch", collection, {"searches": queries})
        try:
            return [[(str(point["id"]), point["score"]) for point in one["points"]] for one in result]
        except (KeyError, TypeError) as error:
            raise ResponseHandlingException(error) from error


async def payloads(
    client: AsyncQdrantClient,
    collection: str,
    *,
    wanted: models.Filter | Mapping[str, Any] | None,
    limit: int,
    fields: Sequence[str],
) -> list[tuple[str, dict[str, Any]]]:
    """These fields of the first `limit` points that the filter selects, by point id.

    Raises:
        FolioError: The store does not answer, or what answers is no Qdrant.
    """
    body = {"filter": wanted, "limit": limit, "with_payload": fields}
    with classified():
        result = await _asked(client, f"{_POINTS}/scroll", collection, body)
        try:
            return [(str(point["id"]), point["payload"] or {}) for point in result["points"]]
        except (KeyError, TypeError) as error:
            raise ResponseHandlingException(error) from error


async def _asked(client: AsyncQdrantClient, path: str, collection: str, body: Mapping[str, Any]) -> Any:
    """What is under `result` in the answer. Sent through the client's own HTTP layer, with its key and its errors."""
    answer = await client.http.client.request(
        type_=dict[str, Any],
        method="POST",
        url=path,
        path_params={"collection": collection},
        headers=_JSON,
        content=orjson.dumps(body, default=_plain),
    )
    return answer.get("result")


def _plain(value: object) -> Any:
    """A model of the client inside a body."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    raise TypeError(type(value).__name__)

"""Fields of a payload that follow from others, so that they can be filtered by and counted over.

`folders` are the folders that a document lies in, each with those around it: one equality then selects everything under a
folder. `modified_year` is the year (UTC) of its date.
"""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from qdrant_client import AsyncQdrantClient, models

FOLDERS = "folders"
MODIFIED_YEAR = "modified_year"
# Deeper ones are still found by the folders above.
_MAX_FOLDERS = 16
_PAGE_COUNT = 1000
_Derived = tuple[tuple[str, ...], int | None]


def derived(path: str, *, modified_s: int) -> dict[str, Any]:
    """The fields of a document with this path and date; one without a date (0) has no year."""
    return _as_payload(_of(path, modified_s))


async def fill_derived(client: AsyncQdrantClient, collection: str) -> None:
    """Give the fields to the points of a collection from before there were any. Nothing is embedded again.

    The indexes of the fields are made afterwards: where the one of `folders` is there, this was done. It may be repeated.
    """
    offset: Any = None
    while True:
        records, offset = await client.scroll(
            collection, limit=_PAGE_COUNT, offset=offset, with_payload=["path", "modified_s"]
        )
        alike: dict[_Derived, list[Any]] = defaultdict(list)
        for record in records:
            payload = record.payload or {}
            alike[_of(payload.get("path", ""), payload.get("modified_s", 0))].append(record.id)
        if alike:
            await client.batch_update_points(collection, [_set(*one) for one in alike.items()], wait=True)
        if offset is None:
            return


def _of(path: str, modified_s: int) -> _Derived:
    parts = path.split("/")[:-1][:_MAX_FOLDERS]
    folders = tuple("/".join(parts[: count + 1]) for count in range(len(parts)))
    return folders, _year(modified_s) if modified_s else None


def _year(modified_s: int) -> int | None:
    try:
        return datetime.fromtimestamp(modified_s, UTC).year
    except (ValueError, OverflowError, OSError):
        # A file system gives such dates where a clock was wrong; a document is indexed all the same.
        return None


def _as_payload(found: _Derived) -> dict[str, Any]:
    folders, year = found
    return {FOLDERS: list(folders), MODIFIED_YEAR: year}


def _set(found: _Derived, point_ids: list[Any]) -> models.SetPayloadOperation:
    return models.SetPayloadOperation(
        set_payload=models.SetPayload(payload=_as_payload(found), points=point_ids)
    )

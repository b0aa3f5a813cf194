"""Sources and collections."""

from typing import Any

from folio.client.calls.building import fetched, keyed, matching, part, posted, reading, removed
from folio.client.flows import Call
from folio.client.models.base import Page
from folio.client.models.sources import Collection, Source
from folio.client.wire import Request, given


def list_sources(*, limit: int = 50, cursor: str | None = None) -> Call[Page[Source]]:
    """A page of the tenant's sources; `sources` goes through all pages."""
    return fetched("/v1/sources", Page[Source], given(limit=limit, cursor=cursor))


def source(source_id: str) -> Call[Source]:
    """One source."""
    return fetched(f"/v1/sources/{part(source_id)}", Source)


def add_source(
    root: str, *, name: str | None = None, idempotency_key: str | None = None, **options: Any
) -> Call[Source]:
    """Add a folder of the service's machine, or a URL; the next sync indexes its files.

    Args:
        root: Path or URL.
        name: Left out: made from the last part of the root.
        idempotency_key: As for `submit`.
        **options: What is said for this source alone, as `tier="internal"` or `groups=["staff"]`.
    """
    body = given(root=root, name=name, **options)
    return posted("/v1/sources", Source, body, headers=keyed(idempotency_key))


def change_source(source_id: str, *, if_match: str | None = None, **changes: Any) -> Call[Source]:
    """Change name and options of a source; None takes an option back, what is left out stays.

    Args:
        source_id: Of the source.
        if_match: `etag` of the source as it was seen: if it has changed since, nothing is done.
        **changes: As for `add_source`.
    """
    path, headers = f"/v1/sources/{part(source_id)}", matching(if_match)
    # Set to the same again is the same; but with a tag, the second try would meet the first one's change.
    request = Request("PATCH", path, body=changes, headers=headers, is_repeatable=if_match is None)
    return Call(request, reading(Source))


def remove_source(source_id: str, *, if_match: str | None = None) -> Call[None]:
    """Take a source's documents out of the index and forget it. Its files stay."""
    return removed(f"/v1/sources/{part(source_id)}", matching(if_match))


def list_collections(*, limit: int = 50, cursor: str | None = None) -> Call[Page[Collection]]:
    """A page of what the caller can search: `all`, and each source that has a document for it."""
    return fetched("/v1/collections", Page[Collection], given(limit=limit, cursor=cursor))


def collection(collection_id: str) -> Call[Collection]:
    """One collection."""
    return fetched(f"/v1/collections/{part(collection_id)}", Collection)

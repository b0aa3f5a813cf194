"""Search."""

from collections.abc import Mapping, Sequence
from typing import Any

from folio.client.calls.building import posted
from folio.client.flows import Call
from folio.client.models.search import SearchBatch, SearchResponse
from folio.client.wire import given

Json = Mapping[str, Any]


def search(  # noqa: PLR0913 - each is an option of its own
    query: str,
    *,
    limit: int = 10,
    filters: Json | None = None,
    where: Json | None = None,
    prefer: Json | None = None,
    group_by: str | None = None,
    group_size: int | None = None,
    facets: Sequence[str] = (),
    facet_limit: int | None = None,
    highlight: bool | None = None,
    explain: bool | None = None,
    explain_document: str | None = None,
    restore: bool | None = None,
) -> Call[SearchResponse]:
    """The best passages that the caller may read, by meaning and by words.

    Args:
        query: A question, or words.
        limit: Most hits; with `group_by` most documents.
        filters: Fields that a hit must have, as `{"mime_type": "application/pdf"}`.
        where: A filter as a tree, as `{"type": "in", "key": "source_id", "value": [...]}`.
        prefer: A filter like `where` that is left out, with a note, if nothing meets it.
        group_by: `document`: answer with documents, each with its best passages.
        group_size: With `group_by`: most passages of a document.
        facets: Count the documents that meet the filter by these fields, as `mime_type`.
        facet_limit: Most values named of each facet.
        highlight: Say where words of the query stand in every hit.
        explain: Return what every stage of the search found.
        explain_document: Return why this document is where it is, or is not among the hits.
        restore: Turn pseudonyms back; needs the scope `pii:read`.
    """
    body = given(
        query=query,
        limit=limit,
        filters=filters,
        where=where,
        prefer=prefer,
        group_by=group_by,
        group_size=group_size,
        facets=list(facets) or None,
        facet_limit=facet_limit,
        highlight=highlight,
        explain=explain,
        explain_document=explain_document,
        restore=restore,
    )
    return posted("/v1/search", SearchResponse, body)


def search_batch(searches: Sequence[Json]) -> Call[SearchBatch]:
    """Several searches at once, each with the arguments of `search` as a mapping, and each with a result or a problem of its own."""
    return posted("/v1/search/batch", SearchBatch, {"searches": [dict(one) for one in searches]})

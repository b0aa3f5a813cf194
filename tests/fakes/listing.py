"""Listings over records in memory."""

from collections import defaultdict
from collections.abc import Iterable

from core.access import Principal
from core.documents import DocumentRecord, DocumentState
from core.listing import DocumentQuery, SourceCount, place_of


class FakeListing:
    """Implements DocumentListing over the records that it is given."""

    def __init__(self, records: Iterable[DocumentRecord]) -> None:
        self._records = list(records)

    async def listed(self, principal: Principal, query: DocumentQuery) -> list[DocumentRecord]:
        def key(record: DocumentRecord) -> tuple:  # type: ignore[type-arg]
            place = place_of(record, query.order)
            return (place.value, place.doc_id)

        found = [row for row in self._readable(principal) if _meets(row, query)]
        found.sort(key=key, reverse=query.descending)
        if query.after is not None:
            here = (query.after.value, query.after.doc_id)
            found = [row for row in found if (key(row) < here if query.descending else key(row) > here)]
        return found[: query.limit]

    async def counts(self, principal: Principal) -> dict[str, SourceCount]:
        rows = defaultdict(list)
        for row in self._readable(principal):
            if row.state is DocumentState.INDEXED:
                rows[row.source_id].append(row)
        return {source_id: _count(found) for source_id, found in rows.items()}

    def _readable(self, principal: Principal) -> list[DocumentRecord]:
        return [row for row in self._records if row.access.readable_by(principal)]


def _meets(row: DocumentRecord, query: DocumentQuery) -> bool:
    words = query.words.lower()
    return (
        (not query.states or row.state in query.states)
        and (not query.source_ids or row.source_id in query.source_ids)
        and (not query.mime_types or row.mime_type in query.mime_types)
        and row.path.startswith(query.path_prefix)
        and (words in row.title.lower() or words in row.path.lower())
        and (
            query.updated_after is None
            or (row.updated_at is not None and row.updated_at >= query.updated_after)
        )
        and (
            query.updated_before is None
            or (row.updated_at is not None and row.updated_at < query.updated_before)
        )
    )


def _count(rows: list[DocumentRecord]) -> SourceCount:
    times = [row.updated_at for row in rows if row.updated_at]
    return SourceCount(len(rows), sum(row.chunk_count for row in rows), max(times, default=None))

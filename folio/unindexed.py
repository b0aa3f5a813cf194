"""Documents that could not be indexed: which there are, and what a sync has to cover to try them again."""

import os
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Sequence
from pathlib import Path

from core.documents import DocumentRecord, DocumentState, Source, SourceKind
from core.errors import NotFoundError
from core.ports import DocumentCatalog
from core.reviews import Place, ReviewKind, Reviews, ReviewState
from ingest.sources.targets import SyncTarget
from ingest.veils import Veils

_PAGE_COUNT = 500


async def all_documents(
    catalog: DocumentCatalog, tenant: str, *, states: Collection[DocumentState]
) -> AsyncIterator[DocumentRecord]:
    """Every document of a tenant in one of the states, by id, read a page at a time."""
    after: str | None = None
    while page := await catalog.page(tenant, limit=_PAGE_COUNT, after=after, states=states):
        for record in page:
            yield record
        after = page[-1].doc_id


async def documents_of(
    catalog: DocumentCatalog, tenants: Collection[str], *, states: Collection[DocumentState]
) -> AsyncIterator[DocumentRecord]:
    """Every document of some tenants in one of the states, one tenant after the other."""
    for tenant in tenants:
        async for record in all_documents(catalog, tenant, states=states):
            yield record


async def failed_targets(
    catalog: DocumentCatalog,
    sources: Sequence[Source],
    *,
    tenants: Collection[str],
    paths: Sequence[Path],
    veils: Veils | None = None,
    rejected: Collection[str] = (),
) -> list[SyncTarget]:
    """Exactly the documents of these tenants, at or below the paths, that failed or are in quarantine.

    Without a path all of them but the `rejected`, whose ids a reviewer has decided to leave where they are. A path may be as it is
    on disk, or veiled.

    Raises:
        NotFoundError: There are none at one of the paths.
    """
    known = {source.source_id: source for source in sources}
    wanted = {_absolute(path): path for path in paths}
    unmet = set(wanted)
    stored = {
        source.source_id: {path: _as_stored(path, source, veils) for path in wanted} for source in sources
    }
    only: dict[str, list[str]] = defaultdict(list)
    states = (DocumentState.FAILED, DocumentState.QUARANTINED)
    async for record in documents_of(catalog, tenants, states=states):
        if not wanted and record.doc_id in rejected:
            continue
        source = known[record.source_id]
        file = Path(source.root) if source.kind is SourceKind.JSONL else Path(source.root) / record.path
        around = {path for path, kept in stored[record.source_id].items() if file.is_relative_to(kept)}
        unmet -= around
        if around or not wanted:
            only[record.source_id].append(record.path)
    if unmet:
        names = ", ".join(sorted(str(wanted[path]) for path in unmet))
        raise NotFoundError(
            f"nothing failed or is in quarantine at {names}: `folio quarantine` lists what is"
        )
    return [SyncTarget(known[source_id], tuple(rows)) for source_id, rows in only.items()]


async def rejected_documents(reviews: Reviews, tenants: Collection[str]) -> set[str]:
    """The documents of these tenants that a reviewer has rejected as their bytes are."""
    found: set[str] = set()
    states, kinds = (ReviewState.REJECTED,), (ReviewKind.DOCUMENT,)
    for tenant in tenants:
        after: Place | None = None
        while page := await reviews.page(tenant, limit=_PAGE_COUNT, after=after, states=states, kinds=kinds):
            found |= {item.object for item in page}
            after = Place(page[-1].created_at, page[-1].item_id)
    return found


def _as_stored(path: Path, source: Source, veils: Veils | None) -> Path:
    """The path as the catalog would have it, if it lies in the source: without personal data in its names."""
    veil = veils.of(source) if veils and source.kind is SourceKind.FOLDER else None
    if veil is None or not path.is_relative_to(source.root):
        return path
    return Path(source.root) / veil.path(path.relative_to(source.root).as_posix())


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - collapses '..' without following links

"""Which files are new, changed, gone or as they were. Pure: it reads neither files nor the catalog."""

from collections.abc import Mapping

from core.documents import Candidate, DocumentRecord, DocumentState, Source
from ingest.plan import Change, Diff, Refused
from ingest.sources.access import has_front_matter
from ingest.sources.scan import Scan, coverage
from ingest.sources.stamps import unlike

_NOT_INDEXED = {DocumentState.FAILED, DocumentState.QUARANTINED}


def needs_reading(candidate: Candidate, record: DocumentRecord | None) -> bool:
    """Whether only the file's bytes can tell if it changed.

    Size and time decide where they can. Markdown may state its own access label, so a label that differs from the
    recorded one proves nothing before the file is read. A new file is read when it is indexed.
    """
    if record is None or candidate.content_hash is not None:
        return False
    if not same_stamp(candidate, record):
        return True
    return has_front_matter(candidate.path) and candidate.access != record.access


def diff(
    scan: Scan,
    *,
    source: Source,
    records: Mapping[str, DocumentRecord],
    fingerprint: str,
    only: tuple[str, ...] | None = None,
    again: bool = False,
) -> Diff:
    """Compare a scan with the records of its source, by path.

    Candidates for which `needs_reading` holds must carry the hash and label of their bytes. Records outside `only`, and
    all records if the scan is incomplete, are left alone. With `again` no failure is taken as known.
    """
    changes: dict[str, list[Change]] = {
        kind: [] for kind in ("added", "modified", "unchanged", "failed", "removed")
    }
    for candidate in scan.candidates:
        change = Change(source, candidate, records.get(candidate.path), again=again)
        changes[kind_of(change, fingerprint)].append(change)
    refused = [
        Refused(Change(source, row.candidate, records.get(row.candidate.path)), row.reason, row.hides)
        for row in scan.refusals
    ]
    known = [row.change for row in refused if _is_recorded(row) and not again]
    removed = [change.record for change in changes["removed"] if change.record]
    return Diff(
        added=tuple(changes["added"]),
        modified=tuple(changes["modified"]),
        unchanged=tuple(changes["unchanged"]),
        refused=tuple(row for row in refused if again or not _is_recorded(row)),
        known_failures=(*changes["failed"], *known),
        deleted=(*removed, *_gone(scan, records=records, only=only)),
    )


def deleted_on_request(record: DocumentRecord) -> bool:
    """Whether a user had this document removed; its file, if it is still there, stays out until it changes."""
    removed = record.state in {DocumentState.DELETED, DocumentState.DELETING}
    return removed and record.reason is not None and record.content_hash is not None


def same_stamp(candidate: Candidate, record: DocumentRecord) -> bool:
    """Whether size and time of the file are those recorded."""
    return (candidate.size_bytes, candidate.modified_ns) == (record.size_bytes, record.modified_ns)


def kind_of(change: Change, fingerprint: str) -> str:
    """What is to be done with a file: it is `added`, `modified`, `unchanged`, `failed` before in the same way, or `removed`.

    Removed is one whose removal on request was interrupted.
    """
    candidate, record = change.candidate, change.record
    if record is None:
        return "added"
    same_bytes = _same_bytes(candidate, record)
    if deleted_on_request(record) and same_bytes:
        # A removal that was interrupted is finished; one that is done stands.
        return "removed" if record.state is DocumentState.DELETING else "unchanged"
    if record.state is DocumentState.DELETED:
        return "added"
    settled = record.state in {DocumentState.INDEXED, *_NOT_INDEXED}
    same = same_bytes and record.fingerprint == fingerprint and record.access == candidate.access
    failed = record.state in _NOT_INDEXED
    if not settled or not same or (failed and change.again):
        return "modified"
    return "failed" if failed else "unchanged"


def _same_bytes(candidate: Candidate, record: DocumentRecord) -> bool:
    if record.content_hash is None:
        return False
    if candidate.content_hash is not None:
        return candidate.content_hash == record.content_hash
    # A time that was recorded as one to be doubted has been looked into by now (`needs_reading`), or was recorded by a
    # run that read the file after this scan.
    times_ns = {candidate.modified_ns, unlike(candidate.modified_ns)}
    return candidate.size_bytes == record.size_bytes and record.modified_ns in times_ns


def _gone(
    scan: Scan, *, records: Mapping[str, DocumentRecord], only: tuple[str, ...] | None
) -> list[DocumentRecord]:
    if not scan.complete:
        return []
    found = {row.path for row in scan.candidates} | {row.candidate.path for row in scan.refusals}
    is_covered = coverage(only)
    return [
        record
        for path, record in records.items()
        if path not in found and is_covered(path) and record.state is not DocumentState.DELETED
    ]


def _is_recorded(refused: Refused) -> bool:
    record = refused.change.record
    if record is None or record.state not in _NOT_INDEXED:
        return False
    hidden = record.chunk_count == 0 or not refused.hides
    return hidden and (record.reason or "").startswith(refused.reason)

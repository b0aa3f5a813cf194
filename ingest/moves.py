"""Which new files are documents that have moved: the same bytes, at another path than before. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from core.documents import DocumentRecord, DocumentState, ParsedDocument
from core.ports import Redactor
from ingest.plan import Change


def may_have_moved(record: DocumentRecord, *, fingerprint: str) -> bool:
    """Whether what is stored of a document whose file is gone could serve a new file with the same bytes."""
    return (
        record.state is DocumentState.INDEXED
        and record.fingerprint == fingerprint
        and record.chunk_count > 0
        # A line of a corpus has its id in its bytes: it cannot move.
        and record.external_id is None
    )


def find_moves(added: Sequence[Change], gone: Sequence[DocumentRecord], *, fingerprint: str) -> list[Change]:
    """The added files that are moved documents, with `moved_from` set.

    Among equal files those that keep their name are paired first, then the rest by source and path: the same files give
    the same pairs. Files without a hash have not moved.
    """
    origins = _by_bytes([record for record in gone if may_have_moved(record, fingerprint=fingerprint)])
    files = sorted(
        (change for change in added if change.candidate.external_id is None),
        key=lambda change: (change.source.source_id, change.candidate.path),
    )
    moved: list[Change] = []
    for same_name in (True, False):
        paired = {change.doc_id for change in moved}
        for change in files:
            waiting = origins.get((change.source.tenant, change.candidate.content_hash), [])
            origin = next((row for row in waiting if not same_name or _same_name(row, change)), None)
            if origin is not None and change.doc_id not in paired:
                waiting.remove(origin)
                moved.append(replace(change, moved_from=origin))
    return moved


def keeps_its_text(origin: DocumentRecord, path: str, *, redactor: Redactor) -> bool:
    """Whether parsing and redacting the same bytes at another path gives what is stored. Blocking.

    A parser takes from the path the suffix, and the stem for a title where the file states none: a title that is not the
    old stem is the file's own.
    """
    before, after = PurePosixPath(origin.path), PurePosixPath(path)
    if before.name == after.name:
        return True
    if before.suffix != after.suffix or origin.title == before.stem:
        return False
    stem = redactor.redact(ParsedDocument("", before.stem, origin.mime_type)).document.title
    return origin.title != stem


def _by_bytes(records: Sequence[DocumentRecord]) -> dict[tuple[str, str | None], list[DocumentRecord]]:
    found: dict[tuple[str, str | None], list[DocumentRecord]] = defaultdict(list)
    for record in sorted(records, key=lambda row: (row.source_id, row.path)):
        if record.content_hash is not None:
            found[record.tenant, record.content_hash].append(record)
    return found


def _same_name(record: DocumentRecord, change: Change) -> bool:
    return PurePosixPath(record.path).name == PurePosixPath(change.candidate.path).name

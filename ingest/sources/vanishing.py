"""A source that is gone, or suddenly empty, is not one whose documents were all deleted. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.documents import DocumentRecord, DocumentState, Source, SourceKind
from core.runs import FileFailure
from ingest.sources.scan import Scan
from ingest.sources.stamps import NS_PER_S

_OUT = {DocumentState.DELETING, DocumentState.DELETED}


def checked(
    scan: Scan, *, source: Source, records: Mapping[str, DocumentRecord], allow_empty: bool = False
) -> tuple[Scan, tuple[FileFailure, ...]]:
    """The scan to go by, and why documents of the source cannot be reached, if they cannot.

    A source that is not there, or a folder with nothing in it, deletes nothing while the catalog has documents of it,
    unless `allow_empty` says that this is wanted. A folder that was emptied by hand is believed: taking a file away gives a
    folder a new time, and where another disk was mounted before, the time is older than the documents. Of what has no
    such time (a corpus, a remote place) nothing is believed.
    """
    known = [record for record in records.values() if record.state not in _OUT]
    if scan.is_missing:
        if allow_empty:
            return replace(scan, failures=(), complete=True, is_missing=False), ()
        gone = tuple(_missing(failure, source=source, known_count=len(known)) for failure in scan.failures)
        return replace(scan, failures=gone), gone
    if allow_empty or not scan.complete:
        return scan, ()
    lost = tuple(
        _emptied(folder, source=source, known_count=len(inside))
        for folder, changed_ns in sorted(scan.empty_folders.items())
        if (inside := [row for row in known if row.path.startswith(folder)])
        and not _emptied_by_hand(changed_ns, inside)
    )
    return (replace(scan, complete=False, failures=scan.failures + lost) if lost else scan), lost


def _emptied_by_hand(changed_ns: int | None, known: Sequence[DocumentRecord]) -> bool:
    """Whether something was taken out of a folder since the first of its documents was indexed."""
    if changed_ns is None:
        return False
    times_s = [record.updated_at.timestamp() for record in known if record.updated_at]
    return changed_ns > min(times_s, default=0.0) * NS_PER_S


def _missing(failure: FileFailure, *, source: Source, known_count: int) -> FileFailure:
    return FileFailure(
        failure.path,
        f"{failure.reason}{_kept(known_count, source=source)}" if known_count else failure.reason,
    )


def _emptied(folder: str, *, source: Source, known_count: int) -> FileFailure:
    what = "the corpus has no line" if source.kind is SourceKind.JSONL else "there is nothing in it"
    return FileFailure(
        f"{source.root.rstrip('/')}/{folder}".rstrip("/"),
        f"{what}, and nobody was seen to take anything away{_kept(known_count, source=source)}",
    )


def _kept(known_count: int, *, source: Source) -> str:
    documents = "its document stays" if known_count == 1 else f"its {known_count} documents stay"
    wanted = (
        f"--source {source.name}" if source.kind is SourceKind.REMOTE and source.name else f"'{source.root}'"
    )
    return (
        f"; {documents} searchable. Mount or reconnect it; if it is empty on purpose: "
        f"folio ingest --allow-empty {wanted}"
    )

"""Documents that the catalog has under another path than their files have now, because names are veiled otherwise. Pure.

Their paths were clear before names were veiled, or veiled by another key, or the source's policy was changed. They are moves
that no bytes and no pipeline can tell: the new document is indexed first, and the old one goes then.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core import ids
from core.documents import DocumentRecord, DocumentState
from ingest.diff import deleted_on_request
from ingest.pii.file_names import Veil, is_veiled
from ingest.plan import Change, Diff


@dataclass(frozen=True, slots=True)
class Known:
    """The records of a source by veiled path. `clear` are those whose own path says more than it may."""

    records: dict[str, DocumentRecord]
    clear: dict[str, DocumentRecord] = field(default_factory=dict)

    @property
    def by_path(self) -> dict[str, DocumentRecord]:
        """All of them, as if all paths were veiled."""
        renamed = {path: replace(record, path=path) for path, record in self.clear.items()}
        return renamed | self.records


def known(records: Mapping[str, DocumentRecord], veil: Veil | None) -> Known:
    """The records, apart by whether their paths are veiled. What was removed on request stays so at the veiled path."""
    found = Known({path: record for path, record in records.items() if _is_fine(path, veil)})
    if veil is None:
        return found
    for path, record in records.items():
        veiled = veil.path(path)
        if veiled == path:
            continue
        if record.state is DocumentState.DELETED:
            found.records.setdefault(veiled, stand_in(record, path=veiled))
        else:
            found.clear[veiled] = record
    return found


def stand_in(record: DocumentRecord, *, path: str) -> DocumentRecord:
    """The record at another path of a document that was removed on request: its file stays out until it changes."""
    return replace(
        record,
        doc_id=ids.doc_id(record.source_id, path),
        path=path,
        state=DocumentState.DELETED,
        external_id=None if record.external_id is None else path,
        title="",
        version=0,
        artifact_key=None,
        retired_keys=(),
        chunk_count=0,
        token_count=0,
        redaction_counts={},
    )


def renamed(
    part: Diff, clear: Mapping[str, DocumentRecord], *, is_gone: Collection[str]
) -> tuple[Diff, tuple[Change, ...]]:
    """The rest of a diff, and the changes that are documents with a clear path. `is_gone`: veiled paths without a file.

    A removal on request that was interrupted is finished first.
    """
    if not clear:
        return part, ()
    added, moved = [], []
    for change in part.added:
        record = clear.get(change.candidate.path)
        if record is None:
            added.append(change)
        elif not deleted_on_request(record):
            moved.append(replace(change, moved_from=record))
    paired = {change.candidate.path for change in moved}
    there = {
        change.candidate.path
        for change in (*part.added, *part.modified, *part.unchanged, *part.known_failures)
    }
    there |= {refused.change.candidate.path for refused in part.refused}
    going = [
        record for path, record in clear.items() if path not in paired and (path in there or path in is_gone)
    ]
    return replace(part, added=tuple(added), deleted=(*part.deleted, *going)), tuple(moved)


def may_have_other_name(record: DocumentRecord, *, fingerprints: Collection[str]) -> bool:
    """Whether a document whose file is gone may be there under a name that was veiled otherwise."""
    return (
        record.state is DocumentState.INDEXED
        and record.fingerprint not in fingerprints
        and is_veiled(record.path)
    )


def find_renamed(added: Sequence[Change], gone: Sequence[DocumentRecord]) -> list[Change]:
    """The added files whose bytes a document of the same source had, with `moved_from` set; by path, each once."""
    waiting: dict[tuple[str, str], list[DocumentRecord]] = defaultdict(list)
    for record in sorted(gone, key=lambda row: row.path):
        if record.content_hash is not None:
            waiting[record.source_id, record.content_hash].append(record)
    moved = []
    for change in sorted(added, key=lambda row: (row.source.source_id, row.candidate.path)):
        origins = waiting.get((change.source.source_id, change.candidate.content_hash or ""))
        if origins:
            moved.append(replace(change, moved_from=origins.pop(0)))
    return moved


def _is_fine(path: str, veil: Veil | None) -> bool:
    return veil is None or veil.path(path) == path

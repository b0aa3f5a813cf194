from dataclasses import replace
from typing import Any

import pytest

from core import ids
from core.access import AccessLabel, Tier
from core.documents import Candidate, DocumentRecord, DocumentState, Source, SourceKind
from ingest.diff import diff, needs_reading
from ingest.plan import Diff
from ingest.sources.scan import Refusal, Scan

SOURCE = Source("s", SourceKind.FOLDER, "/docs")
HASH, OTHER_HASH = ids.content_hash(b"one"), ids.content_hash(b"two")
SECRET = AccessLabel(tier=Tier.RESTRICTED)


def file(path: str = "a.txt", **changes: Any) -> Candidate:
    return replace(Candidate(path, 3, 100), **changes)


def record(path: str = "a.txt", **changes: Any) -> DocumentRecord:
    known = DocumentRecord(
        ids.doc_id("s", path),
        "s",
        "default",
        path,
        DocumentState.INDEXED,
        content_hash=HASH,
        fingerprint="now",
        version=1,
        size_bytes=3,
        modified_ns=100,
        chunk_count=1,
    )
    return replace(known, **changes)


def compare(*files: Candidate, known: tuple[DocumentRecord, ...] = (), **options: Any) -> Diff:
    scan = Scan(files, options.pop("refusals", ()), complete=options.pop("complete", True))
    records = {row.path: row for row in known}
    return diff(scan, source=SOURCE, records=records, fingerprint="now", **options)


def kinds(result: Diff) -> dict[str, list[str]]:
    """The paths in each part that is not empty."""
    changes = {
        "added": result.added,
        "modified": result.modified,
        "unchanged": result.unchanged,
        "known_failures": result.known_failures,
    }
    found = {name: [change.candidate.path for change in rows] for name, rows in changes.items() if rows}
    if result.refused:
        found["refused"] = [row.change.candidate.path for row in result.refused]
    if result.deleted:
        found["deleted"] = [row.path for row in result.deleted]
    return found


FAILED = {"state": DocumentState.FAILED, "reason": "damaged"}
REMOVED = {"state": DocumentState.DELETED, "reason": "removed on request"}


@pytest.mark.parametrize(
    ("candidate", "known", "expected"),
    [
        (file(), (), "added"),
        (file(), record(), "unchanged"),
        (file(modified_ns=200, content_hash=HASH), record(), "unchanged"),
        (file(content_hash=OTHER_HASH), record(), "modified"),
        (file(), record(fingerprint="before"), "modified"),
        (file(access=SECRET), record(), "modified"),
        (file(), record(state=DocumentState.INDEXING), "modified"),
        (file(), record(state=DocumentState.PENDING), "modified"),
        (file(), record(state=DocumentState.DELETING), "modified"),
        (file(), record(**FAILED), "known_failures"),
        (file(content_hash=OTHER_HASH), record(**FAILED), "modified"),
        (file(), record(**FAILED, access=SECRET), "modified"),
        (file(), record(**{**FAILED, "fingerprint": None}), "modified"),
        (file(), record(**{**FAILED, "content_hash": None}), "modified"),
        (file(), record(**REMOVED), "unchanged"),
        (file(), record(**REMOVED, fingerprint="before"), "unchanged"),
        (file(content_hash=OTHER_HASH), record(**REMOVED), "added"),
        (file(), record(state=DocumentState.DELETING, reason="removed on request"), "deleted"),
    ],
)
def test_one_file_falls_into_one_part(
    candidate: Candidate, known: DocumentRecord | tuple[()], expected: str
) -> None:
    assert kinds(compare(candidate, known=(known,) if known else ())) == {expected: ["a.txt"]}


def test_record_without_a_file_is_deleted() -> None:
    assert kinds(compare(known=(record(), record("b.txt", **FAILED)))) == {"deleted": ["a.txt", "b.txt"]}


def test_what_was_removed_on_request_is_not_deleted_twice() -> None:
    assert kinds(compare(known=(record(**REMOVED),))) == {}


def test_incomplete_scan_deletes_nothing() -> None:
    assert kinds(compare(file("b.txt"), known=(record(),), complete=False)) == {"added": ["b.txt"]}


def test_nothing_outside_the_covered_part_is_deleted() -> None:
    known = (record("sub/a.txt"), record("subway/b.txt"), record("c.txt"), record("d.txt"))
    assert kinds(compare(known=known, only=("sub/", "c.txt"))) == {"deleted": ["sub/a.txt", "c.txt"]}


def test_refused_file_is_neither_deleted_nor_forgotten() -> None:
    refusals = (Refusal(file(), "too large"),)
    assert kinds(compare(known=(record(),), refusals=refusals)) == {"refused": ["a.txt"]}


@pytest.mark.parametrize(
    ("hides", "chunk_count", "expected"),
    [(False, 1, "known_failures"), (True, 0, "known_failures"), (True, 1, "refused")],
)
def test_recorded_refusal_is_work_only_while_something_has_to_be_hidden(
    hides: bool, chunk_count: int, expected: str
) -> None:
    known = record(state=DocumentState.FAILED, reason="too large", chunk_count=chunk_count)
    refusals = (Refusal(file(), "too large", hides=hides),)
    assert kinds(compare(known=(known,), refusals=refusals)) == {expected: ["a.txt"]}


@pytest.mark.parametrize(
    ("candidate", "known", "expected"),
    [
        (file(), None, False),
        (file(), record(), False),
        (file(size_bytes=4), record(), True),
        (file(modified_ns=101), record(), True),
        (file(modified_ns=101, content_hash=HASH), record(), False),
        (file(access=SECRET), record(), False),
        (file("a.md", access=SECRET), record("a.md"), True),
    ],
)
def test_file_is_read_only_where_its_stamp_cannot_tell(
    candidate: Candidate, known: DocumentRecord | None, expected: bool
) -> None:
    assert needs_reading(candidate, known) is expected

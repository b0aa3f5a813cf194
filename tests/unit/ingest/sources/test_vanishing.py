"""A source that is gone or suddenly empty deletes nothing, unless somebody says that it is wanted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.documents import DocumentRecord, DocumentState, Source, SourceKind
from core.runs import FileFailure
from ingest.sources.scan import Scan
from ingest.sources.stamps import NS_PER_S
from ingest.sources.vanishing import checked

INDEXED = datetime(2026, 5, 1, 12, tzinfo=UTC)
BEFORE, AFTER = (int((INDEXED + timedelta(seconds=shift)).timestamp()) * NS_PER_S for shift in (-1, 1))
FOLDER = Source("s", SourceKind.FOLDER, "/mnt/docs", name="docs")
BUCKET = Source("s", SourceKind.REMOTE, "s3://b/docs", name="bucket")
MISSING = Scan(
    failures=(FileFailure("/mnt/docs", "the folder is not there"),), complete=False, is_missing=True
)


def records(*paths: str, state: DocumentState = DocumentState.INDEXED) -> dict[str, DocumentRecord]:
    row = DocumentRecord("id", "s", "default", "", state, updated_at=INDEXED)
    return {path: replace(row, doc_id=path, path=path) for path in paths}


def emptied(folder: str, changed_ns: int | None) -> Scan:
    return Scan(empty_folders={folder: changed_ns})


def test_a_missing_source_is_unreachable_and_the_way_out_is_named() -> None:
    scan, [failure] = checked(MISSING, source=FOLDER, records=records("a", "b"))
    assert (scan.complete, scan.failures) == (False, (failure,))
    assert "its 2 documents stay searchable" in failure.reason
    assert "folio ingest --allow-empty '/mnt/docs'" in failure.reason


def test_a_missing_source_without_documents_is_told_as_it_is() -> None:
    _, [failure] = checked(MISSING, source=FOLDER, records=records("a", state=DocumentState.DELETED))
    assert failure.reason == "the folder is not there"


def test_an_unmounted_folder_is_older_than_its_documents() -> None:
    scan, [failure] = checked(emptied("", BEFORE), source=FOLDER, records=records("a"))
    assert (scan.complete, failure.path) == (False, "/mnt/docs")
    assert "nobody was seen to take anything away; its document stays searchable" in failure.reason


def test_a_folder_that_was_emptied_by_hand_is_believed() -> None:
    scan, unreachable = checked(emptied("", AFTER), source=FOLDER, records=records("a"))
    assert (scan.complete, unreachable) == (True, ())


def test_a_folder_that_was_never_full_is_no_failure() -> None:
    assert checked(emptied("old/", BEFORE), source=FOLDER, records=records("a"))[1] == ()


def test_a_disk_inside_a_source_that_is_unmounted_counts_too() -> None:
    scan, [failure] = checked(emptied("disk/", BEFORE), source=FOLDER, records=records("a", "disk/b"))
    assert (scan.complete, failure.path) == (False, "/mnt/docs/disk")


def test_of_a_remote_place_and_a_corpus_no_emptiness_is_believed() -> None:
    _, [failure] = checked(emptied("", None), source=BUCKET, records=records("a"))
    assert "folio ingest --allow-empty --source bucket" in failure.reason
    corpus = Source("s", SourceKind.JSONL, "/c.jsonl")
    _, [failure] = checked(emptied("", None), source=corpus, records=records("a"))
    assert failure.reason.startswith("the corpus has no line")


@pytest.mark.parametrize("scan", [MISSING, emptied("", BEFORE), emptied("", None)])
def test_emptiness_that_is_wanted_is_believed(scan: Scan) -> None:
    trusted, unreachable = checked(scan, source=FOLDER, records=records("a"), allow_empty=True)
    assert (trusted.complete, trusted.failures, unreachable) == (True, (), ())


def test_an_incomplete_scan_stays_incomplete() -> None:
    scan = replace(emptied("", BEFORE), complete=False)
    for allow_empty in (False, True):
        assert checked(scan, source=FOLDER, records=records("a"), allow_empty=allow_empty) == (scan, ())

"""Comparing any scan with any catalog: every file is told once, and a second sync has nothing to do."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core import ids
from core.access import AccessLabel, Tier
from core.documents import Candidate, DocumentRecord, DocumentState, Source, SourceKind
from ingest.diff import deleted_on_request, diff
from ingest.plan import Change, Diff
from ingest.sources.scan import Refusal, Scan, covers

SOURCE = Source("s", SourceKind.FOLDER, "/docs")
PATHS = ["a.txt", "b.md", "sub/c.txt", "sub/deep/d.txt", "subway/e.txt"]
hashes = st.sampled_from([ids.content_hash(b"1"), ids.content_hash(b"2")])
labels = st.sampled_from([AccessLabel(), AccessLabel(tier=Tier.RESTRICTED)])
parts = st.none() | st.lists(st.sampled_from([*PATHS, "sub/"]), unique=True).map(tuple)


@st.composite
def records(draw: st.DrawFn) -> dict[str, DocumentRecord]:
    found = {}
    for path in draw(st.lists(st.sampled_from(PATHS), unique=True)):
        record = DocumentRecord(
            ids.doc_id("s", path),
            "s",
            "default",
            path,
            draw(st.sampled_from(DocumentState)),
            reason=draw(st.sampled_from([None, "why"])),
            content_hash=draw(st.none() | hashes),
            fingerprint=draw(st.sampled_from([None, "before", "now"])),
            access=draw(labels),
            chunk_count=draw(st.integers(0, 1)),
        )
        # The catalog does not tell of documents that a sync deleted.
        if record.state is not DocumentState.DELETED or deleted_on_request(record):
            found[path] = record
    return found


@st.composite
def scans(draw: st.DrawFn, only: tuple[str, ...] | None) -> Scan:
    covered = [path for path in PATHS if covers(only, path)]
    found = draw(st.lists(st.sampled_from(covered), unique=True)) if covered else []
    files = [Candidate(path, 1, 1, content_hash=draw(hashes), access=draw(labels)) for path in found]
    count = draw(st.integers(0, len(files)))
    refusals = tuple(Refusal(file, "why", hides=draw(st.booleans())) for file in files[:count])
    return Scan(tuple(files[count:]), refusals, complete=draw(st.booleans()))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Scan, dict[str, DocumentRecord], tuple[str, ...] | None]:
    only = draw(parts)
    return draw(scans(only)), draw(records()), only


def compared(scan: Scan, known: dict[str, DocumentRecord], only: tuple[str, ...] | None) -> Diff:
    return diff(scan, source=SOURCE, records=known, fingerprint="now", only=only)


def changes(found: Diff) -> list[Change]:
    refused = [row.change for row in found.refused]
    return [*found.added, *found.modified, *found.unchanged, *found.known_failures, *refused]


@given(worlds())
def test_every_file_is_in_exactly_one_part(world) -> None:
    scan, known, only = world
    found = compared(scan, known, only)
    files = [row.path for row in scan.candidates] + [row.candidate.path for row in scan.refusals]
    half_removed = [row.path for row in found.deleted if row.path in files]
    assert sorted([row.candidate.path for row in changes(found)] + half_removed) == sorted(files)
    assert all(known[path].state is DocumentState.DELETING for path in half_removed)


@given(worlds())
def test_only_covered_records_of_a_complete_scan_that_have_no_file_are_deleted(world) -> None:
    scan, known, only = world
    files = {row.path for row in scan.candidates} | {row.candidate.path for row in scan.refusals}
    gone = [row for row in compared(scan, known, only).deleted if row.path not in files]
    expected = [
        row
        for path, row in known.items()
        if scan.complete
        and covers(only, path)
        and path not in files
        and row.state is not DocumentState.DELETED
    ]
    assert gone == expected


@given(worlds())
def test_sync_after_a_sync_has_nothing_to_do(world) -> None:
    scan, known, only = world
    again = compared(scan, executed(compared(scan, known, only), known), only)
    assert (again.added, again.modified, again.refused, again.deleted) == ((), (), (), ())


def executed(found: Diff, known: dict[str, DocumentRecord]) -> dict[str, DocumentRecord]:
    """The records after everything in the diff was done."""
    after = {
        **known,
        **{change.candidate.path: indexed(change) for change in (*found.added, *found.modified)},
    }
    for row in found.refused:
        path = row.change.candidate.path
        chunk_count = 0 if row.hides else indexed(row.change).chunk_count
        failed = replace(indexed(row.change), state=DocumentState.FAILED, reason=row.reason)
        after[path] = replace(failed, chunk_count=chunk_count)
    for record in found.deleted:
        if deleted_on_request(record):
            after[record.path] = replace(record, state=DocumentState.DELETED)
        else:
            del after[record.path]
    return after


def indexed(change: Change) -> DocumentRecord:
    path, candidate = change.candidate.path, change.candidate
    return DocumentRecord(
        ids.doc_id("s", path),
        "s",
        "default",
        path,
        DocumentState.INDEXED,
        content_hash=candidate.content_hash,
        fingerprint="now",
        access=candidate.access,
        chunk_count=1,
    )

"""Which documents wait for the release of other settings, and which never do."""

from dataclasses import replace

import pytest

from core.access import AccessLabel, Tier
from core.documents import Candidate, DocumentRecord, DocumentState, Source, SourceKind
from core.search import ChunkPoint
from folio.holding import made_anew, with_other_redaction, without
from ingest.plan import Change, SyncPlan
from tests.contract.chunk_points import chunk

SOURCE = Source("s", SourceKind.FOLDER, "/docs")
CANDIDATE = Candidate("a.md", 10, 100)
RECORD = DocumentRecord(
    "d",
    "s",
    "default",
    "a.md",
    DocumentState.INDEXED,
    content_hash="h",
    fingerprint="before",
    size_bytes=10,
    modified_ns=100,
)
CHANGE = Change(SOURCE, CANDIDATE, RECORD)


def plan(*changes: Change) -> SyncPlan:
    return SyncPlan((), {"s": "now"}, modified=changes, unchanged_count=2)


def test_a_file_that_is_as_it_was_is_held_back_and_counts_as_unchanged() -> None:
    found = plan(CHANGE)
    assert made_anew(found) == (CHANGE,)
    held = without(found, [CHANGE])
    assert (held.modified, held.held, held.unchanged_count, held.work_count) == ((), (CHANGE,), 3, 0)
    assert held.file_count == found.file_count


@pytest.mark.parametrize(
    "change",
    [
        replace(CHANGE, candidate=replace(CANDIDATE, modified_ns=200)),
        replace(CHANGE, candidate=replace(CANDIDATE, content_hash="other")),
        replace(CHANGE, candidate=replace(CANDIDATE, access=AccessLabel(tier=Tier.RESTRICTED))),
        replace(CHANGE, record=replace(RECORD, fingerprint=None)),
        replace(CHANGE, record=replace(RECORD, fingerprint="now")),
        replace(CHANGE, record=replace(RECORD, state=DocumentState.FAILED)),
        replace(CHANGE, record=replace(RECORD, state=DocumentState.INDEXING)),
        replace(CHANGE, record=None),
        replace(CHANGE, again=True),
    ],
    ids=[
        *("another time", "other bytes", "another label", "asked for by an erasure", "by these settings"),
        *("failed before", "broken off", "new", "tried again"),
    ],
)
def test_what_is_not_only_a_matter_of_settings_goes_through(change: Change) -> None:
    assert made_anew(plan(change)) == ()


def test_a_file_that_was_touched_and_has_the_same_bytes_is_held_back() -> None:
    touched = replace(CHANGE, candidate=replace(CANDIDATE, modified_ns=200, content_hash="h"))
    assert made_anew(plan(touched)) == (touched,)


class Engine:
    """Redacts every source by `now`."""

    def redactor_of(self, source: Source) -> str:
        return "now"


class Points:
    """Chunks that went through one redactor; `asked` are the documents that were looked at."""

    def __init__(self, redaction: str) -> None:
        self.redaction, self.asked = redaction, []

    async def stored(self, doc_id: str) -> list[ChunkPoint]:
        self.asked.append(doc_id)
        return [replace(chunk(doc_id), active=True, redaction=self.redaction)]


def others(count: int) -> list[Change]:
    return [replace(CHANGE, candidate=replace(CANDIDATE, path=f"{number}.md")) for number in range(count)]


@pytest.mark.parametrize(("redaction", "is_free"), [("before", True), ("now", False)])
async def test_what_another_redaction_takes_out_does_not_stay_searchable(
    redaction: str, is_free: bool
) -> None:
    changes, points = others(3), Points(redaction)
    free = await with_other_redaction(changes, Engine(), points=points)  # type: ignore[arg-type]
    assert free == ({one.doc_id for one in changes} if is_free else set())
    assert len(points.asked) == 1, "one of those that the same pipeline has made stands for all"

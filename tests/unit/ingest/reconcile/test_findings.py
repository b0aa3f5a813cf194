from datetime import UTC, datetime, timedelta

import pytest

from core.documents import DocumentRecord, DocumentState
from core.inspection import PointGroup
from ingest.reconcile.findings import Finding, Problem, Repair, Survey, compare

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TEXT = "k1"


def record(state: DocumentState = DocumentState.INDEXED, **more) -> DocumentRecord:
    values = {"version": 2, "chunk_count": 3, "artifact_key": TEXT, "updated_at": NOW} | more
    return DocumentRecord("d", "s", "default", "a.txt", state, **values)


def points(count: int, *, version: int = 2, active: bool = True, current: bool = True) -> PointGroup:
    return PointGroup("new" if current else "old", current, "d", version, active, count)


def found(
    known: DocumentRecord | None,
    *groups: PointGroup,
    texts: tuple[str, ...] = (TEXT,),
    old: tuple[str, ...] = (),
    kept_since: datetime | None = None,
) -> list[tuple[Problem, Repair]]:
    return [
        (finding.problem, finding.repair)
        for finding in findings(known, *groups, texts=texts, old=old, kept_since=kept_since)
    ]


def findings(
    known: DocumentRecord | None,
    *groups: PointGroup,
    texts: tuple[str, ...] = (TEXT,),
    old: tuple[str, ...] = (),
    kept_since: datetime | None = None,
) -> list[Finding]:
    records = {known.doc_id: known} if known else {}
    given_up = NOW - timedelta(hours=1)
    return compare(Survey(records, groups, frozenset(texts), frozenset(old), given_up, kept_since))


EMPTIED = {"chunk_count": 0, "artifact_key": None}
LONG_AGO = {"updated_at": NOW - timedelta(hours=2)}
S, P, R = DocumentState, Problem, Repair


@pytest.mark.parametrize(
    ("known", "groups"),
    [
        (record(), [points(3)]),
        (record(S.FAILED), [points(3, version=1)]),
        (record(S.QUARANTINED, **EMPTIED), []),
        (record(S.DELETED, **EMPTIED), []),
        (record(S.INDEXING), [points(3, version=1), points(1, active=False)]),
        (record(S.DELETING), []),
        (record(), [points(3), points(3, version=1, current=False)]),
        (record(S.DELETED, **EMPTIED), [points(3, active=False), points(3, active=False, current=False)]),
    ],
    ids=[
        "indexed and whole",
        "failed, the version before it is visible",
        "quarantined without a version",
        "deleted",
        "being indexed",
        "being deleted",
        "whole, and still in a former model's collection",
        "deleted, and kept for a while",
    ],
)
def test_nothing_is_wrong(known: DocumentRecord, groups: list[PointGroup]) -> None:
    assert found(known, *groups, kept_since=NOW - timedelta(days=1)) == []


@pytest.mark.parametrize("kept_since", [None, NOW], ids=["nothing is kept", "its time is over"])
def test_points_of_a_deleted_document_are_orphans_when_they_are_not_kept(kept_since: datetime | None) -> None:
    groups = [points(3, active=False)]
    orphan = [(P.ORPHAN_POINTS, R.DELETE_POINTS)]
    assert found(record(S.DELETED, **EMPTIED), *groups, kept_since=kept_since) == orphan


def test_visible_points_of_a_deleted_document_are_orphans_at_once() -> None:
    groups = [points(2, active=False), points(1)]
    orphan = [(P.ORPHAN_POINTS, R.DELETE_POINTS)]
    assert found(record(S.DELETED, **EMPTIED), *groups, kept_since=NOW - timedelta(days=1)) == orphan


@pytest.mark.parametrize(
    ("known", "groups", "finding"),
    [
        (None, [points(1)], (P.ORPHAN_POINTS, R.DELETE_POINTS)),
        (None, [points(1, current=False)], (P.ORPHAN_POINTS, R.DELETE_POINTS)),
        (record(S.DELETED, **EMPTIED), [points(1, active=False)], (P.ORPHAN_POINTS, R.DELETE_POINTS)),
        (record(), [], (P.MISSING_POINTS, R.INDEX_AGAIN)),
        (record(), [points(2)], (P.MISSING_POINTS, R.INDEX_AGAIN)),
        (record(), [points(3, version=1)], (P.MISSING_POINTS, R.INDEX_AGAIN)),
        (record(), [points(3, current=False)], (P.MISSING_POINTS, R.INDEX_AGAIN)),
        (record(), [points(2), points(1, active=False)], (P.MISSING_POINTS, R.SHOW_VERSION)),
        (record(), [points(4)], (P.LEFTOVER_POINTS, R.SHOW_VERSION)),
        (record(), [points(3), points(2, version=1)], (P.LEFTOVER_POINTS, R.SHOW_VERSION)),
        (record(), [points(3), points(1, version=3, active=False)], (P.LEFTOVER_POINTS, R.SHOW_VERSION)),
        (record(S.FAILED), [points(2, version=1)], (P.MISSING_POINTS, R.HIDE)),
        (record(S.FAILED, **EMPTIED), [points(2, active=False)], (P.LEFTOVER_POINTS, R.DELETE_POINTS)),
        (record(S.INDEXING, **LONG_AGO), [], (P.STUCK, R.SYNC)),
        (record(S.DELETING, **LONG_AGO), [points(3)], (P.STUCK, R.SYNC)),
    ],
)
def test_what_is_wrong_is_found_once_with_its_repair(
    known: DocumentRecord | None, groups: list[PointGroup], finding: tuple[Problem, Repair]
) -> None:
    assert found(known, *groups) == [finding]


def test_the_version_to_show_of_a_failed_document_is_the_visible_one() -> None:
    groups = [points(3, version=1), points(2, version=2, active=False)]
    (finding,) = findings(record(S.FAILED), *groups)
    assert (finding.repair, finding.version) == (R.SHOW_VERSION, 1)


def test_a_document_without_its_text_is_indexed_again() -> None:
    assert found(record(), points(3), texts=()) == [(P.MISSING_TEXT, R.INDEX_AGAIN)]
    assert found(record(artifact_key=None), points(3)) == [(P.MISSING_TEXT, R.INDEX_AGAIN)]


def test_only_old_texts_that_nobody_has_are_unused() -> None:
    known = record(retired_keys=("k2",))
    assert found(known, points(3), old=(TEXT, "k2")) == []
    (finding,) = findings(known, points(3), texts=(TEXT, "k3", "k4"), old=("k3",))
    assert (finding.problem, finding.repair, finding.subject) == (P.UNUSED_TEXT, R.DELETE_TEXT, "k3")


def test_a_text_that_came_back_after_the_deletion_is_unused() -> None:
    known = record(S.DELETED, chunk_count=0, artifact_key=None, retired_keys=("k1",))
    assert found(known, old=("k1",)) == [(P.UNUSED_TEXT, R.DELETE_TEXT)]

"""When each check of the index passes. Real numbers in, pass or fail out."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from core.config import ReconcileSettings
from core.documents import DocumentState
from core.runs import RunRecord
from core.status import KnowledgeBaseStatus
from ingest.audit import IndexAudit
from ingest.reconcile.findings import Finding, Problem, Repair
from ingest.reconcile.reconciler import ReconcileReport
from pipelines.defs.corpus.verdicts import CHECKS, Evidence, Verdict

NOW = datetime(2026, 1, 2, tzinfo=UTC)
SYNCED = RunRecord("r", ("s",), NOW, NOW)
STATUS = KnowledgeBaseStatus("/home", "model", (), {DocumentState.INDEXED: 20}, 100, (SYNCED,))
EVIDENCE = Evidence(ReconcileSettings(), STATUS, expected_count=100, now_s=NOW.timestamp() + 60)


def judge(name: str, **changes: Any) -> Verdict:
    (check,) = [check for check in CHECKS if check.name == name]
    return check.judge(replace(EVIDENCE, **changes))


def report(*problems: Problem, repaired: bool = False) -> ReconcileReport:
    findings = tuple(Finding(problem, Repair.SYNC, "d1", "2 of 3") for problem in problems)
    return ReconcileReport(findings, () if repaired else findings, document_count=20, point_count=100)


def states(**counts: int) -> KnowledgeBaseStatus:
    return replace(STATUS, state_counts={DocumentState(name): count for name, count in counts.items()})


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_sound_index_passes(check) -> None:
    assert check.judge(replace(EVIDENCE, report=report())).passed
    assert check.judge(EVIDENCE).passed


def test_equal_totals_match_and_others_do_not() -> None:
    assert not judge("counts_match", expected_count=101).passed


def test_totals_that_differ_while_every_document_agrees_are_somebody_writing() -> None:
    assert judge("counts_match", expected_count=101, report=report()).passed


@pytest.mark.parametrize(
    "problem",
    [Problem.MISSING_POINTS, Problem.LEFTOVER_POINTS, Problem.ORPHAN_POINTS, Problem.STUCK],
)
def test_equal_totals_do_not_hide_a_document_that_disagrees(problem: Problem) -> None:
    verdict = judge("counts_match", report=report(problem))
    assert not verdict.passed
    assert verdict.metadata["found"].value == {problem.value: 1}
    assert f"| {problem.value} | `d1` | 2 of 3 |" in str(verdict.metadata["findings"].value)


def test_what_was_repaired_is_shown_and_passes() -> None:
    verdict = judge("no_orphan_chunks", report=report(Problem.ORPHAN_POINTS, repaired=True))
    assert verdict.passed
    assert (verdict.metadata["found"].value, verdict.metadata["remaining"].value) == ({"orphan_points": 1}, 0)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("no_orphan_chunks", Problem.ORPHAN_POINTS),
        ("texts_match", Problem.MISSING_TEXT),
        ("texts_match", Problem.UNUSED_TEXT),
    ],
)
def test_what_remains_fails_its_own_check_only(name: str, problem: Problem) -> None:
    assert not judge(name, report=report(problem)).passed
    assert judge(name, report=report(Problem.NOT_SYNCED)).passed


def test_personal_data_fails_unless_none_was_to_be_taken_out() -> None:
    audit = IndexAudit(chunk_count=9, personal_data={"US_SSN": 2}, exposed_documents=("d1", "d2"))
    verdict = judge("no_personal_data", audit=audit)
    assert not verdict.passed
    assert (verdict.metadata["found_by_type"].value, verdict.metadata["documents"].value) == (
        {"US_SSN": 2},
        ["d1", "d2"],
    )
    assert judge("no_personal_data", audit=audit, redaction_off=True).passed


def test_one_vector_of_another_length_fails() -> None:
    assert not judge("unit_vectors", audit=IndexAudit(measured_count=9, bad_norm_count=1)).passed


@pytest.mark.parametrize(("duplicate_count", "passed"), [(20, True), (21, False)])
def test_duplicates_up_to_a_fifth_pass(duplicate_count: int, passed: bool) -> None:
    audit = IndexAudit(active_count=100, duplicate_count=duplicate_count)
    assert judge("duplicate_rate", audit=audit).passed is passed


@pytest.mark.parametrize(
    ("counts", "passed"),
    [
        ({"indexed": 19, "failed": 1}, True),
        ({"indexed": 18, "failed": 1, "quarantined": 1}, False),
        ({"indexed": 1, "failed": 1, "deleted": 98}, False),
        ({}, True),
    ],
)
def test_up_to_one_in_twenty_may_be_left_out(counts: dict[str, int], passed: bool) -> None:
    assert judge("left_out_rate", status=states(**counts)).passed is passed


DAY_S = 86_400


@pytest.mark.parametrize(
    ("age_s", "waiting", "passed"),
    [(DAY_S, True, True), (DAY_S + 1, True, False), (30 * DAY_S, False, True)],
    ids=["in time", "late", "nothing waits"],
)
def test_changes_may_wait_for_a_day(age_s: int, waiting: bool, passed: bool) -> None:
    found = report(Problem.NOT_SYNCED) if waiting else report()
    verdict = judge("fresh", now_s=NOW.timestamp() + age_s, report=found)
    assert verdict.passed is passed


def test_a_sync_that_failed_was_no_good_sync() -> None:
    failed = replace(STATUS, runs=(replace(SYNCED, error="the store is down"),))
    assert not judge("fresh", status=failed, report=report(Problem.NOT_SYNCED)).passed

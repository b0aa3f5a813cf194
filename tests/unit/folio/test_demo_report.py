from dataclasses import replace

import orjson
import pytest

from core.answers import Answer, AnswerStatus
from core.documents import DocumentRecord, DocumentState
from folio.demo_report import DemoAnswer, DemoReport, show_report
from folio.orchestrator import OrchestratorRun, RunStatus

ANSWERED = DemoAnswer("When?", Answer("At noon. [1]", AnswerStatus.GROUNDED, None, ()))
REFUSED = DemoAnswer("Why?", Answer("", AnswerStatus.REFUSED, "nothing supports it", ()))
DOCUMENT = DocumentRecord(
    "d1",
    "s1",
    "default",
    "[red]a.md",
    DocumentState.FAILED,
    reason="it is empty",
    redaction_counts={"PERSON": 2},
)
REPORT = DemoReport(
    folder="/srv/docs",
    answers=(ANSWERED,),
    documents=(DOCUMENT,),
    run=OrchestratorRun("0123456789", RunStatus.SUCCESS, assets=("chunks",)),
    run_url="http://dagster/runs/0123456789",
    missing_assets=(),
    wanted_answers=1,
    first_answer_s=1.234,
    seconds=5.0,
    next_step="make up",
)


def test_a_demo_passes_with_its_answers_and_assets() -> None:
    assert REPORT.passed


@pytest.mark.parametrize(
    "broken",
    [
        replace(REPORT, answers=(REFUSED,)),
        replace(REPORT, missing_assets=("vector_index",)),
        replace(REPORT, run=replace(REPORT.run, status=RunStatus.FAILURE)),
    ],
)
def test_a_demo_fails_without_an_answer_an_asset_or_a_good_run(broken: DemoReport) -> None:
    assert not broken.passed


def test_names_of_files_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    show_report(REPORT, as_json=False)

    printed = capsys.readouterr().out
    for part in ("[red]a.md", "2 PERSON", "it is empty", "first answer after 1.2 s", "Next: make up"):
        assert part in printed


def test_json_is_one_object_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    show_report(REPORT, as_json=True)

    row = orjson.loads(capsys.readouterr().out)
    assert (row["passed"], row["first_answer_s"], row["run"]["status"]) == (True, 1.23, "SUCCESS")
    assert row["documents"] == [
        {
            "path": "[red]a.md",
            "state": "failed",
            "chunks": 0,
            "redactions": {"PERSON": 2},
            "reason": "it is empty",
        }
    ]

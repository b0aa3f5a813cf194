"""What the demo prints: answers as they come, and at the end what each document became."""

import sys
from dataclasses import asdict, dataclass

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.answers import Answer, AnswerStatus
from core.documents import DocumentRecord
from folio.orchestrator import OrchestratorRun, RunStatus

_PIPED_WIDTH = 140


@dataclass(frozen=True, slots=True)
class DemoAnswer:
    """A question and what the API answered."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class DemoReport:
    """All that a demo did. Seconds count from its start."""

    folder: str
    answers: tuple[DemoAnswer, ...]
    documents: tuple[DocumentRecord, ...]
    run: OrchestratorRun
    run_url: str
    missing_assets: tuple[str, ...]
    wanted_answers: int
    first_answer_s: float | None
    seconds: float
    next_step: str

    @property
    def answered_count(self) -> int:
        """Questions with a cited answer."""
        return sum(row.answer.status is AnswerStatus.GROUNDED for row in self.answers)

    @property
    def passed(self) -> bool:
        """Whether every question was answered and Dagster shows the run and all assets."""
        complete = self.run.status is RunStatus.SUCCESS and not self.missing_assets
        return complete and self.answered_count >= self.wanted_answers


def show_answer(row: DemoAnswer, *, number: int, as_json: bool) -> None:
    """Print one answer with its sources; nothing if JSON is to follow."""
    if as_json:
        return
    answer = row.answer
    lines = [f"\nQ{number}. {row.question}"]
    if answer.status is AnswerStatus.REFUSED:
        lines.append(f"    Refused: {answer.reason}")
    else:
        lines += [f"    {line}" for line in answer.text.splitlines()]
    for position, citation in enumerate(answer.citations, start=1):
        page = f", page {citation.page}" if citation.page else ""
        heading = f" > {citation.heading}" if citation.heading else ""
        lines.append(f"      [{position}] {citation.path}{page}{heading} (version {citation.version})")
    _write("\n".join(lines))


def show_report(report: DemoReport, *, as_json: bool) -> None:
    """Print the rest, or the whole report as one JSON object."""
    if as_json:
        _write(orjson.dumps(_as_json(report), option=orjson.OPT_INDENT_2).decode())
        return
    _write("")
    Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH).print(_document_table(report))
    for line in _closing_lines(report):
        _write(line)


def _document_table(report: DemoReport) -> Table:
    table = Table(title=f"What each document of {report.folder} became", title_justify="left")
    for column in ("document", "state", "chunks", "redacted", "reason"):
        table.add_column(column, overflow="fold", justify="right" if column == "chunks" else "left")
    for row in report.documents:
        # Text, not str: names and reasons are data, never markup.
        cells = (row.path, row.state.value, str(row.chunk_count), _redactions(row), row.reason or "")
        table.add_row(*map(Text, cells))
    return table


def _redactions(row: DocumentRecord) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(row.redaction_counts.items()))


def _closing_lines(report: DemoReport) -> list[str]:
    run = report.run
    shown_count = len(run.assets)
    lines = [f"Dagster shows run {run.run_id[:8]} as {run.status.value}, {shown_count} assets materialised"]
    if report.missing_assets:
        lines.append(f"MISSING in Dagster: {', '.join(report.missing_assets)}")
    first = f"first answer after {report.first_answer_s:.1f} s, " if report.first_answer_s is not None else ""
    lines.append(
        f"{report.answered_count} of {report.wanted_answers} questions answered with citations; {first}"
        f"{report.seconds:.1f} s in all. Everything is stopped again."
    )
    if not report.documents:
        lines.append(f"There is no file that can be indexed in {report.folder}.")
    return [*lines, f"Next: {report.next_step}   (serves until Ctrl-C and watches the folder)"]


def _as_json(report: DemoReport) -> dict[str, object]:
    return {
        "passed": report.passed,
        "folder": report.folder,
        "answers": [{"question": row.question, **asdict(row.answer)} for row in report.answers],
        "documents": [
            {
                "path": row.path,
                "state": row.state.value,
                "chunks": row.chunk_count,
                "redactions": row.redaction_counts,
                "reason": row.reason,
            }
            for row in report.documents
        ],
        "run": {"id": report.run.run_id, "status": report.run.status.value, "assets": report.run.assets},
        "first_answer_s": report.first_answer_s and round(report.first_answer_s, 2),
        "seconds": round(report.seconds, 2),
        "next": report.next_step,
    }


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()

"""`folio ingest`: bring the index up to date with files, folders or a JSONL corpus."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.config import load_settings
from core.runs import IngestReport
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_table, print_text, progress_bar

if TYPE_CHECKING:
    from core.config import Settings

_SOME_FILES_FAILED = 1


class InputFormat(StrEnum):
    """How PATH is read."""

    FILES = "files"
    JSONL = "jsonl"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("ingest")(ingest)


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files, folders or a corpus.jsonl.")],
    input_format: Annotated[
        InputFormat, typer.Option("--format", help="jsonl: every line is a document.")
    ] = InputFormat.FILES,
    as_json: JsonFlag = False,
) -> None:
    """Index what is new or changed, forget what is gone. Exit code 1 if some files failed."""
    settings = load_settings()
    configure_logging(settings.log)
    report = asyncio.run(
        _ingest(settings, paths, as_jsonl=input_format is InputFormat.JSONL, shown=not as_json)
    )
    if as_json:
        print_json(report_as_json(report))
    else:
        print_report(report)
    raise typer.Exit(exit_code(report))


def report_as_json(report: IngestReport) -> dict[str, object]:
    """The report as the command-line contract writes it."""
    return {
        "added": report.added,
        "modified": report.modified,
        "moved": report.moved,
        "deleted": report.deleted,
        "unchanged": report.unchanged,
        "failed": [{"path": failure.path, "reason": failure.reason} for failure in report.failed],
        "chunks": report.chunk_count,
        "seconds": round(report.seconds, 3),
    }


def print_report(report: IngestReport) -> None:
    """The report for people, failures with their reasons."""
    counts = (
        f"{report.added} added, {report.modified} modified, {report.moved} moved, {report.deleted} deleted"
    )
    print_text(
        f"{counts}, {report.unchanged} unchanged; {report.chunk_count} chunks in {report.seconds:.1f} s"
    )
    if report.failed:
        rows = [[failure.path, failure.reason] for failure in report.failed]
        print_table(f"{len(rows)} not indexed", columns=["file", "reason"], rows=rows)


def exit_code(report: IngestReport) -> int:
    """0, or 1 if some files failed."""
    return _SOME_FILES_FAILED if report.failed else 0


async def _ingest(settings: "Settings", paths: list[Path], *, as_jsonl: bool, shown: bool) -> IngestReport:
    from folio.knowledge_base import KnowledgeBase

    with progress_bar(shown=shown) as on_progress:
        async with KnowledgeBase(settings) as kb:
            return await kb.ingest(paths, as_jsonl=as_jsonl, on_progress=on_progress)

"""`folio ingest`: bring the index up to date with files, folders or a JSONL corpus."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.config import load_settings
from core.errors import InvalidInputError
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
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files, folders or a corpus.jsonl; none with --source.")
    ] = None,
    input_format: Annotated[
        InputFormat, typer.Option("--format", help="jsonl: every line is a document.")
    ] = InputFormat.FILES,
    source: Annotated[
        list[str] | None, typer.Option(help="Name or id of a source instead of a path; repeat for several.")
    ] = None,
    allow_empty: Annotated[
        bool,
        typer.Option(
            "--allow-empty", help="A source that is gone or empty is so on purpose: forget its documents."
        ),
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Index what is new or changed, forget what is gone. Exit code 1 if some files failed."""
    settings = load_settings()
    configure_logging(settings.log)
    request = _Request(
        tuple(paths or ()), tuple(source or ()), input_format is InputFormat.JSONL, allow_empty
    )
    if not request.paths and not request.sources:
        raise InvalidInputError("name what to ingest: folio ingest PATH..., or --source NAME")
    report = asyncio.run(_ingest(settings, request, shown=not as_json))
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


@dataclass(frozen=True, slots=True)
class _Request:
    paths: tuple[Path, ...]
    sources: tuple[str, ...]
    as_jsonl: bool
    allow_empty: bool


async def _ingest(settings: "Settings", request: _Request, *, shown: bool) -> IngestReport:
    from folio.knowledge_base import KnowledgeBase

    with progress_bar(shown=shown) as on_progress:
        async with KnowledgeBase(settings) as kb:
            return await kb.ingest(
                request.paths,
                as_jsonl=request.as_jsonl,
                sources=request.sources,
                allow_empty=request.allow_empty,
                on_progress=on_progress,
            )

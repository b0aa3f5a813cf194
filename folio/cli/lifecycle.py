"""`folio plan`, `folio quarantine` and `folio retry`: what a sync would do, what it could not do, and once more."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.config import Settings, load_settings
from core.telemetry import configure_logging
from folio.cli.graph.building import estimate_text
from folio.cli.ingesting import InputFormat, exit_code, print_report, report_as_json
from folio.cli.output import JsonFlag, print_json, print_table, print_text, progress_bar

if TYPE_CHECKING:
    from core.documents import DocumentRecord, Source
    from core.runs import IngestReport
    from folio.graph_refining import RefineEstimate
    from ingest.estimate import Estimate
    from ingest.plan import SyncPlan


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("plan")(plan)
    app.command("quarantine")(quarantine)
    app.command("retry")(retry)


def plan(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="As for ingest; none: every registered source.")
    ] = None,
    input_format: Annotated[
        InputFormat, typer.Option("--format", help="jsonl: every line is a document.")
    ] = InputFormat.FILES,
    as_json: JsonFlag = False,
) -> None:
    """Show what `folio ingest` would do, and what it would take. Indexes and deletes nothing."""
    settings = load_settings()
    configure_logging(settings.log)
    is_jsonl = input_format is InputFormat.JSONL
    found, expected, graph = asyncio.run(_plan(settings, paths or [], as_jsonl=is_jsonl))
    if as_json:
        print_json(plan_as_json(found, expected, currency=settings.currency, graph=graph))
        return
    _print_plan(found, expected, currency=settings.currency)
    if graph is not None:
        print_text(estimate_text(graph, currency=settings.currency))


def quarantine(as_json: JsonFlag = False) -> None:
    """List the documents that cannot be indexed as they are, each with its reason."""
    settings = load_settings()
    configure_logging(settings.log)
    records, sources = asyncio.run(_quarantine(settings))
    roots = {source.source_id: source.root for source in sources}
    if as_json:
        print_json({"documents": [_quarantined(row, root=roots[row.source_id]) for row in records]})
        return
    rows = [[row.path, roots[row.source_id], row.reason or "", str(row.attempt_count)] for row in records]
    print_table(f"{len(rows)} in quarantine", columns=["file", "source", "reason", "attempts"], rows=rows)


def retry(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files or folders; none: everything that failed, but what a reviewer has rejected."
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Try documents again that failed or are in quarantine. Exit code 1 if some still cannot be indexed."""
    settings = load_settings()
    configure_logging(settings.log)
    report = asyncio.run(_retry(settings, paths or [], shown=not as_json))
    if as_json:
        print_json(report_as_json(report))
    else:
        print_report(report)
    raise typer.Exit(exit_code(report))


def plan_as_json(
    found: "SyncPlan", expected: "Estimate", *, currency: str, graph: "RefineEstimate | None" = None
) -> dict[str, object]:
    """The plan as the command-line contract writes it. `graph`: what a language model would read for the graph, if one is to."""
    refined = {} if graph is None else {"graph": asdict(graph)}
    return {
        **refined,
        "added": len(found.added),
        "modified": len(found.modified),
        "moved": len(found.moved),
        "deleted": len(found.deleted),
        "unchanged": found.unchanged_count,
        "held": len(found.held),
        "failed": [{"path": path, "reason": reason} for path, reason in _refusals(found)],
        "bytes": expected.size_bytes,
        "chunks": expected.chunk_count,
        "tokens": expected.token_count,
        "seconds": expected.seconds,
        "cost": expected.cost,
        "currency": currency,
        "files": [
            {"change": change, "path": path, "from": origin, "bytes": size_bytes}
            for change, path, origin, size_bytes in _files(found)
        ],
    }


def _print_plan(found: "SyncPlan", expected: "Estimate", *, currency: str) -> None:
    rows = [
        [change, f"{origin} -> {path}" if origin else path, str(size_bytes)]
        for change, path, origin, size_bytes in _files(found)
    ]
    if rows:
        print_table("", columns=["change", "file", "bytes"], rows=rows)
    refusals = _refusals(found)
    if refusals:
        print_table(
            f"{len(refusals)} cannot be indexed",
            columns=["file", "reason"],
            rows=[list(row) for row in refusals],
        )
    counts = ", ".join(
        f"{count} {what}"
        for what, count in (
            ("added", len(found.added)),
            ("modified", len(found.modified)),
            ("moved", len(found.moved)),
            ("deleted", len(found.deleted)),
            ("unchanged", found.unchanged_count),
        )
    )
    print_text(f"{counts}; {expected.size_bytes} bytes to index{_likely(expected, currency=currency)}")
    if found.held:
        print_text(
            f"{len(found.held)} unchanged documents keep their index: other settings would index them anew, and these are not "
            "released (see docs/releases.md)"
        )


def _likely(expected: "Estimate", *, currency: str) -> str:
    if expected.chunk_count is None:
        return "; nothing like it was indexed before, so there is no estimate"
    seconds = "" if expected.seconds is None else f", {expected.seconds:.1f} s"
    cost = f", {expected.cost:.4f} {currency}" if expected.cost else ""
    return f", about {expected.chunk_count} chunks, {expected.token_count} tokens{seconds}{cost}"


def _files(found: "SyncPlan") -> list[tuple[str, str, str | None, int]]:
    """Kind of change, path, former path and size of every file that has something to be done."""
    changes = (("added", found.added), ("modified", found.modified), ("moved", found.moved))
    rows = [
        (
            kind,
            row.candidate.path,
            row.moved_from.path if row.moved_from else None,
            row.candidate.size_bytes,
        )
        for kind, part in changes
        for row in part
    ]
    return [*rows, *(("deleted", record.path, None, record.size_bytes) for record in found.deleted)]


def _refusals(found: "SyncPlan") -> list[tuple[str, str]]:
    known = [(failure.path, failure.reason) for failure in found.failures]
    return [*((row.change.candidate.path, row.reason) for row in found.refused), *known]


def _quarantined(record: "DocumentRecord", *, root: str) -> dict[str, object]:
    return {
        "doc_id": record.doc_id,
        "path": record.path,
        "source": root,
        "reason": record.reason,
        "attempts": record.attempt_count,
        "updated_at": record.updated_at,
    }


async def _plan(
    settings: Settings, paths: list[Path], *, as_jsonl: bool
) -> "tuple[SyncPlan, Estimate, RefineEstimate | None]":
    from folio.knowledge_base import KnowledgeBase

    async with KnowledgeBase(settings) as kb:
        found = await kb.plan(paths, as_jsonl=as_jsonl)
        expected = await kb.estimate(found)
        if settings.llm.model is None or not settings.graph.enabled:
            return found, expected, None
        new_documents = len(found.added) + len(found.modified)
        graph = await kb.refine_estimate(new_documents=new_documents, new_chunks=expected.chunk_count or 0)
        return found, expected, graph


async def _quarantine(settings: Settings) -> "tuple[list[DocumentRecord], list[Source]]":
    from folio.knowledge_base import KnowledgeBase

    async with KnowledgeBase(settings) as kb:
        return await kb.quarantine(), await kb.sources()


async def _retry(settings: Settings, paths: list[Path], *, shown: bool) -> "IngestReport":
    from folio.knowledge_base import KnowledgeBase

    with progress_bar(shown=shown) as on_progress:
        async with KnowledgeBase(settings) as kb:
            return await kb.retry(paths, on_progress=on_progress)

"""Read the graph from documents that were indexed without it, and say how it stands."""

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from core.config import Settings, load_settings
from core.telemetry import configure_logging
from folio.cli.batches import order_batches
from folio.cli.output import JsonFlag, print_json, print_table, print_text, progress_bar

if TYPE_CHECKING:
    from folio.graph_building import GraphBuildReport, GraphStatus
    from folio.graph_refining import RefineEstimate, RefineReport

_NOT_ALL_READ = 1


def register(group: typer.Typer) -> None:
    """Add the commands of this module."""
    group.command("build")(build)
    group.command("refine")(refine)
    group.command("status")(status)


def build(
    limit: Annotated[
        int | None, typer.Option(min=1, help="Documents at most; the next call goes on.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="All documents, also those that were read by the rules in use.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Read stored documents for the graph that were indexed without it. Exit code 1 if some could not be read."""
    settings = load_settings()
    configure_logging(settings.log)
    report = asyncio.run(_build(settings, limit=limit, again=again, shown=not as_json))
    if as_json:
        print_json(build_as_json(report))
    else:
        _print_build(report)
    raise typer.Exit(_NOT_ALL_READ if report.failed_count else 0)


def refine(
    limit: Annotated[
        int | None, typer.Option(min=1, help="Documents at most; the next call goes on.")
    ] = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Say what it would take at most, and ask nobody.")
    ] = False,
    batch: Annotated[
        bool,
        typer.Option(
            "--batch", help="Order the answers for within a day, cheaper; the next call collects them."
        ),
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Let the language model read again what rules have read, chunk by chunk, within graph.refine_tokens."""
    settings = load_settings()
    configure_logging(settings.log)
    if estimate:
        expected = asyncio.run(_refine_estimate(settings))
        if as_json:
            print_json(asdict(expected))
        else:
            print_text(estimate_text(expected, currency=settings.currency))
        return
    if batch:
        order_batches(settings, limit=limit, as_json=as_json)
        return
    report = asyncio.run(_refine(settings, limit=limit, shown=not as_json))
    if as_json:
        print_json(refine_as_json(report))
    else:
        _print_refine(report)


def status(as_json: JsonFlag = False) -> None:
    """How many documents the graph was read from, by which rules, and how many are left."""
    settings = load_settings()
    configure_logging(settings.log)
    found = asyncio.run(_status(settings))
    if as_json:
        print_json(status_as_json(found))
    else:
        _print_status(found)


def build_as_json(report: "GraphBuildReport") -> dict[str, object]:
    """The report as the command-line contract writes it."""
    return {
        "documents": report.document_count,
        "rows": report.row_count,
        "failed": report.failed_count,
        "busy": report.busy_count,
        "left": report.left_count,
        "seconds": round(report.seconds, 3),
    }


def status_as_json(found: "GraphStatus") -> dict[str, object]:
    """How the graph stands, as the command-line contract writes it."""
    return {
        "enabled": found.enabled,
        "extractor": found.extractor,
        "documents": found.document_count,
        "current": found.current_count,
        "outdated": found.outdated_count,
        "missing": found.missing_count,
        "rows": found.row_count,
        "rows_left_out": found.left_out_count,
        "position": found.position,
        "extractors": [asdict(row) for row in found.extractors],
    }


def refine_as_json(report: "RefineReport") -> dict[str, object]:
    """The report as the command-line contract writes it."""
    return {
        "documents": report.document_count,
        "asked": report.asked_count,
        "known": report.kept_count,
        "failed": report.failed_count,
        "left": report.left_count,
        "ordered": report.ordered_count,
        "tokens": report.token_count,
        "over": report.is_over,
        "seconds": round(report.seconds, 3),
    }


def _print_refine(report: "RefineReport") -> None:
    print_text(
        f"the language model read {report.document_count} documents in {report.seconds:.1f} s: asked about "
        f"{report.asked_count} chunks, knew {report.kept_count} answers"
    )
    if report.failed_count:
        print_text(
            f"{report.failed_count} answers were of no use: those chunks stay as the rules have read them"
        )
    if report.ordered_count:
        print_text(f"{report.ordered_count} documents wait for a batch; `folio batches collect` looks for it")
    if report.left_count > report.ordered_count:
        why = (
            "the tokens or the budget are spent, or nobody answers"
            if report.is_over
            else "somebody works on them"
        )
        left_count = report.left_count - report.ordered_count
        print_text(f"{left_count} documents are left ({why}); `folio graph refine` goes on with them")


def estimate_text(expected: "RefineEstimate", *, currency: str) -> str:
    """What refining would take at most, in one line."""
    cost = "" if expected.cost is None else f", {expected.cost:.4f} {currency}"
    return (
        f"{expected.document_count} documents with about {expected.chunk_count} chunks for the language model: "
        f"{expected.token_count:,} tokens{cost} at most"
    )


def _print_build(report: "GraphBuildReport") -> None:
    print_text(
        f"read {report.document_count} documents in {report.seconds:.1f} s: {report.row_count} rows of evidence"
    )
    if report.failed_count:
        print_text(f"{report.failed_count} could not be read: the log names the kind of error")
    if report.left_count:
        print_text(f"{report.left_count} documents are left; `folio graph build` goes on with them")


def _print_status(found: "GraphStatus") -> None:
    if not found.enabled:
        print_text("the graph is not enabled: no document is read for it (FOLIO_GRAPH__ENABLED)")
    print_text(
        f"{found.current_count} of {found.document_count} documents were read by the rules in use, "
        f"{found.outdated_count} by others or in another version, {found.missing_count} not at all"
    )
    rows = [
        [row.extractor, str(row.document_count), str(row.row_count), str(row.left_out_count)]
        for row in found.extractors
    ]
    if rows:
        print_table("", columns=["rules", "documents", "rows", "rows left out"], rows=rows)
    if found.enabled and found.current_count < found.document_count:
        print_text("`folio graph build` reads the rest")


async def _build(settings: Settings, *, limit: int | None, again: bool, shown: bool) -> "GraphBuildReport":
    from folio.knowledge_base import KnowledgeBase

    with progress_bar(shown=shown, doing="reading", things="documents") as on_progress:
        async with KnowledgeBase(settings) as kb:
            return await kb.build_graph(limit=limit, again=again, on_progress=on_progress)


async def _refine(settings: Settings, *, limit: int | None, shown: bool) -> "RefineReport":
    from folio.knowledge_base import KnowledgeBase

    with progress_bar(shown=shown, doing="reading", things="documents") as on_progress:
        async with KnowledgeBase(settings) as kb:
            return await kb.refine_graph(limit=limit, on_progress=on_progress)


async def _refine_estimate(settings: Settings) -> "RefineEstimate":
    from folio.knowledge_base import KnowledgeBase

    async with KnowledgeBase(settings) as kb:
        return await kb.refine_estimate()


async def _status(settings: Settings) -> "GraphStatus":
    from folio.knowledge_base import KnowledgeBase

    async with KnowledgeBase(settings) as kb:
        return await kb.graph_status()

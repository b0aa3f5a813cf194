"""`folio rebuild`, `folio rollback` and `folio compact`: another embedding model, the way back, and tidying up."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.config import Settings, load_settings
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_text, progress_bar

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from folio.rebuilding import RebuildOptions
    from ingest.compaction import CompactionReport
    from ingest.rebuild.progress import RebuildProgress, RebuildReport

RateOption = Annotated[
    float | None, typer.Option(min=0.01, help="Chunks per second at most; default: as fast as it goes.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("rebuild")(rebuild)
    app.command("rollback")(rollback)
    app.command("compact")(compact)


def rebuild(
    rate: RateOption = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Switch although the new model finds less than the old one, or no evaluation of it has passed.",
        ),
    ] = False,
    questions: Annotated[
        Path | None,
        typer.Option(help='More questions to compare by: {"question": ..., "document": id or path} a line.'),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Build the index of the embedding model in the settings beside the one in use, and switch when it is complete."""
    from folio.rebuilding import RebuildOptions

    settings = load_settings()
    configure_logging(settings.log)
    report = asyncio.run(
        _rebuild(settings, RebuildOptions(rate, force=force, questions=questions), shown=not as_json)
    )
    _show_rebuild(report, settings, as_json=as_json)


def rollback(rate: RateOption = None, as_json: JsonFlag = False) -> None:
    """Go back to the index of the embedding model before the last rebuild."""
    settings = load_settings()
    configure_logging(settings.log)
    _show_rebuild(asyncio.run(_rollback(settings, rate, shown=not as_json)), settings, as_json=as_json)


def compact(
    now: Annotated[
        str | None, typer.Option(help="Only this deleted document, and at once.", metavar="DOC_ID")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Remove what is no longer needed and was kept long enough: deleted documents, old collections, drafts, old runs."""
    settings = load_settings()
    configure_logging(settings.log)
    if now is not None:
        _show_purge(asyncio.run(_purge(settings, now)), now, as_json=as_json)
        return
    _show_compaction(asyncio.run(_compact(settings)), as_json=as_json)


def rebuild_as_json(report: "RebuildReport") -> dict[str, object]:
    """The report as the command-line contract writes it."""
    check = report.recall
    return {
        "collection": report.collection,
        "former": report.former,
        "switched": report.switched,
        "chunks_embedded": report.embedded_count,
        "recall": {**asdict(check), "passed": check.passed} if check else None,
        "seconds": round(report.seconds, 3),
    }


def compaction_as_json(report: "CompactionReport") -> dict[str, object]:
    """The report as the command-line contract writes it."""
    return {
        "documents": report.document_count,
        "points": report.point_count,
        "kept_documents": report.kept_count,
        "texts": report.text_count,
        "vault": report.vault_count,
        "graph": report.graph_count,
        "collections": list(report.collections),
        "runs": report.run_count,
        "leases": report.lease_count,
        "sessions": report.session_count,
        "answers": report.answer_count,
        "checkpoints": report.checkpoint_count,
        "drafts": report.draft_count,
        "reweighted": report.reweighted_count,
        "seconds": round(report.seconds, 3),
    }


def _show_rebuild(report: "RebuildReport", settings: Settings, *, as_json: bool) -> None:
    if as_json:
        print_json(rebuild_as_json(report))
        return
    if not report.switched:
        print_text(f"nothing to rebuild: the index is of the model in the settings ({report.collection})")
        return
    if report.recall:
        check = report.recall
        print_text(
            f"of {check.question_count} questions the old index found {check.old_count}, "
            f"the new one {check.new_count}"
        )
    days = settings.vectors.keep_previous_s / 86_400
    print_text(
        f"{report.collection} is live: {report.embedded_count} chunks embedded in {report.seconds:.1f} s. "
        f"{report.former} is kept for {days:g} days; `folio rollback` goes back to it"
    )


def _show_compaction(report: "CompactionReport", *, as_json: bool) -> None:
    if as_json:
        print_json(compaction_as_json(report))
        return
    print_text(
        f"removed {report.point_count} points of {report.document_count} documents, {report.text_count} texts, what the vault "
        f"kept of {report.vault_count} documents, what the graph had of {report.graph_count}, "
        f"{len(report.collections)} collections, {report.run_count} records of runs, {report.lease_count} leases, "
        f"{report.session_count} sessions, {report.answer_count} answers, {report.checkpoint_count} checkpoints and {report.draft_count} drafts in {report.seconds:.1f} s"
    )
    if report.reweighted_count:
        print_text(f"{report.reweighted_count} points have new BM25 weights")
    if report.kept_count:
        print_text(f"{report.kept_count} deleted documents are kept, invisible, until their time is over")


def _show_purge(count: int, doc_id: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"doc_id": doc_id, "points": count})
        return
    print_text(
        f"removed {count} points of document {doc_id}; `folio receipt {doc_id}` reads back what is left"
    )


async def _rebuild(settings: Settings, options: "RebuildOptions", *, shown: bool) -> "RebuildReport":
    from folio.knowledge_base import KnowledgeBase

    with _progress(shown) as on_progress:
        async with KnowledgeBase(settings) as kb:
            return await kb.rebuild(options=options, on_progress=on_progress)


async def _rollback(settings: Settings, rate: float | None, *, shown: bool) -> "RebuildReport":
    from folio.knowledge_base import KnowledgeBase

    with _progress(shown) as on_progress:
        async with KnowledgeBase(settings) as kb:
            return await kb.rollback(rate=rate, on_progress=on_progress)


async def _compact(settings: Settings) -> "CompactionReport":
    from folio.knowledge_base import KnowledgeBase

    async with KnowledgeBase(settings) as kb:
        return await kb.compact()


async def _purge(settings: Settings, doc_id: str) -> int:
    from folio.knowledge_base import KnowledgeBase

    async with KnowledgeBase(settings) as kb:
        return await kb.purge(doc_id)


def _progress(shown: bool) -> "AbstractContextManager[Callable[[RebuildProgress], None] | None]":
    return progress_bar(shown=shown, doing="rebuilding", things="documents")

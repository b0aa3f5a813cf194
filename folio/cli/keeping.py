"""`folio receipt` and `folio reconcile`: whether the stores hold what they should, and nothing else."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from core.config import Settings, load_settings
from core.errors import InvalidInputError
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_table, print_text, progress_bar

if TYPE_CHECKING:
    from core.receipts import SignedReceipt
    from ingest.reconcile.reconciler import ReconcileReport

_NOT_AS_IT_SHOULD_BE = 1


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("receipt")(receipt)
    app.command("reconcile")(reconcile)


def receipt(
    doc_id: Annotated[str | None, typer.Argument(help="Id of a document, deleted or not.")] = None,
    verify: Annotated[
        Path | None, typer.Option(help="A receipt that was kept, as --json printed it.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Read back what is left of a document, signed. Exit code 1 if it is deleted and something is left."""
    settings = load_settings()
    configure_logging(settings.log)
    if (doc_id is None) == (verify is None):
        raise typer.BadParameter("give a DOC_ID, or --verify FILE")
    if verify is not None:
        raise typer.Exit(_verify(settings, verify, as_json=as_json))
    signed = asyncio.run(_receipt(settings, doc_id or ""))
    _show(signed, as_json=as_json)
    raise typer.Exit(_NOT_AS_IT_SHOULD_BE if signed.receipt.status == "residue" else 0)


def reconcile(
    repair: Annotated[
        bool, typer.Option("--repair/--dry-run", help="Put right what is found, syncing where it takes that.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Compare files, catalog, vectors and stored texts. Exit code 1 if something does not agree in the end."""
    settings = load_settings()
    configure_logging(settings.log)
    report = asyncio.run(_reconcile(settings, repair=repair, shown=not as_json))
    if as_json:
        print_json(report_as_json(report))
    else:
        _print_report(report, repaired=repair)
    raise typer.Exit(_NOT_AS_IT_SHOULD_BE if report.remaining else 0)


def report_as_json(report: "ReconcileReport") -> dict[str, object]:
    """The report as the command-line contract writes it."""
    return {
        "findings": [asdict(finding) for finding in report.findings],
        "remaining": [asdict(finding) for finding in report.remaining],
        "documents": report.document_count,
        "points": report.point_count,
        "seconds": round(report.seconds, 3),
    }


def _print_report(report: "ReconcileReport", *, repaired: bool) -> None:
    looked_at = f"{report.document_count} documents and {report.point_count} points in {report.seconds:.1f} s"
    if not report.findings:
        print_text(f"everything agrees: {looked_at}")
        return
    rows = [[row.problem.value, row.subject or "-", row.detail, row.repair.value] for row in report.findings]
    print_table(looked_at, columns=["problem", "document or text", "detail", "repair"], rows=rows)
    if not repaired:
        print_text("nothing was changed; `folio reconcile --repair` puts it right")
    elif report.remaining:
        rows = [[row.problem.value, row.subject or "-", row.detail] for row in report.remaining]
        print_table("not repaired", columns=["problem", "document or text", "detail"], rows=rows)
    else:
        print_text("repaired: everything agrees")


async def _reconcile(settings: Settings, *, repair: bool, shown: bool) -> "ReconcileReport":
    from folio.knowledge_base import KnowledgeBase

    with progress_bar(shown=shown) as on_progress:
        async with KnowledgeBase(settings) as kb:
            return await kb.reconcile(repair=repair, on_progress=on_progress)


def _verify(settings: Settings, file: Path, *, as_json: bool) -> int:
    from folio.receipts import signing_key, verify

    try:
        document = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        raise InvalidInputError(f"{file} is not a JSON file that can be read") from None
    valid = verify(document, signing_key(settings))
    if as_json:
        print_json({"valid": valid})
    else:
        print_text(
            "valid: unchanged since it was signed" if valid else "NOT VALID: changed since it was signed"
        )
    return 0 if valid else _NOT_AS_IT_SHOULD_BE


async def _receipt(settings: Settings, doc_id: str) -> "SignedReceipt":
    from folio.knowledge_base import KnowledgeBase

    async with KnowledgeBase(settings) as kb:
        return await kb.receipt(doc_id)


def _show(signed: "SignedReceipt", *, as_json: bool) -> None:
    from folio.receipts import signed_as_json

    if as_json:
        print_json(signed_as_json(signed))
        return
    found = signed.receipt
    print_text(
        f"document {found.doc_id} is {found.status.value}; {found.remaining_count} items are left of it"
    )
    rows = [
        [reading.place, str(reading.remaining_count), ", ".join(reading.looked_at)]
        for reading in found.readings
    ]
    print_table("", columns=["place", "left", "looked at"], rows=rows)
    if found.kept_until:
        print_text(
            f"no search finds it; what is left is removed by `folio compact` from {found.kept_until:%Y-%m-%d %H:%M:%S} "
            f"UTC on, or now with `folio compact --now {found.doc_id}`"
        )
    print_text(f"read at {found.read_at:%Y-%m-%d %H:%M:%S} UTC; signature {signed.signature}")

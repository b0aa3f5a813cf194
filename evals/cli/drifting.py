"""`folio eval`: how live questions change."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from folio.cli.output import JsonFlag

if TYPE_CHECKING:
    from core.config import Settings
    from evals.drift.verdicts import DriftReport


def register(group: typer.Typer) -> None:
    """Add the commands of this module."""
    group.command("drift")(drift)


def drift(
    as_json: JsonFlag = False,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write a page with pictures to this file.")
    ] = None,
    days: Annotated[
        int | None,
        typer.Option(min=1, max=90, help="How many days are compared with those before; default: as set."),
    ] = None,
) -> None:
    """Say whether people ask otherwise than before: questions, topics, refusals, scores, freshness.

    Exit code 0: as usual, or too few questions to tell. 1: not as usual. 2: it could not be looked.
    """
    import asyncio

    from core.config import load_settings
    from evals.drift.telling import page
    from evals.drift.verdicts import Outcome
    from evals.gates.report.html import write_report
    from folio.cli.output import print_json

    report = asyncio.run(_look(load_settings(), days))
    if html is not None:
        write_report(html, page(report))
    if as_json:
        print_json(report.to_json())
    else:
        _print(report)
    raise typer.Exit(1 if report.outcome is Outcome.DRIFT else 0)


async def _look(settings: "Settings", days: int | None) -> "DriftReport":
    from core.clock import SystemClock
    from evals.drift.gathering import look, named
    from store.catalog.catalog import open_catalog

    clock, tenant, drift = SystemClock(), settings.access.tenant, settings.evals.drift
    async with open_catalog(settings, clock) as catalog:
        report = await look(catalog, tenant, settings=drift, now=clock.now(), days=days)
    return await named(report, settings)


def _print(report: "DriftReport") -> None:
    from evals.drift.telling import (
        SIGNAL_COLUMNS,
        TOPIC_COLUMNS,
        findings,
        headline,
        signal_rows,
        topic_rows,
    )
    from folio.cli.output import print_table, print_text

    print_text(headline(report))
    if not report.signals:
        return
    print_table("signals", columns=list(SIGNAL_COLUMNS), rows=signal_rows(report))
    print_table("topics", columns=list(TOPIC_COLUMNS), rows=topic_rows(report))
    for one in findings(report):
        print_text(f"- {one}")

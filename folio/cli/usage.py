"""`folio usage`: what language models were asked and what it cost."""

import asyncio
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from core.config import Settings, load_settings
from core.errors import InvalidInputError
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_table, print_text

if TYPE_CHECKING:
    from core.usage import UsageRow


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("usage")(usage)


def usage(
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by", help="day, model, provider, tenant, user, feature or prompt; several are combined."
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="First day (UTC), as 2026-01-31. Default: 30 days.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Last day (UTC). Default: today.")] = None,
    all_tenants: Annotated[
        bool, typer.Option("--all-tenants", help="Of all tenants, not only the settings'.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Sum up calls to language models: tokens, cost, failures, and how long the slowest twentieth took."""
    from folio.usage import groups
    from folio.usage import usage as summed

    settings, names = _settings(), by or ["day", "model"]
    found = asyncio.run(
        summed(
            settings,
            by=groups(names),
            since=_day(since),
            until=_day(until),
            tenant=None if all_tenants else settings.access.tenant,
        )
    )
    if as_json:
        print_json({"by": names, "currency": settings.currency, "rows": [asdict(row) for row in found]})
    elif not found:
        print_text(
            "no language model was asked"
            if settings.llm.model
            else "no language model is configured (llm.model)"
        )
    else:
        _print(found, names, settings.currency)


def _print(rows: "list[UsageRow]", names: list[str], currency: str) -> None:
    columns = [
        *names,
        "calls",
        "failed",
        "input",
        "cached",
        "output",
        currency,
        "p95 ms",
        "first word p95 ms",
    ]
    print_table("", columns=columns, rows=[_cells(row) for row in rows])
    unpriced_count = sum(row.unpriced_count for row in rows)
    if unpriced_count:
        print_text(
            f"{unpriced_count} calls have no price: set llm.input_price and llm.output_price, or llm.prices_file"
        )


def _cells(row: "UsageRow") -> list[str]:
    counts = (row.call_count, row.failed_count, row.input_tokens, row.cached_tokens, row.output_tokens)
    times = (row.p95_ms, row.p95_first_token_ms)
    return [
        *row.group,
        *(f"{count:,}" for count in counts),
        f"{row.cost:.4f}",
        *("" if ms is None else f"{ms:,.0f}" for ms in times),
    ]


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInputError("a day is written as 2026-01-31") from None


def _settings() -> Settings:
    settings = load_settings()
    configure_logging(settings.log)
    return settings

"""`folio vault`: which keys have sealed the values behind pseudonyms, and sealing them with another one."""

import asyncio
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from core.clock import SystemClock
from core.config import Settings, load_settings
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_table, print_text

if TYPE_CHECKING:
    from folio.vault import RotationReport, VaultStatus


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="The encrypted values behind pseudonyms, and their keys.", no_args_is_help=True)
    group.command("status")(status)
    group.command("rotate")(rotate)
    app.add_typer(group, name="vault")


def status(as_json: JsonFlag = False) -> None:
    """Count what each key has sealed, by tenant. Shows no value."""
    settings = _settings()
    found = asyncio.run(_status(settings))
    if as_json:
        print_json(
            {"key_id": found.key_id, "rotated": found.rotated, "keys": [asdict(use) for use in found.uses]}
        )
        return
    rows = [
        [use.tenant, use.key_id, str(use.value_count), str(use.list_count), _role(use.key_id, found.key_id)]
        for use in found.uses
    ]
    print_table("", columns=["tenant", "key", "values", "lists of mentions", ""], rows=rows)
    if not found.rotated:
        print_text("former keys are still needed: `folio vault rotate` seals everything with the current one")


def rotate(as_json: JsonFlag = False) -> None:
    """Seal everything with the current key; where the keys are in the home, make a new one first.

    May be broken off and repeated. Syncs and searches go on.
    """
    report = asyncio.run(_rotate(_settings(), shown=not as_json))
    if as_json:
        print_json(asdict(report))
        return
    made = "made a new key; " if report.made_key else ""
    forgotten = f"; {report.forgotten_count} former keys are gone" if report.forgotten_count else ""
    print_text(f"{made}sealed {report.resealed_count} rows with the key {report.key_id}{forgotten}")


def _role(key_id: str, current: str) -> str:
    return "current" if key_id == current else "former"


async def _status(settings: Settings) -> "VaultStatus":
    from folio.assembly import open_catalog
    from folio.vault import vault_status

    async with open_catalog(settings, SystemClock()) as catalog:
        return await vault_status(settings, catalog)


async def _rotate(settings: Settings, *, shown: bool) -> "RotationReport":
    from folio.assembly import open_catalog
    from folio.vault import rotate as rotate_vault

    def show(count: int) -> None:
        sys.stderr.write(f"\r{count} rows sealed anew")

    on_progress = show if shown and sys.stderr.isatty() else None
    async with open_catalog(settings, SystemClock()) as catalog:
        report = await rotate_vault(settings, catalog, on_progress=on_progress)
    if on_progress and report.resealed_count:
        sys.stderr.write("\n")
    return report


def _settings() -> Settings:
    settings = load_settings()
    configure_logging(settings.log)
    return settings

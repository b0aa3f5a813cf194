"""`folio audit`: who did what, and whether the log of it is whole."""

import asyncio
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.clock import SystemClock
from core.config import Settings, load_settings
from core.errors import InvalidInputError
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_table, print_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.audit import AuditEntry, AuditHead, AuditVerdict

_BROKEN = 1
_HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="The log of who did what.", no_args_is_help=True)
    group.command("list")(list_entries)
    group.command("verify")(verify)
    group.command("export")(export)
    app.add_typer(group, name="audit")


def list_entries(
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, max=10_000, help="Most entries.")] = 50,
    before: Annotated[int | None, typer.Option(help="Only entries before this number.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List the newest entries of the tenant. They name pseudonyms, never values."""
    entries = asyncio.run(_entries(_settings(), limit=limit, before=before))
    if as_json:
        print_json({"entries": [_entry_as_json(entry) for entry in entries]})
        return
    rows = [
        [str(one.sequence), f"{one.at:%Y-%m-%d %H:%M:%S}", one.subject, one.action, one.object, one.detail]
        for one in entries
    ]
    print_table("", columns=["number", "time (UTC)", "who", "did", "with", "for"], rows=rows)


def verify(
    head: Annotated[
        str | None,
        typer.Option(metavar="NUMBER:HASH", help="A head that was noted earlier: must still be in the log."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Verify an exported log instead; no knowledge base is needed."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Read the whole log and recompute its chain. Exit code 1 if an entry was changed, removed, added or moved.

    Records of answers are compared with the digests in the log. Note the head that is printed somewhere else: with --head, even a
    log that was written anew as a whole is found out.
    """
    verdict = _of_file(file, head) if file else asyncio.run(_verdict(_settings(), noted=_noted(head)))
    if as_json:
        print_json(
            {
                "whole": verdict.problem is None,
                "problem": verdict.problem,
                "entries": verdict.entry_count,
                "records": verdict.record_count,
                "start": f"{verdict.start.sequence}:{verdict.start.hash}",
                "head": f"{verdict.head.sequence}:{verdict.head.hash}",
            }
        )
    elif verdict.problem:
        print_text(f"NOT WHOLE: {verdict.problem}")
    else:
        print_text(
            f"whole: {verdict.entry_count} entries; the head is {verdict.head.sequence}:{verdict.head.hash}"
        )
    raise typer.Exit(_BROKEN if verdict.problem else 0)


def export(
    file: Annotated[Path, typer.Argument(help="Where to: one line of JSON an entry. It must not exist.")],
) -> None:
    """Write the whole log, of all tenants, to a file (mode 0600) that `folio audit verify --file` reads."""
    count = asyncio.run(_export(_settings(), file))
    print_text(f"{count} entries in {file}")


def _of_file(file: Path, head: str | None) -> "AuditVerdict":
    from folio.audit_files import verified

    try:
        with file.open(encoding="utf-8") as lines:
            return verified(lines, noted=_noted(head))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{file} cannot be read: {type(error).__name__}") from None


async def _export(settings: Settings, file: Path) -> int:
    from folio.assembly import open_catalog
    from folio.audit_files import exported

    async with open_catalog(settings, SystemClock()) as catalog:
        return await _write(file, exported(catalog.audit))


async def _write(file: Path, lines: "AsyncIterator[str]") -> int:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InvalidInputError(f"{file} cannot be created: {error.strerror}") from None
    count = -1
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        async for line in lines:
            opened.write(line + "\n")
            count += 1
    return count


def _noted(head: str | None) -> "AuditHead | None":
    from core.audit import AuditHead

    if head is None:
        return None
    parts = _HEAD.fullmatch(head.strip())
    if parts is None:
        raise InvalidInputError(
            "--head takes what `folio audit verify` printed: a number, a colon, 64 hex digits"
        )
    return AuditHead(int(parts[1]), parts[2])


def _entry_as_json(entry: "AuditEntry") -> dict[str, object]:
    names = ("sequence", "tenant", "subject", "action", "object", "detail", "previous_hash", "hash")
    return {name: getattr(entry, name) for name in names} | {"at": entry.at.isoformat()}


async def _entries(settings: Settings, *, limit: int, before: int | None) -> "list[AuditEntry]":
    from folio.assembly import open_catalog

    async with open_catalog(settings, SystemClock()) as catalog:
        return await catalog.audit.entries(settings.access.tenant, limit=limit, before=before)


async def _verdict(settings: Settings, *, noted: "AuditHead | None") -> "AuditVerdict":
    from folio.assembly import open_catalog

    async with open_catalog(settings, SystemClock()) as catalog:
        return await catalog.audit.verify(noted=noted)


def _settings() -> Settings:
    settings = load_settings()
    configure_logging(settings.log)
    return settings

"""`folio sources`: where documents come from."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.config import Settings, load_settings
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_table, print_text

if TYPE_CHECKING:
    from core.documents import Source
    from core.runs import IngestReport

_REFERENCE = "Its name, id, path or URL."


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="List, add and remove the sources of documents.", invoke_without_command=True)
    group.callback()(list_sources)
    group.command("add")(add)
    group.command("remove")(remove)
    app.add_typer(group, name="sources")


def list_sources(context: typer.Context, as_json: JsonFlag = False) -> None:
    """List the sources: those that folio.toml declares, and those that were added."""
    if context.invoked_subcommand is not None:
        return
    settings = _settings()
    sources = asyncio.run(_list(settings))
    declared = {table.name for table in settings.sources}
    if as_json:
        print_json({"sources": [source_as_json(row, declared=row.name in declared) for row in sources]})
        return
    rows = [[row.name or "-", row.root, row.tenant, _said(row), _origin(row, declared)] for row in sources]
    print_table("", columns=["name", "root", "tenant", "options", "from"], rows=rows)


def add(  # noqa: PLR0913, PLR0917 - every argument is an option of the command
    place: Annotated[
        str, typer.Argument(metavar="PATH|URL", help="A folder, a .jsonl corpus or an fsspec URL.")
    ],
    name: Annotated[str | None, typer.Option(help="Default: the last part of the path.")] = None,
    include: Annotated[list[str] | None, typer.Option(help="Glob; repeat for several.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="Glob; repeat for several.")] = None,
    tier: Annotated[str | None, typer.Option(help="Tier of documents that name none.")] = None,
    group: Annotated[list[str] | None, typer.Option(help="Group of documents that name none.")] = None,
    language: Annotated[str | None, typer.Option(help="ISO 639-1, such as de.")] = None,
    chunking: Annotated[str | None, typer.Option(help="structure, sentence, semantic or code.")] = None,
    redaction: Annotated[str | None, typer.Option(help="off or standard.")] = None,
    schedule: Annotated[str | None, typer.Option(help="Cron expression (UTC), instead of events.")] = None,
    max_bytes: Annotated[int | None, typer.Option(help="Larger files are reported, not read.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Add a source. What is not said is as the settings say; the next sync indexes its files."""
    said = {
        "include": include or None,
        "exclude": exclude or None,
        "tier": tier,
        "groups": group or None,
        "language": language,
        "chunking": chunking,
        "redaction": redaction,
        "schedule": schedule,
        "max_file_bytes": max_bytes,
    }
    source = asyncio.run(_add(_settings(), place, name, said))
    if as_json:
        print_json(source_as_json(source, declared=False))
    else:
        print_text(f"added '{source.name}' ({source.source_id}): the next sync indexes {source.root}")


def remove(
    reference: Annotated[str, typer.Argument(metavar="NAME", help=_REFERENCE)], as_json: JsonFlag = False
) -> None:
    """Take a source's documents out of the index and forget it. Its files stay where they are."""
    report = asyncio.run(_remove(_settings(), reference))
    if as_json:
        print_json({"removed": reference, "documents": report.deleted})
    else:
        print_text(f"removed '{reference}': {report.deleted} documents are out of the index, the files stay")


def source_as_json(source: "Source", *, declared: bool) -> dict[str, object]:
    """The source as the command-line contract writes it."""
    from folio.sources import options_as_json

    return {
        "id": source.source_id,
        "name": source.name,
        "kind": source.kind.value,
        "root": source.root,
        "tenant": source.tenant,
        "declared": declared,
        "options": options_as_json(source.options),
    }


def _settings() -> Settings:
    settings = load_settings()
    configure_logging(settings.log)
    return settings


def _said(source: "Source") -> str:
    from folio.sources import options_as_json

    return ", ".join(f"{name}={_short(value)}" for name, value in options_as_json(source.options).items())


def _short(value: object) -> str:
    return (
        " ".join(map(str, value))
        if isinstance(value, Sequence) and not isinstance(value, str)
        else str(value)
    )


def _origin(source: "Source", declared: set[str]) -> str:
    return "folio.toml" if source.name in declared else "catalog"


async def _list(settings: Settings) -> "list[Source]":
    from core.clock import SystemClock
    from folio.assembly import open_catalog
    from folio.source_changes import known_sources

    # The catalog alone: the vector store may be busy.
    async with open_catalog(settings, SystemClock()) as catalog:
        return await known_sources(settings, catalog)


async def _add(settings: Settings, place: str, name: str | None, said: dict[str, Any]) -> "Source":
    from core.clock import SystemClock
    from folio.assembly import open_catalog
    from folio.source_changes import SourceKeeper
    from folio.sources import parse_options

    options = parse_options(said)
    async with open_catalog(settings, SystemClock()) as catalog:
        return await SourceKeeper(settings, catalog).add(place, name=name, options=options)


async def _remove(settings: Settings, reference: str) -> "IngestReport":
    from folio.knowledge_base import KnowledgeBase

    async with KnowledgeBase(settings) as kb:
        return await kb.remove_source(reference)

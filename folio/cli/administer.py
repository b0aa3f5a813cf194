"""`folio status`, `folio doctor` and `folio config`."""

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from core.config import Settings, load_settings
from core.provenance import provenance
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_table, print_text

if TYPE_CHECKING:
    from core.status import KnowledgeBaseStatus

_DEPENDENCY_DOWN = 3


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("status")(status)
    app.command("doctor")(doctor)
    app.command("config")(config)


def status(as_json: JsonFlag = False) -> None:
    """Sources, documents by state, chunks and the latest runs."""
    settings = load_settings()
    configure_logging(settings.log)
    found = asyncio.run(_status(settings))
    if as_json:
        print_json(asdict(found))
        return
    pending = " (the settings name another: `folio rebuild`)" if found.rebuild_pending else ""
    print_text(f"home {found.home}\nmodel {found.embedding_model}{pending}\nchunks {found.chunk_count}")
    rows = [[state.value, str(count)] for state, count in found.state_counts.items()]
    print_table("documents", columns=["state", "count"], rows=rows)
    rows = [[source.name or "-", source.kind.value, source.root] for source in found.sources]
    print_table("sources", columns=["name", "kind", "root"], rows=rows)


def doctor(as_json: JsonFlag = False) -> None:
    """Check this deployment: settings, home, stores, models, services. Exit code 3 if something is down."""
    from folio.doctor import examine

    settings = load_settings()
    configure_logging(settings.log)
    checks = asyncio.run(examine(settings))
    if as_json:
        print_json({"checks": [asdict(check) for check in checks]})
    else:
        rows = [[check.name, "ok" if check.healthy else "DOWN", check.detail] for check in checks]
        print_table("", columns=["what", "state", "detail"], rows=rows)
    raise typer.Exit(0 if all(check.healthy for check in checks) else _DEPENDENCY_DOWN)


def config(as_json: JsonFlag = False) -> None:
    """Every setting, its value with secrets redacted, and where it came from."""
    rows = provenance(load_settings())
    if as_json:
        print_json({name: {"value": value, "origin": origin} for name, value, origin in rows})
        return
    table = [[name, _shown(value), origin] for name, value, origin in rows]
    print_table("", columns=["setting", "value", "origin"], rows=table)


async def _status(settings: Settings) -> "KnowledgeBaseStatus":
    from folio.knowledge_base import KnowledgeBase

    async with KnowledgeBase(settings) as kb:
        return await kb.status()


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)

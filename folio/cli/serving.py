"""`folio up` and `folio demo`: run the whole service on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from core.config import load_settings
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("up")(up)
    app.command("demo")(demo)


def up(
    paths: Annotated[list[Path] | None, typer.Argument(help="Folders to watch.")] = None,
    api_port: Annotated[int | None, typer.Option(min=0, max=65535, help="0: any free port.")] = None,
    dagster_port: Annotated[int | None, typer.Option(min=0, max=65535, help="0: any free port.")] = None,
) -> None:
    """Start the store, the API and the Dagster UI; watch folders; serve until Ctrl-C."""
    from folio.up import run_up

    settings = load_settings()
    configure_logging(settings.log)
    api = settings.api if api_port is None else settings.api.model_copy(update={"port": api_port})
    dagster = (
        settings.dagster
        if dagster_port is None
        else settings.dagster.model_copy(update={"port": dagster_port})
    )
    raise typer.Exit(run_up(settings.model_copy(update={"api": api, "dagster": dagster}), paths or []))


def demo(
    docs: Annotated[
        Path | None, typer.Argument(help="Your own folder; default: the example handbook.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Start everything, index a folder through Dagster, ask three questions, stop everything."""
    from folio.demo import run_demo

    settings = load_settings()
    configure_logging(settings.log)
    raise typer.Exit(run_demo(settings, docs, as_json=as_json))

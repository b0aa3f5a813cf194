"""`folio keys`: API keys, also the first one."""

import typer


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    del app

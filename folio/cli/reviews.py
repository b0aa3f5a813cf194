"""`folio reviews`: answers and documents that a human is to look at."""

import typer


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    del app

"""`folio eval`: two evaluations side by side."""

import typer


def register(group: typer.Typer) -> None:
    """Add the commands of this module."""
    del group

"""`folio eval`: how live questions change."""

import typer


def register(group: typer.Typer) -> None:
    """Add the commands of this module."""
    del group

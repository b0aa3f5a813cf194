"""`folio eval`: judges: RAGAS, atomic criteria, and how far they agree with people."""

import typer


def register(group: typer.Typer) -> None:
    """Add the commands of this module."""
    del group

"""`folio eval`: evaluations of this knowledge base, and their baselines."""

import typer


def register(group: typer.Typer) -> None:
    """Add the commands of this module."""
    del group

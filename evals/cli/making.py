"""`folio eval`: golden sets from a knowledge base, feedback and reviews."""

import typer


def register(group: typer.Typer) -> None:
    """Add the commands of this module."""
    del group

"""`folio eval`: trials of prompts on live traffic."""

import typer


def register(group: typer.Typer) -> None:
    """Add the commands of this module."""
    del group

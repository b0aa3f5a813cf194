"""What is taken for one thing, and what a human says of it."""

import typer


def register(group: typer.Typer) -> None:
    """Add the commands of this module."""

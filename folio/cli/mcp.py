"""`folio mcp`: the Model Context Protocol over standard input and output."""

import typer


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    del app

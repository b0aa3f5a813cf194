"""Read the graph from documents that were indexed without it, and say how it stands."""

import typer


def register(group: typer.Typer) -> None:
    """Add the commands of this module."""

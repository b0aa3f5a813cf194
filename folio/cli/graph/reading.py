"""Look at the graph: entities, neighbours, paths, evidence, communities, pictures, exports."""

import typer


def register(group: typer.Typer) -> None:
    """Add the commands of this module."""

"""`folio graph`: what is known of entities, where it is said, and what is taken for one thing."""

import typer

from folio.cli.graph import building, merging, reading


def register(app: typer.Typer) -> None:
    """Add the commands of this package."""
    group = typer.Typer(
        help="Entities, relations and themes, with the sentences that say so.", no_args_is_help=True
    )
    for module in (reading, building, merging):
        module.register(group)
    app.add_typer(group, name="graph")

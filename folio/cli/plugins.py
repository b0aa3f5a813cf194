"""Commands that rooms above this one bring along, as entry points of the distribution."""

from importlib.metadata import PackageNotFoundError, distribution

import typer

DISTRIBUTION = "folio-kb"
GROUP = "folio.commands"


def register(app: typer.Typer) -> None:
    """Add the commands of every entry point in the group. Only Folio's own distribution is read: code of others is not run."""
    try:
        found = distribution(DISTRIBUTION).entry_points.select(group=GROUP)
    except PackageNotFoundError:
        return
    for entry in sorted(found, key=lambda one: one.name):
        entry.load()(app)

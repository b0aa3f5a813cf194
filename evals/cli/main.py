"""The group `eval` of the command line. It comes to `folio` as an entry point: rooms below never import this one."""

import typer

from evals.cli import comparing, drifting, judging, making, running, trials

_MODULES = (making, running, comparing, trials, drifting, judging)


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Golden sets, evaluations that gate, trials, drift.", no_args_is_help=True)
    for module in _MODULES:
        module.register(group)
    app.add_typer(group, name="eval")

"""Entry point of the command line: the app, its commands, and errors as exit codes.

Exit codes: 0 done, 1 some files failed, 2 bad use, 3 a dependency is down.
"""

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from core.config import use_home
from core.errors import FolioError
from folio.cli import administer, ingesting, keeping, lifecycle, querying, rebuilding, serving, sources

_INTERRUPTED = 130

app = typer.Typer(
    name="folio",
    help="A knowledge base that you run yourself: watched folders in, cited answers out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def choose_home(
    home: Annotated[
        Path | None,
        typer.Option(help="Folder with all data of the knowledge base; default: FOLIO_HOME or .folio"),
    ] = None,
) -> None:
    """Options that stand before the command."""
    if home is not None:
        use_home(home)


for module in (serving, ingesting, sources, lifecycle, querying, keeping, rebuilding, administer):
    module.register(app)


def main() -> NoReturn:
    """Run the command line; errors that Folio raises on purpose become one line and an exit code."""
    code = run()
    sys.stdout.flush()
    sys.stderr.flush()
    # Everything is closed by now. Taking the interpreter apart would add 0.4 s to every question.
    os._exit(code)


def run() -> int:
    """The exit code of the command in `sys.argv`."""
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except FolioError as error:
        sys.stderr.write(f"folio: {error.detail}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    return 0


if __name__ == "__main__":
    main()

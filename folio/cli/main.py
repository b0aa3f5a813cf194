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
from core.log_guard import guard_logs, printed
from folio.cli import (
    administer,
    agent,
    audit_log,
    batches,
    graph,
    guardrails,
    ingesting,
    keeping,
    keys,
    lifecycle,
    mcp,
    plugins,
    prompts,
    querying,
    rebuilding,
    reviews,
    serving,
    sessions,
    sources,
    subjects,
    usage,
    vault,
)

_INTERRUPTED = 130
_BROKEN = 2

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


_MODULES = (
    *(serving, ingesting, sources, lifecycle, querying, sessions, agent, graph, keys, mcp, reviews),
    *(
        keeping,
        subjects,
        rebuilding,
        vault,
        audit_log,
        usage,
        batches,
        prompts,
        guardrails,
        administer,
        plugins,
    ),
)
for module in _MODULES:
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
    guard_logs()
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except FolioError as error:
        sys.stderr.write(f"folio: {error.detail}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the process boundary: what a bug says may quote a document
        sys.stderr.write(f"{printed(error)}folio: an unexpected error; this is a bug\n")
        return _BROKEN
    return 0


if __name__ == "__main__":
    main()

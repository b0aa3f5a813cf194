"""`python -m store.vectors.embedded --folder F [--host H --port P | --socket S]`."""

import argparse
import sys
from pathlib import Path

from core.errors import FolioError
from core.log_guard import guard_logs
from store.vectors.embedded.process import Listen, serve


def main() -> int:
    """Serve until told to stop; 2 for bad use, 3 if the folder is in use."""
    parser = argparse.ArgumentParser(prog="python -m store.vectors.embedded", description=serve.__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where the collections are kept")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--socket", type=Path, help="listen on this Unix socket instead")
    options = parser.parse_args()
    guard_logs()
    try:
        serve(options.folder.absolute(), Listen(options.host, options.port, options.socket))
    except FolioError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Serve the API: `python -m api.serving [--host H] [--port P]`. The settings say with how many processes, and their bounds."""

import argparse
import logging
import math
from collections.abc import Sequence
from typing import Any

import uvicorn

from core.config import Settings, load_settings
from core.errors import FolioError
from core.telemetry import configure_logging
from folio.several_workers import notes_on_workers

_LOG = logging.getLogger(__name__)
_CLOSING_S = 2
"""For streams that were told to end, once the time that they had for it is over."""


def server_options(settings: Settings) -> dict[str, Any]:
    """What uvicorn is told: workers, and bounds of time and size for connections."""
    api = settings.api
    return {
        "factory": True,
        "host": api.host,
        "port": api.port,
        "workers": api.worker_count,
        "http": "api.load.connections:BoundedConnection",
        "ws": "none",
        "limit_concurrency": api.max_connections,
        "h11_max_incomplete_event_size": api.max_header_bytes,
        "timeout_keep_alive": api.keep_alive_s,
        "timeout_graceful_shutdown": math.ceil(settings.streams.drain_s) + _CLOSING_S,
        # A worker that starts has to load models before it can say that it lives.
        "timeout_worker_healthcheck": 30,
        "server_header": False,
        "log_level": settings.log.level,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop; 2 for wrong settings."""
    parser = argparse.ArgumentParser(prog="python -m api.serving", description=main.__doc__)
    parser.add_argument("--host", help="default: api.host")
    parser.add_argument("--port", type=int, help="default: api.port; 0: any free port")
    options = parser.parse_args(arguments)
    try:
        settings = load_settings()
        configure_logging(settings.log)
        given = {name: value for name, value in vars(options).items() if value is not None}
        settings = settings.model_copy(update={"api": settings.api.model_copy(update=given)})
        _check(settings)
    except FolioError as error:
        parser.exit(error.exit_code, f"{error.detail}\n")
    for note in notes_on_workers(settings):
        _LOG.warning("%s", note)
    uvicorn.run("api.app:create_app", **server_options(settings))
    return 0


def _check(settings: Settings) -> None:
    # Once more in each worker; here so that wrong settings end the whole at once.
    from api.auth import check_exposure

    check_exposure(settings)


if __name__ == "__main__":
    raise SystemExit(main())

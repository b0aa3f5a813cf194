"""The store as a process of its own, so that the API, Dagster and the command line can share one folder."""

import json
import os
import secrets
import signal
import socket
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn

from core.errors import InvalidInputError
from store.vectors.embedded.app import create_app
from store.vectors.embedded.endpoint import Endpoint, remove_endpoint, write_endpoint
from store.vectors.embedded.lock import FolderLock
from store.vectors.embedded.shelf import Shelf

_BACKLOG = 128
_SHUTDOWN_S = 5


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen: a Unix socket if `socket_path` is set, else TCP. Port 0 picks a free one."""

    host: str = "127.0.0.1"
    port: int = 0
    socket_path: Path | None = None


def serve(folder: Path, listen: Listen, *, token: str | None = None) -> None:
    """Serve the folder until SIGTERM or SIGINT; prints one JSON line when requests are answered.

    Every request needs the token; without one given, a new one is made. Clients read it from the folder
    (`endpoint.find_endpoint`).

    Raises:
        StoreBusyError: Another process has the folder.
        InvalidInputError: The address cannot be used.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    lock = FolderLock(folder)
    lock.acquire()
    shelf = Shelf(lock)
    try:
        bound = _bind(listen)
        endpoint = _endpoint(bound, listen, token=token or secrets.token_urlsafe(32))
        app = create_app(shelf, token=endpoint.token)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=_SHUTDOWN_S
        )
        server = _Server(config, on_ready=lambda: _announce(folder, endpoint))
        server.run(sockets=[bound])
    finally:
        remove_endpoint(folder)
        if listen.socket_path is not None:
            listen.socket_path.unlink(missing_ok=True)
        shelf.close()


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config, *, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()


def _leave(number: int, _frame: FrameType | None) -> None:
    # uvicorn shuts down by itself and then raises the signal again: leave through `finally`, not by being killed.
    raise SystemExit(0 if number == signal.SIGTERM else 130)


def _announce(folder: Path, endpoint: Endpoint) -> None:
    write_endpoint(folder, endpoint)
    place = {"url": endpoint.url} if endpoint.url else {"socket": endpoint.socket}
    sys.stdout.write(json.dumps({**place, "pid": endpoint.pid}) + "\n")
    sys.stdout.flush()


def _endpoint(bound: socket.socket, listen: Listen, *, token: str) -> Endpoint:
    if listen.socket_path is not None:
        return Endpoint(pid=os.getpid(), token=token, socket=str(listen.socket_path))
    host, port = bound.getsockname()[:2]
    return Endpoint(pid=os.getpid(), token=token, url=f"http://{host}:{port}")


def _bind(listen: Listen) -> socket.socket:
    try:
        return _bind_unix(listen.socket_path) if listen.socket_path else _bind_tcp(listen)
    except OSError as error:
        place = listen.socket_path or f"{listen.host}:{listen.port}"
        raise InvalidInputError(
            f"the vector store cannot listen on {place}: {error.strerror or error}"
        ) from error


def _bind_tcp(listen: Listen) -> socket.socket:
    family = socket.getaddrinfo(listen.host, listen.port, type=socket.SOCK_STREAM)[0][0]
    # With the protocol named, asyncio switches Nagle's algorithm off; else every answer waits 40 ms for an ACK.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((listen.host, listen.port))
    bound.listen(_BACKLOG)
    return bound


def _bind_unix(path: Path) -> socket.socket:
    # A socket file outlives a killed process. The folder's lock is ours, so nobody listens on it any more.
    if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
        path.unlink()
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    bound.bind(str(path))
    path.chmod(0o600)
    bound.listen(_BACKLOG)
    return bound

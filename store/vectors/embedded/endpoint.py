"""Where a store process listens: a small file in its folder, readable by its owner only because it holds the token."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from store.vectors.embedded.lock import holder_pid, is_held

_FILE_NAME = "endpoint.json"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How to reach a store process: `url` (TCP) or `socket` (path of a Unix socket), and the token it asks for."""

    pid: int
    token: str
    url: str | None = None
    socket: str | None = None

    def __repr__(self) -> str:
        """Without the token, so that no log shows it."""
        return f"Endpoint(pid={self.pid}, url={self.url!r}, socket={self.socket!r})"


def write_endpoint(folder: Path, endpoint: Endpoint) -> None:
    """Publish the endpoint (mode 0600, replaced atomically)."""
    staged = folder / f"{_FILE_NAME}.new"
    staged.unlink(missing_ok=True)
    file = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w") as stream:
        json.dump(asdict(endpoint), stream)
    staged.replace(folder / _FILE_NAME)


def remove_endpoint(folder: Path) -> None:
    """Withdraw the endpoint."""
    (folder / _FILE_NAME).unlink(missing_ok=True)


def find_endpoint(folder: Path) -> Endpoint | None:
    """The endpoint of the living process that serves this folder, else None.

    A file left behind by a killed process does not count: its process no longer holds the folder's lock.
    """
    try:
        row = json.loads((folder / _FILE_NAME).read_text())
        endpoint = Endpoint(**row)
    except (FileNotFoundError, ValueError, TypeError):
        return None
    alive = is_held(folder) and holder_pid(folder) == endpoint.pid
    return endpoint if alive else None

"""The embedded vector store as a real process, to be stopped, killed and started again."""

import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from qdrant_client import AsyncQdrantClient

from store.vectors.embedded.endpoint import Endpoint, find_endpoint

_ROOT = Path(__file__).parents[2]


class StoreProcess:
    """A running `python -m store.vectors.embedded`. `output` is its ready line."""

    def __init__(self, folder: Path, *, socket: Path | None = None) -> None:
        self.folder = folder
        place = ["--socket", str(socket)] if socket else ["--port", "0"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "store.vectors.embedded", "--folder", str(folder), *place],
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
        )
        line = self._stdout().readline()
        if not line:
            msg = f"the store process ended with {self.terminate()}"
            raise RuntimeError(msg)
        self.output = json.loads(line)
        endpoint = find_endpoint(folder)
        if endpoint is None:
            msg = "the store process is ready but has published no endpoint"
            raise RuntimeError(msg)
        self.endpoint: Endpoint = endpoint

    def client(self) -> AsyncQdrantClient:
        """A new client of this process."""
        return client_of(self.endpoint)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[AsyncQdrantClient]:
        """A client that is closed at the end."""
        client = self.client()
        try:
            yield client
        finally:
            await client.close()

    def terminate(self) -> int:
        """SIGTERM; the exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """SIGKILL; the exit code."""
        return self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> int:
        if self._process.poll() is None:
            self._process.send_signal(number)
        code = self._process.wait(timeout=30)
        self._stdout().close()
        return code

    def _stdout(self):
        if self._process.stdout is None:
            msg = "stdout is not a pipe"
            raise RuntimeError(msg)
        return self._process.stdout


def client_of(endpoint: Endpoint, *, token: str | None = None) -> AsyncQdrantClient:
    """A client for an endpoint; the token goes in a header because the client warns about keys over plain HTTP."""
    transport = httpx.AsyncHTTPTransport(uds=endpoint.socket) if endpoint.socket else None
    extra = {"transport": transport} if transport else {}
    return AsyncQdrantClient(
        url=endpoint.url or "http://embedded",
        headers={"api-key": token or endpoint.token},
        check_compatibility=False,
        timeout=60,
        **extra,
    )

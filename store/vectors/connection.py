"""How this process reaches the vectors: a Qdrant server, a running store process, or the embedded store in this process."""

import asyncio
import math
import warnings
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from qdrant_client import AsyncQdrantClient

from core.config import Settings, VectorSettings
from core.errors import DependencyDownError, PermanentError, SettingsError
from core.tracing import carried
from store.vectors.embedded.endpoint import Endpoint, find_endpoint
from store.vectors.embedded.following import FollowingTransport
from store.vectors.embedded.lock import FolderLock, busy_error
from store.vectors.failures import classified

_FOLDER = "vectors"
_POLL_S = 0.05
# Never looked up: the transports behind it are that of the store process and an application in this process.
_LOCAL_URL = "http://folio-vectors"
# The client opens a connection per request to servers on this machine; keeping them halves the time of a small query.
# They expire here before uvicorn closes them (5 s), so that no request is sent into a closing connection.
_LIMITS = httpx.Limits(keepalive_expiry=2.0)


@asynccontextmanager
async def connect(settings: Settings) -> AsyncIterator[AsyncQdrantClient]:
    """An open client of the store that the settings name, checked by one request; closed on exit.

    With `vectors.url` it is that server. Else it is the store process that serves the home's folder `vectors`, and if
    there is none, the embedded store in this process, which keeps the folder to itself until exit.

    Raises:
        DependencyDownError: The server does not answer, is no Qdrant, or refuses the API key.
        StoreBusyError: Another process kept the folder for longer than `vectors.lock_wait_s`.
    """
    if settings.vectors.url is not None:
        async with _server(settings.vectors) as client:
            yield client
        return
    folder = settings.home / _FOLDER
    claim = await _claim(folder, wait_s=settings.vectors.lock_wait_s)
    opened = (
        _store_process(folder, claim, settings.vectors)
        if isinstance(claim, Endpoint)
        else _in_process(claim, settings.vectors)
    )
    async with opened as client:
        yield client


@asynccontextmanager
async def _server(vectors: VectorSettings) -> AsyncIterator[AsyncQdrantClient]:
    api_key = vectors.api_key.get_secret_value() if vectors.api_key else None
    async with _client(vectors, url=vectors.url, api_key=api_key) as client:
        await _check(client, f"{vectors.url}")
        yield client


@asynccontextmanager
async def _store_process(
    folder: Path, endpoint: Endpoint, vectors: VectorSettings
) -> AsyncIterator[AsyncQdrantClient]:
    transport = FollowingTransport(folder, endpoint, limits=_LIMITS)
    async with _client(vectors, url=_LOCAL_URL, transport=transport) as client:
        yield client


@asynccontextmanager
async def _in_process(lock: FolderLock, vectors: VectorSettings) -> AsyncIterator[AsyncQdrantClient]:
    from store.vectors.embedded.app import create_app
    from store.vectors.embedded.shelf import Shelf

    with ExitStack() as stack:
        stack.callback(lock.release)
        shelf = Shelf(lock)
        stack.callback(shelf.close)
        # An error inside becomes a response with status 500, as it would over HTTP.
        transport = httpx.ASGITransport(create_app(shelf, token=None), raise_app_exceptions=False)
        async with _client(vectors, url=_LOCAL_URL, transport=transport) as client:
            yield client


@asynccontextmanager
async def _client(vectors: VectorSettings, **options: Any) -> AsyncIterator[AsyncQdrantClient]:
    client = _create_client(vectors, options)
    try:
        yield client
    finally:
        await client.close()


def _create_client(vectors: VectorSettings, options: dict[str, Any]) -> AsyncQdrantClient:
    with warnings.catch_warnings():
        # Whether a key may travel over plain http is the operator's decision.
        warnings.filterwarnings("ignore", message="Api key is used with an insecure connection")
        try:
            return AsyncQdrantClient(
                timeout=math.ceil(vectors.timeout_s),
                check_compatibility=False,
                limits=_LIMITS,
                event_hooks={"request": [_with_trace]},
                **options,
            )
        except ValueError as error:
            raise SettingsError(f"FOLIO_VECTORS__URL cannot be used: {error}") from error


async def _with_trace(request: httpx.Request) -> None:
    carried(request.headers)


async def _claim(folder: Path, *, wait_s: float) -> Endpoint | FolderLock:
    """The store process of the folder, or the folder's lock, whichever comes first."""
    lock = FolderLock(folder)
    deadline_s = asyncio.get_running_loop().time() + wait_s
    while True:
        endpoint = find_endpoint(folder)
        if endpoint is not None:
            return endpoint
        if lock.try_acquire():
            return lock
        if asyncio.get_running_loop().time() >= deadline_s:
            raise busy_error(folder)
        await asyncio.sleep(_POLL_S)


async def _check(client: AsyncQdrantClient, url: str) -> None:
    """One request that needs a Qdrant and a valid key."""
    try:
        with classified(url=url):
            await client.get_collections()
    except PermanentError as error:
        raise DependencyDownError(f"the vector store at {url} cannot be used: {error}") from error

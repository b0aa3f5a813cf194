"""The three processes of a running Folio: the vector store, the API and Dagster."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from core.clock import SystemClock
from core.config import Settings, child_environment
from core.errors import DependencyDownError, StoreBusyError
from folio.api_client import ApiClient
from folio.dagster_home import prepare_dagster_home
from folio.orchestrator import Orchestrator
from folio.ports import choose_port
from folio.processes import Child, Children
from store.vectors.embedded.endpoint import find_endpoint

Result = TypeVar("Result")

_STORE_TIMEOUT_S = 60.0
_API_TIMEOUT_S = 120.0
_DAGSTER_TIMEOUT_S = 180.0
_STOP_S = 15.0
_PACKAGES = Path(__file__).parents[1]
_STARTUP = Path(__file__).with_name("startup")


@dataclass(frozen=True, slots=True)
class Service:
    """A started service. Started is not ready: wait for what is needed. `begun_s`: when it was, since 1970."""

    api: ApiClient
    orchestrator: Orchestrator
    children: Children
    api_process: Child
    dagster_process: Child
    begun_s: float

    async def wait_for_api(self) -> None:
        """Return when questions can be asked.

        Raises:
            DependencyDownError: It did not start; quotes its log.
        """
        await self.api_process.wait_until_ready(self.api.ready, timeout_s=_API_TIMEOUT_S)

    async def wait_for_dagster(self) -> None:
        """Return when syncs can be launched.

        Raises:
            DependencyDownError: It did not start; quotes its log.
        """
        await self.dagster_process.wait_until_ready(self.orchestrator.ready, timeout_s=_DAGSTER_TIMEOUT_S)

    async def supervise(self, work: Coroutine[Any, Any, Result]) -> Result:
        """The result of `work`, unless a process of the service ends before.

        Raises:
            DependencyDownError: A process ended; names it and quotes its log.
        """
        working = asyncio.create_task(work)
        ending = asyncio.create_task(self.children.first_end())
        try:
            await asyncio.wait((working, ending), return_when=asyncio.FIRST_COMPLETED)
            # A process that ended is the cause, an error of the work its effect.
            if ending.done():
                raise ending.result().ended()
            return working.result()
        finally:
            working.cancel()
            ending.cancel()
            await asyncio.gather(working, ending, return_exceptions=True)


@asynccontextmanager
async def started(settings: Settings) -> AsyncIterator[Service]:
    """Start the store, the API and Dagster; stop all of them at the end.

    Raises:
        SettingsError: A port is taken.
        StoreBusyError: Another process serves this knowledge base.
        DependencyDownError: The store did not start, or the server that the settings name does not answer.
    """
    begun_s = SystemClock().now().timestamp()
    if settings.vectors.url is None:
        _check_not_served(settings.home)
    else:
        await _check_answers(settings.vectors.url)
    api_port = choose_port(settings.api.host, settings.api.port, setting="FOLIO_API__PORT")
    dagster_port = choose_port(settings.dagster.host, settings.dagster.port, setting="FOLIO_DAGSTER__PORT")
    await asyncio.to_thread(prepare_dagster_home, settings)
    # PYTHONSAFEPATH: a folder `api` or `core` in the current directory must not be taken for ours.
    environment = {**child_environment(settings), "PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1"}
    # Dagster's own processes load little or nothing of ours: Python guards their logs when it starts.
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(_STARTUP), environment.get("PYTHONPATH"))))
    # Dagster links documents to the API, whose port may have been chosen just now.
    environment["FOLIO_API__URL"] = settings.api.url or _url(settings.api.host, api_port)
    if settings.api.token is not None:
        # It need not be in the environment or the file: the demo makes one of its own.
        environment["FOLIO_API__TOKEN"] = settings.api.token.get_secret_value()
    async with (
        ApiClient(_url(settings.api.host, api_port), token=settings.api.token) as api,
        Orchestrator(_url(settings.dagster.host, dagster_port)) as orchestrator,
        Children(
            log_folder=settings.home / "logs",
            environment=environment,
            patience_s=_STOP_S + settings.streams.drain_s,
        ) as children,
    ):
        # They stop in the reverse order. Dagster takes longest to start, and opens no store before its first run.
        store = await _start_store(children, settings)
        dagster = await children.start("dagster", _dagster_command(settings.dagster.host, dagster_port))
        if store is not None:
            await _wait_for_store(store, settings)
        api_process = await children.start("api", _api_command(settings.api.host, api_port))
        yield Service(api, orchestrator, children, api_process, dagster, begun_s)


async def _start_store(children: Children, settings: Settings) -> Child | None:
    if settings.vectors.url is not None:
        return None
    folder = str(settings.home / "vectors")
    return await children.start("store", (sys.executable, "-m", "store.vectors.embedded", "--folder", folder))


async def _wait_for_store(store: Child, settings: Settings) -> None:
    """Return when the store serves: an API that starts before would open the folder by itself."""

    async def serves() -> bool:
        endpoint = find_endpoint(settings.home / "vectors")
        return endpoint is not None and endpoint.pid == store.pid

    await store.wait_until_ready(serves, timeout_s=_STORE_TIMEOUT_S)


def _api_command(host: str, port: int) -> tuple[str, ...]:
    return (sys.executable, "-m", "api.serving", "--host", host, "--port", str(port))


def _dagster_command(host: str, port: int) -> tuple[str, ...]:
    return (
        *(sys.executable, "-m", "dagster", "dev", "-m", "pipelines.definitions", "-d", str(_PACKAGES)),
        *("-h", host, "-p", str(port)),
    )


def _check_not_served(home: Path) -> None:
    endpoint = find_endpoint(home / "vectors")
    if endpoint is not None:
        raise StoreBusyError(
            f"{home} is served already, by process {endpoint.pid}: stop that `folio up`, or choose another home with "
            "FOLIO_HOME"
        )


async def _check_answers(url: str) -> None:
    """Find out before three processes are started in vain."""
    try:
        async with httpx.AsyncClient(timeout=_STORE_TIMEOUT_S) as client:
            await client.get(url)
    except httpx.TransportError as error:
        raise DependencyDownError(
            f"the vector store at {url} does not answer ({type(error).__name__}): start it, or unset "
            "FOLIO_VECTORS__URL to use the embedded one"
        ) from error


def _url(host: str, port: int) -> str:
    """Where a client on this machine reaches a service that listens on the host."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"

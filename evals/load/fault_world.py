"""The service whose parts can be taken away one by one: each behind a door, in a process of its own, or on a small disk."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped]
import httpx
import psutil  # type: ignore[import-untyped]

from core.config import Settings, child_environment, load_settings
from evals.load.model_server import ModelServer, serving
from evals.load.proxy import Door, Proxy
from evals.load.service import TENANTS, Running, create_key, indexed, ready, serves
from folio.ports import choose_port
from folio.processes import Child, Children

POSTGRES = "postgresql://root@127.0.0.1:5432/"
_POSTGRES_PORT = 5432
_DISK = "700m"
_START_S = 180.0
_PAGE_BYTES = 4096
_HANDBOOK = Path(__file__).parents[2] / "examples" / "handbook"


@dataclass(slots=True)
class World:
    """Everything that a fault can touch. `disk` is the small disk of the home, None where none can be mounted.

    `kills_s`: when workers were killed, in seconds since 1970.
    """

    service: Running
    key: str
    database: str
    postgres: Proxy
    redis_door: Proxy
    provider: Proxy
    model: ModelServer
    disk: Path | None
    watched: Path
    redis_port: int
    redis: Child
    children: Children
    variables: dict[str, str]
    kills_s: list[float] = field(default_factory=list)

    async def kill_store(self) -> None:
        """The store's process, at once."""
        os.killpg(self.service.roots["store"].pid, signal.SIGKILL)

    async def stop_store(self) -> None:
        """Nothing that its process does goes on; its connections stay open."""
        os.killpg(self.service.roots["store"].pid, signal.SIGSTOP)

    async def continue_store(self) -> None:
        """It goes on where it was."""
        os.killpg(self.service.roots["store"].pid, signal.SIGCONT)

    async def start_store(self) -> None:
        """Another one on the same folder."""
        self.service.roots["store"] = await _start_store(self.children, self.service.settings)

    async def kill_redis(self) -> None:
        """The Redis of this world."""
        os.killpg(self.redis.pid, signal.SIGKILL)

    async def start_redis(self) -> None:
        """Another one, empty, on the same port."""
        self.redis = await _start_redis(self.children, self.redis_port)

    async def kill_worker(self) -> None:
        """One of the API's workers, at once; its supervisor starts another."""
        workers = [pid for name, pid in self.service.processes().items() if "api worker" in name]
        os.kill(workers[0], signal.SIGKILL)
        self.kills_s.append(time.time())

    async def fill_disk(self) -> None:
        """Leave nothing of the small disk."""
        if self.disk is not None:
            await asyncio.to_thread(_fill, self.disk / "ballast")

    async def free_disk(self) -> None:
        """Give it free again."""
        if self.disk is not None:
            (self.disk / "ballast").unlink(missing_ok=True)


@asynccontextmanager
async def fault_world(place: Path, *, worker_count: int) -> AsyncIterator[World]:
    """Start everything below the folder `place`; stop and remove all of it at the end.

    Raises:
        DependencyDownError: A process did not start; quotes its log.
        OSError: There is no Postgres on this machine.
    """
    async with AsyncExitStack() as stack:
        disk = await _small_disk(stack, place / "disk")
        database = await _database(stack)
        postgres = await _door(stack, _POSTGRES_PORT)
        redis_port = choose_port("127.0.0.1", 0, setting="the port of Redis")
        redis_door = await _door(stack, redis_port)
        model = ModelServer()
        provider = await _door(stack, await stack.enter_async_context(serving(model)))
        sections = _sections(database, postgres.port, redis_door.port, provider.port, worker_count)
        settings = load_settings(home=(disk or place) / "home", **sections)
        environment = {**child_environment(settings), **_variables(sections), "PYTHONSAFEPATH": "1"}
        children = await stack.enter_async_context(
            Children(log_folder=place / "logs", environment=environment)
        )
        redis = await _start_redis(children, redis_port)
        service = await _start(children, settings, place / "documents")
        key = await create_key(settings, TENANTS[0], 0, scopes="read,write", environment=environment)
        yield World(
            service=service,
            key=key,
            database=POSTGRES + database,
            postgres=postgres,
            redis_door=redis_door,
            provider=provider,
            model=model,
            disk=disk,
            watched=place / "watched",
            redis_port=redis_port,
            redis=redis,
            children=children,
            variables=environment,
        )


def _sections(
    database: str, postgres: int, redis: int, provider: int, worker_count: int
) -> dict[str, dict[str, Any]]:
    return {
        "catalog": {"url": f"postgresql+asyncpg://root@127.0.0.1:{postgres}/{database}"},
        "cache": {"url": f"redis://127.0.0.1:{redis}/0"},
        # A model that is asked, every time: not the answers that are kept, and never for minutes.
        "llm": {
            "model": "faults",
            "base_url": f"http://127.0.0.1:{provider}/v1",
            "api_key": "none",
            "total_s": 5,
            "cooldown_s": 5,
        },
        "answers": {"cache": "off"},
        "redaction": {"policy": "off"},
        "api": {"worker_count": worker_count, "require_key": True},
        # So that every request is counted in Redis, and none is turned away for it.
        "limits": {"requests_per_minute": 1_000_000},
        "log": {"level": "warning"},
    }


def _variables(sections: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {
        f"FOLIO_{section.upper()}__{name.upper()}": str(value)
        for section, values in sections.items()
        for name, value in values.items()
    }


async def _start(children: Children, settings: Settings, documents: Path) -> Running:
    await asyncio.to_thread(shutil.copytree, _HANDBOOK, documents / TENANTS[0] / "handbook")
    store = await _start_store(children, settings)
    questions = await indexed(settings, documents, tenants=TENANTS[:1])
    port = choose_port("127.0.0.1", 0, setting="FOLIO_API__PORT")
    api = await children.start("api", (sys.executable, "-m", "api.serving", "--port", str(port)))
    url = f"http://127.0.0.1:{port}"
    await api.wait_until_ready(lambda: ready(url), timeout_s=_START_S)
    return Running(url, settings, documents, questions, children, {"store": store, "api": api})


async def _start_store(children: Children, settings: Settings) -> Child:
    folder = str(settings.home / "vectors")
    store = await children.start(
        "store", (sys.executable, "-m", "store.vectors.embedded", "--folder", folder)
    )
    await store.wait_until_ready(lambda: serves(settings), timeout_s=_START_S)
    return store


async def _start_redis(children: Children, port: int) -> Child:
    command = ("redis-server", "--port", str(port), "--save", "", "--appendonly", "no")
    redis = await children.start("redis", (*command, "--bind", "127.0.0.1"))

    async def answers() -> bool:
        return any(one.laddr.port == port for one in psutil.Process(redis.pid).net_connections())

    await redis.wait_until_ready(answers, timeout_s=_START_S)
    return redis


async def _door(stack: AsyncExitStack, port: int) -> Proxy:
    proxy = Proxy(port)
    await proxy.set(Door.OPEN)
    stack.push_async_callback(proxy.close)
    return proxy


async def _database(stack: AsyncExitStack) -> str:
    name = f"folio_faults_{uuid4().hex[:12]}"
    await _execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    stack.push_async_callback(_execute, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    return name


async def _execute(statement: str) -> None:
    connection = await asyncpg.connect(POSTGRES + "postgres", timeout=10)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _small_disk(stack: AsyncExitStack, place: Path) -> Path | None:
    await asyncio.to_thread(place.mkdir, parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", str(place)]
    if os.geteuid() != 0 or not shutil.which("mount"):
        return None
    if (await asyncio.to_thread(subprocess.run, command, check=False)).returncode:
        return None
    stack.push_async_callback(_unmount, place)
    return place


async def _unmount(place: Path) -> None:
    await asyncio.to_thread(subprocess.run, ["umount", str(place)], check=True)


def _fill(ballast: Path) -> None:
    # At once what is free, then page by page: others write meanwhile.
    with ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        with contextlib.suppress(OSError):
            os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(ballast.parent).free)
        while True:
            file.write(bytes(_PAGE_BYTES))


async def ready_names(url: str) -> tuple[str, ...]:
    """What `/readyz` says is down; `no answer` if it does not say anything."""
    try:
        async with httpx.AsyncClient(timeout=20) as client:
            found = (await client.get(f"{url}/readyz")).json()
    except (httpx.HTTPError, ValueError):
        return ("no answer",)
    return tuple(sorted(row["name"] for row in found["checks"] if not row["healthy"]))

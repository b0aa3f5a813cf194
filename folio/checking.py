"""Whether everything that a knowledge base stands on answers now, each within a time limit and all at once."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.config import Settings
from core.errors import FolioError
from core.health import HealthCheck
from core.ports import Clock
from store.cache.health import check_cache
from store.vectors.health import check_vectors

if TYPE_CHECKING:
    from inference.llm.gateway import Gateway
    from store.catalog.catalog import SqlCatalog
    from store.vectors.index import QdrantIndex

_MS_PER_S = 1000
_MIB = 1024 * 1024


async def checked(
    settings: Settings,
    *,
    catalog: "Callable[[], Awaitable[SqlCatalog]]",
    index: "QdrantIndex",
    model: "Gateway | None",
    clock: Clock,
) -> list[HealthCheck]:
    """The state of the catalog, the vector store, the disk, and where there are such the shared cache and the language model.

    No model is called: what is said of it is how its last calls went.
    """
    wait_s = settings.telemetry.ready_timeout_s

    async def ask(name: str, asked: Awaitable[HealthCheck], *, required: bool = True) -> HealthCheck:
        began_s = clock.monotonic_s()
        try:
            async with asyncio.timeout(wait_s):
                found = await asked
        except TimeoutError:
            found = HealthCheck(name, healthy=False, detail=f"no answer in {wait_s:g} s")
        except FolioError as error:
            found = HealthCheck(name, healthy=False, detail=error.detail)
        took_ms = round((clock.monotonic_s() - began_s) * _MS_PER_S, 1)
        return replace(found, required=required, took_ms=took_ms)

    async def of_catalog() -> HealthCheck:
        return await (await catalog()).health()

    asking = [
        ask("catalog", of_catalog()),
        ask("vectors", check_vectors(index)),
        ask(
            "disk",
            asyncio.to_thread(check_disk, settings.home, settings.telemetry.min_free_bytes),
            required=False,
        ),
    ]
    if settings.cache.url is not None:
        asking.append(ask("cache", check_cache(settings.cache), required=False))
    found = list(await asyncio.gather(*asking))
    return [*found, model.health()] if model is not None else found


def check_disk(home: Path, min_free_bytes: int) -> HealthCheck:
    """Whether there is room for what is written: reading goes on without."""
    place = next((one for one in (home, *home.parents) if one.exists()), home)
    try:
        free = shutil.disk_usage(place).free
    except OSError as error:
        return HealthCheck("disk", healthy=False, detail=error.strerror or type(error).__name__)
    said = f"{free // _MIB:,} MiB free"
    if free < min_free_bytes:
        return HealthCheck("disk", healthy=False, detail=f"{said}, less than telemetry.min_free_bytes")
    return HealthCheck("disk", healthy=True, detail=said)

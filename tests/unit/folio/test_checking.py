import asyncio
from pathlib import Path
from typing import Any

import pytest

from core.clock import SystemClock
from core.config import CacheSettings, Settings
from core.errors import DependencyDownError
from core.health import HealthCheck, is_ready
from core.telemetry_settings import TelemetrySettings
from folio.checking import check_disk, checked


class Catalog:
    """Says that it is well."""

    async def health(self) -> HealthCheck:
        return HealthCheck("catalog", healthy=True, detail="SQLite")


class Index:
    """Counts no points; hangs, or is down, if it is told to."""

    collection = "folio"

    def __init__(self, *, hangs: bool = False, down: bool = False) -> None:
        self._hangs, self._down = hangs, down

    async def count(self, condition: object) -> int:
        if self._hangs:
            await asyncio.Event().wait()
        if self._down:
            raise DependencyDownError("the vector store does not answer")
        return 7


class Model:
    """A gateway whose models have all failed."""

    def health(self) -> HealthCheck:
        return HealthCheck("language model", healthy=False, detail="left alone", required=False)


async def found(
    home: Path, index: Index, *, model: Any = None, cache: str | None = None
) -> dict[str, HealthCheck]:
    async def catalog() -> Any:
        return Catalog()

    settings = Settings(
        home=home, telemetry=TelemetrySettings(ready_timeout_s=0.05), cache=CacheSettings(url=cache)
    )
    index_of_the_store: Any = index
    checks = await checked(
        settings, catalog=catalog, index=index_of_the_store, model=model, clock=SystemClock()
    )
    return {check.name: check for check in checks}


async def test_everything_is_well(tmp_path: Path):
    checks = await found(tmp_path, Index())
    assert list(checks) == ["catalog", "vectors", "disk"]
    assert is_ready(list(checks.values()))


@pytest.mark.parametrize(("hangs", "said"), [(True, "no answer in 0.05 s"), (False, "does not answer")])
async def test_a_store_that_hangs_or_is_down_is_named_and_holds_nothing_up(
    tmp_path: Path, hangs: bool, said: str
):
    checks = await found(tmp_path, Index(hangs=hangs, down=not hangs))
    assert said in checks["vectors"].detail
    assert checks["catalog"].healthy
    assert not is_ready(list(checks.values()))


async def test_without_a_cache_or_a_model_requests_are_served(tmp_path: Path):
    checks = await found(tmp_path, Index(), model=Model(), cache="redis://:hunter2@127.0.0.1:1/0")
    assert not checks["cache"].healthy
    assert not checks["language model"].healthy
    assert "hunter2" not in str(checks)
    assert is_ready(list(checks.values()))


async def test_a_shared_cache_that_answers_is_well(tmp_path: Path):
    checks = await found(tmp_path, Index(), cache="redis://127.0.0.1:6379/0")
    assert checks["cache"].healthy


def test_a_disk_that_is_nearly_full_is_said(tmp_path: Path):
    assert check_disk(tmp_path / "not" / "there", 0).healthy
    assert not check_disk(tmp_path, 1 << 62).healthy

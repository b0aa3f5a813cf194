"""The catalog under several processes, and under one that is killed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.config import Settings, load_settings
from store.catalog.catalog import open_catalog
from tests.conftest import REPO
from tests.contract.postgres import fresh_database


@pytest.fixture(params=["sqlite", "postgres"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The variables that name an empty catalog, for this process's children."""
    if request.param == "sqlite":
        yield {"FOLIO_HOME": str(tmp_path)}
        return
    with fresh_database() as url:
        yield {"FOLIO_HOME": str(tmp_path), "FOLIO_CATALOG__URL": url}


def start(environment: dict[str, str], name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.contract.catalog_writer", name, str(count)]
    variables = {**os.environ, **environment}
    return subprocess.Popen(
        command, cwd=REPO, env=variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def settings_of(environment: dict[str, str]) -> Settings:
    url = environment.get("FOLIO_CATALOG__URL")
    return load_settings(home=Path(environment["FOLIO_HOME"]), catalog={"url": url} if url else {})


async def test_processes_that_open_and_write_at_once_all_succeed(environment: dict[str, str]) -> None:
    writers = [start(environment, name, 40) for name in ("api", "dagster", "cli")]
    outputs = [writer.communicate(timeout=120) for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0], [error[-2000:] for _, error in outputs]
    written = sorted(line for output, _ in outputs for line in output.split())
    async with open_catalog(settings_of(environment), SystemClock()) as catalog:
        assert sorted(record.doc_id for record in await catalog.page("default", limit=200)) == written
        assert {run.run_id: run.done_count for run in await catalog.runs()} == {
            "api": 40,
            "dagster": 40,
            "cli": 40,
        }


async def test_a_killed_process_loses_nothing_it_acknowledged(environment: dict[str, str]) -> None:
    writer = start(environment, "api", 0)
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline().strip() for _ in range(30)]
    writer.kill()
    acknowledged += writer.communicate(timeout=60)[0].split("\n")[:-1]
    async with open_catalog(settings_of(environment), SystemClock()) as catalog:
        stored = {record.doc_id for record in await catalog.page("default", limit=100_000)}
    assert set(acknowledged) <= stored
    assert len(stored) - len(acknowledged) in {0, 1}

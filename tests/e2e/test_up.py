"""`folio up`, as a user runs it: three processes, a watched folder, and nothing left when it ends."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from folio.orchestrator import ASSETS
from store.vectors.embedded.endpoint import find_endpoint

LEAVE = "# Leave policy\n\n## Annual leave\n\nEvery employee has 28 days of paid annual leave per year.\n"
QUESTION = "How many days of annual leave does an employee have?"


@dataclass
class Running:
    """A `folio up` and the folder that it watches."""

    process: subprocess.Popen[str]
    home: Path
    docs: Path
    log: Path

    def wait_for(self, pattern: str) -> str:
        """The first group of the pattern in what was printed."""
        assert eventually(lambda: self.process.poll() is not None or re.search(pattern, self.printed()), 180)
        found = re.search(pattern, self.printed())
        assert found, self.printed()
        return found[1] if found.groups() else found[0]

    def printed(self) -> str:
        return self.log.read_text()

    def answer(self) -> str:
        url = self.wait_for(r"API +(http\S+)")
        response = httpx.post(f"{url}/v1/answer", json={"question": QUESTION}, timeout=60)
        return response.json()["answer"]

    def graphql(self, query: str) -> dict[str, Any]:
        url = self.wait_for(r"Dagster +(http\S+)")
        return httpx.post(f"{url}/graphql", json={"query": query}, timeout=60).json()["data"]


def eventually(condition: Callable[[], object], timeout_s: float) -> bool:
    deadline_s = time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        if condition():
            return True
        time.sleep(0.2)
    return bool(condition())


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "leave.md").write_text(LEAVE)
    (docs / "kitchen.txt").write_text("The dishwasher runs at noon. Please empty it when it beeps.")
    home, log = tmp_path / "home", tmp_path / "up.log"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("FOLIO_")},
        "FOLIO_HOME": str(home),
        "FOLIO_REDACTION__POLICY": "off",
        "FOLIO_DAGSTER__SENSOR_INTERVAL_S": "1",
    }
    command = (
        *(sys.executable, "-m", "folio.cli.main", "up", str(docs)),
        "--api-port",
        "0",
        "--dagster-port",
        "0",
    )
    with (
        log.open("w") as output,
        subprocess.Popen(command, env=environment, stderr=output, text=True) as process,
    ):
        try:
            yield Running(process, home, docs, log)
        finally:
            # Its guardian stops what it leaves behind, if the test failed half way.
            process.kill()


def test_a_watched_folder_is_served_and_followed_until_sigterm(running: Running) -> None:
    running.wait_for("all folders are indexed")
    assert "28 days" in running.answer()

    runs = running.graphql("{ runsOrError { ... on Runs { results { status pipelineName } } } }")
    assert {"status": "SUCCESS", "pipelineName": "sync_corpus_job"} in runs["runsOrError"]["results"]
    nodes = running.graphql("{ assetNodes { assetKey { path } assetMaterializations(limit: 1) { runId } } }")
    shown = {node["assetKey"]["path"][0] for node in nodes["assetNodes"] if node["assetMaterializations"]}
    assert shown == set(ASSETS)

    (running.docs / "leave.md").write_text(LEAVE.replace("28 days", "31 days"))
    assert eventually(lambda: "31 days" in running.answer(), 120)

    started = psutil.Process(running.process.pid).children(recursive=True)
    assert len(started) >= 4
    if sys.platform == "linux":
        # Runs are forked from it, and it ends with the service.
        assert any("pipelines.warm_template" in " ".join(process.cmdline()) for process in started)
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(timeout=60) == 0
    assert psutil.wait_procs(started, timeout=20)[1] == []
    assert find_endpoint(running.home / "vectors") is None


@pytest.mark.slow
def test_a_process_that_dies_is_named_and_ends_everything(running: Running) -> None:
    running.wait_for(r"API +http")
    endpoint = find_endpoint(running.home / "vectors")
    assert endpoint is not None
    started = psutil.Process(running.process.pid).children(recursive=True)
    os.kill(endpoint.pid, signal.SIGKILL)

    assert running.process.wait(timeout=60) == 3
    assert "store ended unexpectedly (exit status -9)" in running.printed()
    assert "Traceback" not in running.printed()
    assert psutil.wait_procs(started, timeout=20)[1] == []

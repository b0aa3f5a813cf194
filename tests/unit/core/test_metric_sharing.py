"""Workers of one machine over one home: real processes, as uvicorn starts them."""

import subprocess
import sys
from pathlib import Path

WORKER = """
import sys
from pathlib import Path
from core import metrics
from core.metric_sharing import share_metrics
shared = share_metrics(Path(sys.argv[1]))
metrics.begin(shared.instruments, summed=shared.registry)
metrics.request_began()
for _ in range(int(sys.argv[2])):
    metrics.request_began()
    metrics.request_ended("/v1/search", method="POST", status=200, seconds=0.01)
print("ready", flush=True)
for line in sys.stdin:
    found = metrics.registry()
    labels = {"route": "/v1/search", "method": "POST", "status": "2xx"}
    total = found.get_sample_value("folio_requests_total", labels)
    print(total, found.get_sample_value("folio_requests_in_flight"), flush=True)
"""


class Worker:
    def __init__(self, home: Path, count: int) -> None:
        command = (sys.executable, "-c", WORKER, str(home), str(count))
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._line() == "ready"

    def scrape(self) -> str:
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self._line()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def _line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()


def test_any_worker_answers_for_all_and_a_dead_one_is_not_forgotten(tmp_path: Path):
    first, second = Worker(tmp_path, 3), Worker(tmp_path, 4)
    try:
        assert first.scrape() == second.scrape() == "7.0 2.0"
        second.kill()
        # What it has served counts on; what was in flight there is in flight no more.
        assert first.scrape() == "7.0 1.0"
        third = Worker(tmp_path, 1)
        assert third.scrape() == first.scrape() == "8.0 2.0"
        third.kill()
    finally:
        first.kill()
        second.kill()


def test_a_service_that_starts_anew_counts_from_nothing(tmp_path: Path):
    first = Worker(tmp_path, 3)
    first.kill()
    second = Worker(tmp_path, 1)
    assert second.scrape() == "1.0 1.0"
    second.kill()


def test_folders_of_machines_that_are_gone_are_removed(tmp_path: Path):
    gone = tmp_path / "metrics" / "gone"
    gone.mkdir(parents=True)
    (gone / "lock").touch()
    (gone / "counter_1.db").touch()
    worker = Worker(tmp_path, 1)
    worker.kill()
    assert not gone.exists()

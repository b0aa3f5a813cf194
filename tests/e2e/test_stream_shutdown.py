"""A service that is told to stop while it streams, as a process of its own under uvicorn."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from httpx_sse import ServerSentEvent, connect_sse

pytestmark = pytest.mark.slow
REPO = Path(__file__).resolve().parents[2]


@contextmanager
def running(home: Path, *, pause_s: float, drain_s: float) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.fakes.streaming_service", str(home), str(port)]
    process = subprocess.Popen([*command, str(pause_s), str(drain_s)], cwd=REPO)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline_s = time.monotonic() + 90
        while True:
            try:
                httpx.get(f"{url}/healthz")
                break
            except httpx.TransportError:
                assert process.poll() is None
                assert time.monotonic() < deadline_s
                time.sleep(0.1)
        yield process, url
    finally:
        process.kill()
        process.wait()


def told_to_stop(process: subprocess.Popen[bytes], url: str) -> list[ServerSentEvent]:
    """The events of a stream whose service is told to stop after the third."""
    events: list[ServerSentEvent] = []
    body = {"question": "how much leave", "stream": True}
    with (
        httpx.Client(timeout=60) as client,
        connect_sse(client, "POST", f"{url}/v1/answer", json=body) as found,
    ):
        for event in found.iter_sse():
            events.append(event)
            if event.event == "search_results":
                process.send_signal(signal.SIGTERM)
    return events


@pytest.mark.parametrize(
    ("pause_s", "drain_s", "last"),
    [(0.2, 20, "done"), (60, 0.5, "error")],
    ids=["in time", "not in time"],
)
def test_a_stream_may_end_before_the_service_does(
    tmp_path: Path, pause_s: float, drain_s: float, last: str
) -> None:
    with running(tmp_path, pause_s=pause_s, drain_s=drain_s) as (process, url):
        events = told_to_stop(process, url)
        assert events[-1].event == last
        if last == "error":
            assert events[-1].json()["code"] == "service_stopping"
        # Ended by the signal that it was sent, and not only because a time was over.
        assert process.wait(timeout=30) in {0, -signal.SIGTERM}

"""The server of the API with real processes, sockets and signals: draining, workers that die, connections that dawdle."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest

REPO = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(condition: Callable[[], object], timeout_s: float = 90.0) -> bool:
    deadline_s = time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        if condition():
            return True
        time.sleep(0.05)
    return False


@contextmanager
def served(workers: int = 1, *given: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address and the process of a running server."""
    port = free_port()
    command = (sys.executable, "-m", "tests.e2e.served_app", str(port), str(workers), *given)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FOLIO_")}
    with subprocess.Popen(command, cwd=REPO, env=environment, stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            assert eventually(lambda: answers(url))
            yield url, process
        finally:
            with suppress(psutil.NoSuchProcess):
                for child in psutil.Process(process.pid).children(recursive=True):
                    child.kill()
            process.kill()


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.TransportError:
        return False


def connected(url: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1])), timeout=20)
    connection.settimeout(20)
    return connection


def everything(connection: socket.socket) -> bytes:
    """What comes until the server closes the connection."""
    parts = []
    with suppress(ConnectionResetError):
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_request_that_is_under_way_at_sigterm_is_answered(workers: int) -> None:
    with served(workers) as (url, process), ThreadPoolExecutor() as pool:
        asked = [pool.submit(httpx.get, f"{url}/slow", timeout=20) for _ in range(4)]
        time.sleep(0.4)
        process.send_signal(signal.SIGTERM)
        assert [one.result().status_code for one in asked] == [200] * 4
        # Uvicorn ends a single process by the signal that it was sent.
        assert process.wait(timeout=20) in {0, -signal.SIGTERM}
        assert not answers(url)


def test_draining_ends() -> None:
    with served(1, "drain_s=0.2") as (url, process), ThreadPoolExecutor() as pool:
        asked = pool.submit(httpx.get, f"{url}/endless", timeout=20)
        time.sleep(0.4)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        with suppress(httpx.TransportError):
            assert asked.result().status_code >= 500


def test_a_worker_that_is_killed_is_replaced_while_the_others_serve() -> None:
    with served(2) as (url, process):
        ids = lambda: {httpx.get(url).text for _ in range(20)}  # noqa: E731
        assert eventually(lambda: len(ids()) == 2)
        killed = int(ids().pop())
        os.kill(killed, signal.SIGKILL)
        statuses = {httpx.get(url).status_code for _ in range(20)}
        assert statuses == {200}
        assert eventually(lambda: len(ids() - {str(killed)}) == 2)
        assert process.poll() is None


@pytest.fixture(scope="module")
def bounded() -> Iterator[str]:
    """The address of a server with narrow bounds."""
    with served(1, "keep_alive_s=1", "max_header_bytes=8192", "max_connections=3") as (url, _):
        yield url


def test_a_head_that_does_not_come_is_not_waited_for(bounded: str) -> None:
    with closing(connected(bounded)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow")
        assert everything(connection) == b""


def test_a_head_that_does_not_end_is_refused(bounded: str) -> None:
    with closing(connected(bounded)) as connection:
        with suppress(OSError):
            for number in range(200):
                connection.sendall(
                    b"X-%d: %s\r\n" % (number, b"a" * 200) if number else b"GET / HTTP/1.1\r\n"
                )
                time.sleep(0.001)
        answer = everything(connection)
        assert answer.startswith(b"HTTP/1.1 431 ")
        assert b"api.max_header_bytes" in answer


def test_a_connection_too_many_is_told_so_and_later_ones_are_served(bounded: str) -> None:
    idle = [connected(bounded) for _ in range(3)]
    time.sleep(0.2)
    with closing(connected(bounded)) as connection:
        answer = everything(connection)
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"application/problem+json" in answer
    for one in idle:
        one.close()
    assert eventually(lambda: answers(bounded))


def test_a_connection_is_used_again(bounded: str) -> None:
    with httpx.Client() as client:
        for _ in range(3):
            assert client.get(bounded).status_code == 200
            # Answered before the body is read: what is left of it is no head.
            assert client.post(bounded, content=b"x" * 1_000_000).status_code == 200


def test_who_would_rather_speak_another_protocol_keeps_its_body(bounded: str) -> None:
    wish = {
        "Connection": "Upgrade, HTTP2-Settings",
        "Upgrade": "h2c",
        "HTTP2-Settings": "AAEAAEAAAAIAAAABAAMAAABk",
    }
    with httpx.Client() as client:
        for size in (10, 100_000):
            assert client.post(f"{bounded}/length", content=b"x" * size, headers=wish).text == str(size)

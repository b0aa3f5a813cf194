"""A process that sends its spans to a collector over real HTTP. Apart, since it changes how its libraries work."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

SECRET = "Margarete-Oberhuber"
PROGRAM = """
import sys
import httpx, sqlalchemy as sa
from core import tracing
from core.telemetry_settings import TelemetrySettings
from core.trace_export import start_tracing
from store.catalog.watching import watch

address, secret = sys.argv[1:]
settings = TelemetrySettings(otlp_endpoint=address, otlp_authorization="Bearer collector")
provider = start_tracing(settings, version="1")
assert start_tracing(settings, version="1") is None
engine = sa.create_engine("sqlite://")
watch(engine)
with tracing.stage("recall", limit=5):
    httpx.get(f"{address}/elsewhere?q={secret}", headers={"X-Said": secret})
    with engine.connect() as connection:
        connection.execute(sa.text(f"SELECT '{secret}'"))
        try:
            connection.execute(sa.text(f"INSERT INTO nowhere VALUES ('{secret}')"))
        except sa.exc.OperationalError:
            pass
try:
    with tracing.stage("write"):
        raise ValueError(secret)
except ValueError:
    pass
provider.shutdown()
"""


class Collector:
    """Keeps what it is sent: path, headers in lower case, body."""

    def __init__(self) -> None:
        self.received: list[tuple[str, dict[str, str], bytes]] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                collector.received.append((self.path, headers, body))
                self.send_response(200)
                self.end_headers()

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def test_spans_arrive_without_content_and_other_servers_are_told_nothing(collector: Collector):
    command = (sys.executable, "-c", PROGRAM, collector.url, SECRET)
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    elsewhere = [headers for path, headers, _ in collector.received if path.startswith("/elsewhere")]
    sent = [(headers, body) for path, headers, body in collector.received if path == "/v1/traces"]
    assert [("traceparent" in headers) for headers in elsewhere] == [False]
    assert sent
    assert all(headers["authorization"] == "Bearer collector" for headers, _ in sent)
    bodies = b"".join(body for _, body in sent)
    assert b"folio.recall" in bodies
    assert b"ValueError" in bodies
    assert b"SELECT" in bodies
    assert b"INSERT" in bodies
    assert b"OperationalError" in bodies
    assert b"GET" in bodies
    assert SECRET.encode() not in bodies
    assert b"elsewhere" not in bodies

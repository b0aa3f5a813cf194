"""The whole OpenAPI document, tried by schemathesis against the real service with data: no 5xx, no answer that it does not say.

The default suite sends each operation a few requests that the document allows and forbids; the slow one goes on for minutes.
"""

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
import schemathesis.openapi
import uvicorn
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from api.app import create_app
from core.config import RedactionSettings, Settings

TOKEN = "the token of the schemathesis run"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
# A request may be as the document says and still be refused: a cursor of another listing, a folder that is not there.
REFUSALS = ["2xx", 304, 400, 401, 403, 404, 409, 412, 415, 422, 429, 503]
STARTED_S = 60.0


def config(**phases: Any) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "headers": HEADERS,
            "continue-on-failure": True,
            "request-timeout": 30,
            "checks": {"positive_data_acceptance": {"expected-statuses": REFUSALS}},
            "generation": {"database": "none", "max-examples": phases.pop("max_examples")},
            "phases": {name: {"enabled": enabled} for name, enabled in phases.items()},
            "warnings": False,
        }
    )


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = Settings(
        home=tmp_path_factory.mktemp("home"),
        redaction=RedactionSettings(policy="off"),
        api={"token": TOKEN},
    )
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + STARTED_S
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    _fill(url)
    yield url
    server.should_exit = True
    thread.join(STARTED_S)


def _fill(url: str) -> None:
    with httpx.Client(base_url=url, headers=HEADERS, timeout=STARTED_S) as client:
        for name in ("travel.md", "leave.md"):
            text = f"# {name}\n\nA hotel in Oslo may cost at most 180 EUR a night.\n".encode()
            client.post("/v1/documents?wait=60", files={"file": (name, text)}).raise_for_status()
        client.post("/v1/sessions").raise_for_status()


def failures(url: str, chosen: SchemathesisConfig, *, only: str | None = None) -> list[str]:
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json", config=chosen, headers=HEADERS)
    if only is not None:
        schema = schema.include(path_regex=only)
    found: list[str] = []
    count = 0
    for event in from_schema(schema).execute():
        assert not isinstance(event, events.FatalError), event
        if isinstance(event, events.ScenarioFinished):
            for case_id, checks in event.recorder.checks.items():
                count += 1
                case = event.recorder.cases[case_id].value
                found += [
                    f"{case.method} {case.path}: {node.name}: {node.failure_info.failure}"
                    for node in checks
                    if node.failure_info is not None
                ]
    assert count > 0
    return sorted(set(found))


@pytest.mark.timeout(300)
def test_a_few_requests_of_every_kind_to_the_resources(service: str):
    quick = config(examples=False, coverage=True, fuzzing=False, stateful=False, max_examples=1)
    only = r"^/v1/(sources|collections|jobs|webhooks|status)$"
    assert failures(service, quick, only=only) == []


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_many_requests_of_every_kind_to_everything(service: str):
    whole = config(examples=True, coverage=True, fuzzing=True, stateful=True, max_examples=30)
    assert failures(service, whole) == []

"""Values are planted in every input of the service, and looked for in every output, file and table.

The control run, with redaction off, finds them: the search can fail.
"""

import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from core.config import LogSettings, Settings, load_settings
from core.telemetry import configure_logging
from folio.knowledge_base import KnowledgeBase
from store.vectors.connection import connect
from tests.api.conftest import serving
from tests.e2e.planted import (
    ONE_OF_EACH,
    PLANTED,
    Detective,
    Planted,
    corpus_lines,
    files_of,
    of_type,
    tables_of,
    write_inputs,
)

DETECTIVE = Detective()
Outputs = list[tuple[str, bytes]]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write_inputs(tmp_path / "docs")
    (tmp_path / "corpus.jsonl").write_text(corpus_lines())
    return tmp_path


async def points_of(settings: Settings) -> AsyncIterator[tuple[str, bytes]]:
    """Every payload: the store's own files may be compressed."""
    async with connect(settings) as client:
        for collection in (await client.get_collections()).collections:
            offset: Any = None
            while True:
                records, offset = await client.scroll(
                    collection.name, limit=500, offset=offset, with_payload=True
                )
                for record in records:
                    yield f"point {record.id}", json.dumps(record.payload, ensure_ascii=False).encode()
                if offset is None:
                    break


async def kept(settings: Settings) -> Outputs:
    points = [row async for row in points_of(settings)]
    assert points
    return [*points, *files_of(settings.home), *tables_of(settings.home)]


def said(response: httpx.Response) -> tuple[str, bytes]:
    request = response.request
    shown = f"{response.headers!r}\n".encode() + response.content
    return f"{request.method} {request.url.path[:24]} -> {response.status_code}", shown


async def ask_everything(client: httpx.AsyncClient, *, planted: Sequence[Planted] = PLANTED) -> Outputs:
    """Queries, questions, headers, uploads and wrong requests, all with values in them."""
    found: list[httpx.Response] = []
    for one in planted[::2]:
        query = {"query": f"What did {one.name} sign?"}
        found.append(await client.post("/v1/search", json=query, headers=headers_of(one)))
        found.append(await client.get("/v1/search", params={"q": one.value}))
    questions = [{"question": f"Who is {one.value}?"} for one in planted[::6]]
    found += [await client.post("/v1/answer", json=question) for question in questions]
    for one in planted:
        found += await wrong_requests(client, one)
    found += await uploads(client)
    found += [await client.get(path) for path in ("/v1/documents?limit=500", "/v1/jobs", "/v1/status")]
    for row in found[-3].json()["data"]:
        found.append(await client.get(f"/v1/documents/{row['doc_id']}/text"))
    found += [response for one in planted[::3] for response in await graph_requests(client, one)]
    whole = ("entities?limit=999", "communities", "merges", "export", "export?format=graphml")
    found += [await client.get(f"/v1/graph/{path}") for path in whole]
    assert found[-len(whole)].json()["data"]
    return [said(response) for response in found]


async def graph_requests(client: httpx.AsyncClient, one: Planted) -> list[httpx.Response]:
    """About an entity of this name, right and wrong."""
    asked, ends = quote(one.name, safe=""), {"from": one.name, "to": one.value}
    entity = f"/v1/graph/entities/{asked}"
    decision = {"left": one.name, "right": one.value, "state": "confirmed"}
    return [
        await client.get("/v1/graph/entities", params={"q": one.value}, headers=headers_of(one)),
        await client.get("/v1/graph/entities", params={"cursor": one.value, "kind": one.value}),
        *[await client.get(entity + part) for part in ("", "/neighbours", "/relations", "/evidence")],
        await client.get(f"{entity}/evidence", params={"other": one.value, "predicate": one.value}),
        await client.get(f"{entity}/neighbours", params={"hops": one.value}),
        await client.get(f"/v1/graph//entities/{asked}"),
        await client.get(f"/v1/graph/{asked}"),
        await client.get("/v1/graph/paths", params=ends),
        await client.get("/v1/graph/merges", params={"name": one.value}),
        await client.post("/v1/graph/merges", json=decision),
        await client.get(f"/v1/graph/communities/{asked}"),
    ]


def headers_of(one: Planted) -> dict[str, str]:
    plain = one.name.encode("ascii", "ignore").decode()
    return {
        "User-Agent": plain,
        "X-Request-ID": plain.replace(" ", "-"),
        "traceparent": plain,
        "Referer": plain,
    }


async def wrong_requests(client: httpx.AsyncClient, one: Planted) -> list[httpx.Response]:
    headers = headers_of(one)
    return [
        await client.post("/v1/search", json={"query": [one.value], one.value: 1}, headers=headers),
        await client.post("/v1/search", json={"query": "x", "limit": one.value}),
        await client.post("/v1/search", json={"query": "x", "filters": {"modified_before": one.value}}),
        await client.post("/v1/search", content=f'{{"query": "{one.name}'.encode()),
        await client.get("/v1/documents", params={"cursor": one.value, "state": one.value}),
        await client.get(f"/v1/documents/{one.name}"),
        await client.get(f"/v1/{one.name}"),
        await client.post("/v1/webhooks", json={"url": one.value, "events": [one.value]}),
    ]


async def uploads(client: httpx.AsyncClient) -> list[httpx.Response]:
    people, phone = of_type("PERSON"), of_type("PHONE_NUMBER")[0]
    body = "\n\n".join(one.sentence for one in PLANTED).encode()
    files = [
        (f"{people[0].value}.md", body),
        (f"{people[1].value}/letter to {phone.value}.txt", body),
        (f"{people[2].value}.pdf", b"%PDF-1.7 " + body),
        (f".{people[3].value}.md", body),
        (f"../{PLANTED[-1].as_named}", body),
        *((f"{one.as_named}.txt", f"Upload of {one.entity.lower()}".encode()) for one in ONE_OF_EACH),
    ]
    found = []
    for number, (name, data) in enumerate(files):
        key = f"{people[number % len(people)].value}{number or ''}"
        headers = {"Idempotency-Key": key.replace(" ", "_")}
        upload = {"file": (name, data)}
        found.append(await client.post("/v1/documents?wait=60", files=upload, headers=headers))
    replayed = {"file": (files[0][0], b"other")}
    headers = {"Idempotency-Key": people[0].value.replace(" ", "_")}
    found.append(await client.post("/v1/documents", files=replayed, headers=headers))
    return found


@pytest.fixture
def as_a_process() -> Iterator[None]:
    """Logging as every process of ours sets it up, at its most talkative; put back afterwards."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.getLogRecordFactory()
    configure_logging(LogSettings(level="debug"))
    yield
    root.handlers[:], factory = before[0], before[2]
    root.setLevel(before[1])
    logging.setLogRecordFactory(factory)


async def test_nothing_of_what_is_planted_is_kept_or_shown(
    corpus: Path, capsys: pytest.CaptureFixture[str], as_a_process: None
):
    settings = load_settings(home=corpus / "home", ingest={"settle_s": 0})
    async with serving(settings) as client:
        # Every third: all of them are asked for in the slow test.
        bodies = await ask_everything(client, planted=PLANTED[::3])
    # The same as the others, to the redactor; it takes its time.
    (corpus / "docs" / "directory.txt").unlink()
    async with KnowledgeBase(settings) as kb:
        reports = [
            await kb.ingest([corpus / "docs"]),
            await kb.ingest([corpus / "corpus.jsonl"], as_jsonl=True),
            await kb.refresh_communities(),
            await (await kb.graph()).communities(),
        ]
    printed = capsys.readouterr()
    assert "DEBUG" in printed.err
    shown = [
        ("stdout", printed.out.encode()),
        ("stderr", printed.err.encode()),
        ("reports", repr(reports).encode()),
    ]
    assert {response for response, _ in bodies if response.endswith("500")} == set()
    assert DETECTIVE.leaks([*bodies, *shown, *await kept(settings)]) == {}


async def test_the_search_finds_everything_where_nothing_is_redacted(corpus: Path):
    settings = load_settings(home=corpus / "home", ingest={"settle_s": 0}, redaction={"policy": "off"})
    async with KnowledgeBase(settings) as kb:
        await kb.ingest([corpus / "docs" / "directory.md", corpus / "docs" / "directory.txt"])
    for outputs in (
        list(tables_of(settings.home)),
        list(files_of(settings.home)),
        [row async for row in points_of(settings)],
    ):
        found = {one for _, data in outputs for one in DETECTIVE.found(data)}
        expected = set() if outputs and "table" in outputs[0][0] else set(PLANTED)
        assert expected - found == set()


@dataclass
class Up:
    """A `folio up` over the corpus; what it printed, and what was asked of it."""

    process: subprocess.Popen[bytes]
    settings: Settings
    docs: Path
    log: Path
    bodies: Outputs = field(default_factory=list)

    def address(self, of: str) -> str:
        found = re.search(rf"^{of} +(http\S+)", self.printed(), re.MULTILINE)
        assert found, self.printed()
        return found[1]

    def printed(self) -> str:
        return self.log.read_text(errors="replace")

    def graphql(self, query: str, **variables: Any) -> dict[str, Any]:
        body = {"query": query, "variables": variables}
        response = httpx.post(f"{self.address('Dagster')}/graphql", json=body, timeout=60)
        self.bodies.append(said(response))
        return dict(response.json()["data"])

    def statuses(self) -> list[str]:
        data = self.graphql(
            "{ runsOrError { ... on Runs { results { runId status runConfigYaml tags { key value } } } } }"
        )
        return [row["status"] for row in data["runsOrError"]["results"]]


def eventually(condition: Callable[[], object], timeout_s: float = 180) -> bool:
    deadline_s = time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        if condition():
            return True
        time.sleep(0.3)
    return bool(condition())


@pytest.fixture
def up(corpus: Path) -> Iterator[Up]:
    home, log = corpus / "home", corpus / "up.log"
    settings = load_settings(home=home)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("FOLIO_")},
        "FOLIO_HOME": str(home),
        "FOLIO_INGEST__SETTLE_S": "0",
        "FOLIO_SOURCES": json.dumps([{"name": "crm", "path": str(corpus / "corpus.jsonl")}]),
    }
    ports = ("--api-port", "0", "--dagster-port", "0")
    command = (sys.executable, "-m", "folio.cli.main", "up", str(corpus / "docs"), *ports)
    with (
        log.open("wb") as output,
        subprocess.Popen(command, env=environment, stdout=output, stderr=output) as process,
    ):
        try:
            yield Up(process, settings, corpus / "docs", log)
        finally:
            process.kill()


_LAUNCH = """
mutation($parameters: ExecutionParams!) {
  launchRun(executionParams: $parameters) { __typename ... on LaunchRunSuccess { run { runId } } }
}"""
_EVENTS = """
query($run: ID!) { logsForRun(runId: $run) { ... on EventConnection { events { ... on MessageEvent { message }
  ... on ExecutionStepFailureEvent { error { message stack causes { message stack } } } } } } }"""


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_nothing_leaks_from_a_whole_service(up: Up):
    assert eventually(lambda: "serving and watching" in up.printed() or up.process.poll() is not None, 300)
    assert up.process.poll() is None, up.printed()
    async with httpx.AsyncClient(base_url=up.address("API"), timeout=120) as client:
        up.bodies += await ask_everything(client)
        before = up.statuses()
        # An edit, a rename, a deletion and a new file, followed by the sensor.
        people = of_type("PERSON")
        (up.docs / "directory.txt").write_text("\n".join(one.sentence for one in reversed(PLANTED)))
        (up.docs / "headings.md").rename(up.docs / f"{people[5].value}.md")
        (up.docs / "page.html").unlink()
        assert eventually(lambda: len(up.statuses()) > len(before) and "STARTED" not in up.statuses())
    fail_a_run(up)
    up.bodies += run_logs(up)
    points = [row async for row in points_of(up.settings)]
    up.process.send_signal(signal.SIGTERM)
    assert up.process.wait(timeout=120) == 0
    outputs = [*up.bodies, *points, ("what was printed", up.log.read_bytes())]
    outputs += [*files_of(up.settings.home), *tables_of(up.settings.home)]
    assert points
    assert DETECTIVE.leaks(outputs) == {}


def fail_a_run(up: Up) -> None:
    """One that asks for a source that there is not."""
    location = {"repositoryLocationName": "pipelines.definitions", "repositoryName": "__repository__"}
    config = {"ops": {"sync_corpus": {"config": {"sources": ["nowhere"]}}}}
    selector = {**location, "jobName": "sync_corpus_job"}
    launched = up.graphql(_LAUNCH, parameters={"selector": selector, "runConfigData": config})
    assert launched["launchRun"]["__typename"] == "LaunchRunSuccess"
    assert eventually(lambda: "FAILURE" in up.statuses())


def run_logs(up: Up) -> Outputs:
    runs = up.graphql("{ runsOrError { ... on Runs { results { runId } } } }")["runsOrError"]["results"]
    for run in runs:
        up.graphql(_EVENTS, run=run["runId"])
    return []

"""What the client makes of Dagster's answers. That the queries are right is for tests/e2e/test_up.py to show."""

import json
from typing import Any

import httpx
import pytest

from core.errors import DependencyDownError
from folio.orchestrator import PART_TAGS, Orchestrator, OrchestratorRun, RunStatus
from folio.syncing import cancel_stale_runs, sync_all

URL = "http://dagster:3000"


class Webserver:
    """Answers GraphQL with the data given by root field, and keeps the variables it was sent."""

    def __init__(self, **data: Any) -> None:
        self.data = data
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def client(self) -> Orchestrator:
        return Orchestrator(URL, transport=httpx.MockTransport(self._serve))

    def _serve(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        data = {
            field: value for field, value in self.data.items() if f"{field}(" in body["query"] or value == {}
        }
        self.asked += [(field, body["variables"]) for field in data]
        return httpx.Response(
            200, json={"data": {**data, "workspaceOrError": self.data.get("workspaceOrError", {})}}
        )


def loaded(*jobs: str) -> dict[str, Any]:
    return {"repositoryOrError": {"__typename": "Repository", "jobs": [{"name": name} for name in jobs]}}


async def test_it_is_ready_once_the_job_is_loaded() -> None:
    assert not await Webserver(**loaded()).client().ready()
    assert await Webserver(**loaded("other", "sync_corpus_job")).client().ready()


async def test_a_webserver_that_does_not_answer_is_not_ready() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    assert not await Orchestrator(URL, transport=httpx.MockTransport(refuse)).ready()


async def test_definitions_that_cannot_be_loaded_are_an_error_with_the_reason() -> None:
    broken = {"locationEntries": [{"locationOrLoadError": {"message": "SettingsError: api.port"}}]}
    webserver = Webserver(
        repositoryOrError={"__typename": "RepositoryNotFoundError"}, workspaceOrError=broken
    )

    with pytest.raises(
        DependencyDownError, match=r"cannot load pipelines\.definitions: SettingsError: api\.port"
    ):
        await webserver.client().ready()


async def test_a_launch_passes_the_paths_on() -> None:
    webserver = Webserver(launchRun={"__typename": "LaunchRunSuccess", "run": {"runId": "r1"}})

    assert await webserver.client().launch(["/srv/docs"]) == "r1"
    ((_, variables),) = webserver.asked
    assert variables["parameters"]["runConfigData"] == {
        "ops": {"sync_corpus": {"config": {"paths": ["/srv/docs"]}}}
    }


async def test_a_refused_launch_says_why() -> None:
    webserver = Webserver(launchRun={"__typename": "PythonError", "message": "no such job"})

    with pytest.raises(DependencyDownError, match="no such job"):
        await webserver.client().launch()


async def test_a_run_shows_its_status_and_assets() -> None:
    events = [{"assetKey": {"path": [name]}} for name in ("parsed", "chunks", "parsed")]
    webserver = Webserver(
        runOrError={"__typename": "Run", "status": "SUCCESS", "assetMaterializations": events}
    )

    assert await webserver.client().run("r1") == OrchestratorRun(
        "r1", RunStatus.SUCCESS, assets=("chunks", "parsed")
    )


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([{}, {"error": None, "failureMetadata": {"description": "the store is down"}}], "the store is down"),
        ([{"error": {"message": "outer", "causes": [{"message": "inner"}]}}], "inner"),
        ([{"error": {"message": "outer", "causes": []}}], "outer"),
        ([{"error": None, "message": "the process was lost"}], "the process was lost"),
        ([], "Dagster has no reason for it"),
    ],
)
async def test_a_failure_is_its_innermost_cause(events: list[dict[str, Any]], reason: str) -> None:
    assert await Webserver(logsForRun={"events": events}).client().failure("r1") == reason


def active(*rows: tuple[str, str, float], tag: str = ".dagster/repository") -> dict[str, Any]:
    results = [
        {"runId": name, "status": status, "creationTime": time_s, "tags": [{"key": tag}]}
        for name, status, time_s in rows
    ]
    return {"runsOrError": {"results": results}}


async def test_runs_that_a_killed_dagster_left_behind_are_cancelled() -> None:
    webserver = Webserver(
        **active(("live", "STARTED", 11.0), ("queued", "QUEUED", 9.0), ("stale", "STARTED", 9.0)),
        terminateRun={"__typename": "TerminateRunSuccess"},
    )
    await cancel_stale_runs(webserver.client(), before_s=10.0)

    cancelled = [variables["run"] for field, variables in webserver.asked if field == "terminateRun"]
    assert cancelled == ["stale"]


async def test_a_sync_that_the_sensor_launched_is_followed_and_its_failure_told(settings) -> None:
    webserver = Webserver(
        **active(("r7", "STARTED", 1.0)),
        runOrError={"__typename": "Run", "status": "FAILURE", "assetMaterializations": []},
        logsForRun={"events": [{"failureMetadata": {"description": "the disk is full"}}]},
    )

    with pytest.raises(DependencyDownError, match=rf"failure: the disk is full\. See {URL}/runs/r7"):
        await sync_all(settings, webserver.client(), on_progress=lambda _: None)
    assert "launchRun" not in [field for field, _ in webserver.asked]


@pytest.mark.parametrize("tag", sorted(PART_TAGS))
async def test_a_run_of_changed_files_or_of_one_source_is_not_taken_for_the_first_sync(
    settings, tag: str
) -> None:
    webserver = Webserver(
        **active(("part", "QUEUED", 1.0), tag=tag),
        launchRun={"__typename": "LaunchRunSuccess", "run": {"runId": "whole"}},
        runOrError={"__typename": "Run", "status": "SUCCESS", "assetMaterializations": []},
    )

    assert (await sync_all(settings, webserver.client(), on_progress=lambda _: None)).run_id == "whole"

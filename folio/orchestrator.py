"""The Dagster webserver, over GraphQL: launch a sync, follow it, and see what it materialised."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

import httpx

from core.errors import DependencyDownError

JOB = "sync_corpus_job"
# Tags of runs that cover a part of the sources only.
PART_TAGS = frozenset({"folio/changes", "folio/source", "dagster/partition"})
ASSETS = ("source_manifest", "parsed", "redacted", "chunks", "embeddings", "vector_index")

_LOCATION = {"repositoryLocationName": "pipelines.definitions", "repositoryName": "__repository__"}
_TIMEOUT_S = 60.0

_JOBS = """
query($repository: RepositorySelector!) {
  repositoryOrError(repositorySelector: $repository) {
    __typename
    ... on Repository { jobs { name } }
  }
  workspaceOrError { ... on Workspace { locationEntries { locationOrLoadError {
    ... on PythonError { message }
  } } } }
}"""

_LAUNCH = """
mutation($parameters: ExecutionParams!) {
  launchRun(executionParams: $parameters) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}"""

_ACTIVE = """
query($filter: RunsFilter!) {
  runsOrError(filter: $filter, limit: 20) { ... on Runs { results { runId status creationTime tags { key } } } }
}"""

_RUN = """
query($run: ID!) {
  runOrError(runId: $run) {
    __typename
    ... on Run { status assetMaterializations { assetKey { path } } }
  }
}"""

_FAILURES = """
query($run: ID!) {
  logsForRun(runId: $run) { ... on EventConnection { events {
    ... on ExecutionStepFailureEvent { error { message causes { message } } failureMetadata { description } }
    ... on RunFailureEvent { error { message causes { message } } message }
  } } }
}"""

_CANCEL = """
mutation($run: String!) {
  terminateRun(runId: $run, terminatePolicy: MARK_AS_CANCELED_IMMEDIATELY) { __typename }
}"""


class RunStatus(StrEnum):
    """How a run of Dagster stands, in Dagster's words."""

    QUEUED = "QUEUED"
    NOT_STARTED = "NOT_STARTED"
    STARTING = "STARTING"
    STARTED = "STARTED"
    CANCELING = "CANCELING"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    CANCELED = "CANCELED"
    MANAGED = "MANAGED"
    SUSPENDED = "SUSPENDED"

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen."""
        return self in {RunStatus.SUCCESS, RunStatus.FAILURE, RunStatus.CANCELED}


@dataclass(frozen=True, slots=True)
class OrchestratorRun:
    """A run as Dagster shows it. `assets` names those it has materialised; `created_s` counts from 1970.

    `covers_all`: it syncs all registered sources, not a part of them.
    """

    run_id: str
    status: RunStatus
    assets: tuple[str, ...] = ()
    created_s: float = 0.0
    covers_all: bool = True


class Orchestrator:
    """Asks a Dagster webserver. Use it as an async context manager."""

    def __init__(self, url: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.url = url
        # trust_env off: a proxy of the environment is no way to this machine.
        self._client = httpx.AsyncClient(
            base_url=url, timeout=_TIMEOUT_S, trust_env=False, transport=transport
        )

    async def __aenter__(self) -> Self:
        """Nothing is sent before the first call."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self._client.aclose()

    def run_url(self, run_id: str) -> str:
        """The page of a run for people."""
        return f"{self.url}/runs/{run_id}"

    async def ready(self) -> bool:
        """Whether the webserver answers and has loaded the job.

        Raises:
            DependencyDownError: The definitions cannot be loaded.
        """
        try:
            data = await self._ask(_JOBS, repository=_LOCATION)
        except DependencyDownError:
            return False
        entries = data["workspaceOrError"].get("locationEntries", [])
        broken = [entry["locationOrLoadError"] for entry in entries if entry["locationOrLoadError"]]
        if messages := [error["message"] for error in broken if "message" in error]:
            raise DependencyDownError(f"Dagster cannot load pipelines.definitions: {messages[0].strip()}")
        return any(job["name"] == JOB for job in data["repositoryOrError"].get("jobs", []))

    async def active_runs(self) -> list[OrchestratorRun]:
        """The syncs that wait or run, newest first."""
        unfinished = [status for status in RunStatus if not status.finished]
        data = await self._ask(_ACTIVE, filter={"pipelineName": JOB, "statuses": unfinished})
        return [
            OrchestratorRun(
                row["runId"],
                RunStatus(row["status"]),
                created_s=row["creationTime"],
                covers_all=PART_TAGS.isdisjoint(tag["key"] for tag in row["tags"]),
            )
            for row in data["runsOrError"]["results"]
        ]

    async def launch(self, paths: Sequence[str] = ()) -> str:
        """Launch a sync of the paths, or of all registered sources; the id of the run.

        Raises:
            DependencyDownError: Dagster refuses, with its reason.
        """
        config = {"ops": {"sync_corpus": {"config": {"paths": list(paths)}}}}
        parameters = {"selector": {**_LOCATION, "jobName": JOB}, "runConfigData": config}
        result = (await self._ask(_LAUNCH, parameters=parameters))["launchRun"]
        if result["__typename"] != "LaunchRunSuccess":
            reason = result.get("message") or result.get("errors") or result["__typename"]
            raise DependencyDownError(f"Dagster did not launch {JOB}: {reason}")
        return str(result["run"]["runId"])

    async def run(self, run_id: str) -> OrchestratorRun:
        """How a run stands.

        Raises:
            DependencyDownError: Dagster does not know the run, or does not answer.
        """
        row = (await self._ask(_RUN, run=run_id))["runOrError"]
        if row["__typename"] != "Run":
            raise DependencyDownError(f"Dagster does not know the run {run_id}")
        assets = {"/".join(event["assetKey"]["path"]) for event in row["assetMaterializations"]}
        return OrchestratorRun(run_id, RunStatus(row["status"]), tuple(sorted(assets)))

    async def failure(self, run_id: str) -> str:
        """Why a run failed, as far as Dagster knows."""
        events = (await self._ask(_FAILURES, run=run_id))["logsForRun"].get("events", [])
        reasons = [reason for event in events if (reason := _reason(event))]
        return reasons[0] if reasons else "Dagster has no reason for it"

    async def cancel(self, run_id: str) -> None:
        """Mark a run as cancelled whose process is gone."""
        await self._ask(_CANCEL, run=run_id)

    async def _ask(self, query: str, **variables: Any) -> dict[str, Any]:
        try:
            response = await self._client.post("/graphql", json={"query": query, "variables": variables})
        except httpx.TransportError as error:
            raise DependencyDownError(f"Dagster does not answer at {self.url}: {error}") from error
        if response.is_error or "errors" in response.json():
            raise DependencyDownError(
                f"Dagster at {self.url} refuses a query: {response.status_code} {response.text[:300]}"
            )
        data: dict[str, Any] = response.json()["data"]
        return data


def _reason(event: dict[str, Any]) -> str:
    """What a failure event says, innermost cause first."""
    error = event.get("error") or {}
    described = (event.get("failureMetadata") or {}).get("description")
    causes = [cause["message"] for cause in error.get("causes", [])]
    return str(described or (causes or [error.get("message")])[-1] or event.get("message") or "").strip()

"""`folio demo`: start everything, index a folder through Dagster, ask three questions, stop everything."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from rich.console import Console

from core.answers import Answer, AnswerStatus
from core.clock import SystemClock
from core.config import Settings
from core.documents import DocumentRecord, DocumentState
from core.errors import InvalidInputError
from folio.api_client import ApiClient
from folio.assembly import open_artifacts
from folio.demo_questions import handbook_questions, questions_about
from folio.demo_report import DemoAnswer, DemoReport, show_answer, show_report
from folio.orchestrator import ASSETS, OrchestratorRun
from folio.ports import is_free
from folio.progress import sync_progress
from folio.service import Service, started
from folio.syncing import cancel_stale_runs, register_folders, sync_all
from folio.up import until_stopped
from ingest.sources.scan import covers
from ingest.sources.targets import SyncTarget
from store.catalog.catalog import open_catalog

_EXAMPLES = Path(__file__).parents[1] / "examples"
_QUESTION_COUNT = 3
_MAX_TRIES = 30
_TOKEN_BYTES = 32
_FAILED = 1
_STOPPED = 130


def run_demo(settings: Settings, docs: Path | None, *, as_json: bool) -> int:
    """Run the demo; 0 if all of it worked, 1 if an answer or an asset is missing.

    Raises:
        InvalidInputError: `docs` is not a folder.
        FolioError: The service cannot start, one of its processes ended, or the sync failed.
    """
    demo = _Demo(settings, docs, as_json=as_json)
    return asyncio.run(until_stopped(demo.run(), stopped_code=_STOPPED))


def with_credential(settings: Settings) -> Settings:
    """Settings with an operator's token, made up for this one run, where the API asks for credentials and has none for the demo."""
    api = settings.api
    if api.token is not None or not (api.require_key or settings.oidc.issuer):
        return settings
    token = SecretStr(secrets.token_urlsafe(_TOKEN_BYTES))
    return settings.model_copy(update={"api": api.model_copy(update={"token": token})})


@dataclass(frozen=True, slots=True)
class _World:
    """What the demo is about: the folder, the part of a source it stands for, and when all began."""

    folder: Path
    target: SyncTarget
    begun_s: float


class _Demo:
    def __init__(self, settings: Settings, docs: Path | None, *, as_json: bool) -> None:
        self._docs = docs
        self._as_json = as_json
        self._clock = SystemClock()
        self._notes = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
        self._settings = with_credential(self._with_free_ports(settings))
        self._first_answer_s: float | None = None

    async def run(self) -> int:
        begun_s = self._clock.monotonic_s()
        folder = (self._docs or _EXAMPLES / "handbook").expanduser()
        if not folder.is_dir():
            raise InvalidInputError(
                f"there is no folder {folder} to demonstrate with: `folio demo PATH` names one"
            )
        (target,) = await register_folders(self._settings, [folder])
        world = _World(folder, target, begun_s)
        self._notes.print("starting the store, the API and Dagster ...")
        async with started(self._settings) as service:
            report = await service.supervise(self._work(service, world))
            self._notes.print("stopping everything ...")
        show_report(report, as_json=self._as_json)
        return 0 if report.passed else _FAILED

    async def _work(self, service: Service, world: _World) -> DemoReport:
        if any(row.state is DocumentState.INDEXED for row in await self._documents(world)):
            self._notes.print(
                "this folder was indexed before: asking while Dagster starts and looks for changes"
            )
            run, answers = await asyncio.gather(self._sync(service), self._ask(service, world))
        else:
            run = await self._sync(service)
            answers = await self._ask(service, world)
        return DemoReport(
            folder=str(world.folder),
            answers=tuple(answers),
            documents=tuple(await self._documents(world)),
            run=run,
            run_url=service.orchestrator.run_url(run.run_id),
            missing_assets=tuple(name for name in ASSETS if name not in run.assets),
            wanted_answers=_QUESTION_COUNT,
            first_answer_s=self._first_answer_s,
            seconds=self._clock.monotonic_s() - world.begun_s,
            next_step="make up" if self._docs is None else f"folio up {world.folder}",
        )

    async def _sync(self, service: Service) -> OrchestratorRun:
        await service.wait_for_dagster()
        self._notes.print(f"Dagster is up at {service.orchestrator.url}: launching the assets")
        await cancel_stale_runs(service.orchestrator, before_s=service.begun_s)
        with sync_progress(self._notes, clock=self._clock) as show:
            return await sync_all(self._settings, service.orchestrator, on_progress=show)

    async def _ask(self, service: Service, world: _World) -> list[DemoAnswer]:
        await service.wait_for_api()
        self._notes.print(f"the API is up at {service.api.url}")
        questions = await self._questions(world)
        answers: list[DemoAnswer] = []
        for question in questions:
            answer = await self._ask_one(service.api, question, world)
            if self._docs is None or answer.status is AnswerStatus.GROUNDED:
                answers.append(DemoAnswer(question, answer))
                show_answer(answers[-1], number=len(answers), as_json=self._as_json)
            if len(answers) == _QUESTION_COUNT:
                break
        return answers

    async def _ask_one(self, api: ApiClient, question: str, world: _World) -> Answer:
        answer = await api.answer(question)
        if self._first_answer_s is None and answer.status is AnswerStatus.GROUNDED:
            self._first_answer_s = self._clock.monotonic_s() - world.begun_s
        return answer

    async def _questions(self, world: _World) -> Sequence[str]:
        if self._docs is None:
            return handbook_questions(_EXAMPLES / "questions.jsonl")
        readable = [
            row
            for row in await self._documents(world)
            if row.artifact_key and row.access.readable_by(self._settings.principal())
        ]
        artifacts = open_artifacts(self._settings)
        texts = [(row.title, await artifacts.get(row.artifact_key or "")) for row in readable[:_MAX_TRIES]]
        return questions_about(texts)[:_MAX_TRIES]

    async def _documents(self, world: _World) -> list[DocumentRecord]:
        """The documents of the folder by path, also those that the API would not show to everybody."""
        async with open_catalog(self._settings, self._clock) as catalog:
            rows = await catalog.of_source(world.target.source.source_id)
        return [row for path, row in sorted(rows.items()) if covers(world.target.only, path)]

    def _with_free_ports(self, settings: Settings) -> Settings:
        """The demo must not fail because a service runs already: it takes another port then."""
        api, dagster = settings.api, settings.dagster
        if not is_free(api.host, api.port):
            self._notes.print(f"port {api.port} is taken: the API takes another one")
            api = api.model_copy(update={"port": 0})
        if not is_free(dagster.host, dagster.port):
            self._notes.print(f"port {dagster.port} is taken: Dagster takes another one")
            dagster = dagster.model_copy(update={"port": 0})
        return settings.model_copy(update={"api": api, "dagster": dagster})

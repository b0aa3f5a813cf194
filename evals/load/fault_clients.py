"""Clients that go on whatever happens, as good ones do: what failed is sent again, and what was acknowledged is written down."""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from core.errors import FolioError
from evals.load.fault_rows import Request
from evals.load.fault_world import World
from folio.knowledge_base import KnowledgeBase

TIMEOUT_S = 60.0
_PAUSE_S = 0.5
_BETWEEN_UPLOADS_S = 0.7
_FILES = 5
_REPLAYED_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that was acknowledged: `token` stands in its text only."""

    name: str
    token: str
    key: str
    job_id: str | None
    doc_id: str


@dataclass(slots=True)
class Ledger:
    """What happened, and what was promised. `edits`: the last token of each watched file whose sync was reported whole."""

    requests: list[Request] = field(default_factory=list)
    uploads: list[Upload] = field(default_factory=list)
    answer_ids: list[tuple[float, str]] = field(default_factory=list)
    replays: list[bool] = field(default_factory=list)
    edits: dict[str, str] = field(default_factory=dict)
    unseen_edits: int = 0
    syncs: int = 0


class Clients:
    """Ten of them: three search, two take answers in the documents' words, two of the model, one a stream, two upload. And an editor."""

    def __init__(self, world: World, ledger: Ledger) -> None:
        self._world = world
        self._ledger = ledger
        # No connection is kept for longer than one request: a client that is balanced to another worker.
        self._http = httpx.AsyncClient(
            base_url=world.service.url,
            headers={"Authorization": f"Bearer {world.key}"},
            timeout=TIMEOUT_S,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def run(self) -> None:
        """Until cancelled."""
        kinds = (
            *(self._search,) * 3,
            *(self._extractive,) * 2,
            *(self._written,) * 2,
            self._streamed,
        )
        try:
            async with asyncio.TaskGroup() as group:
                for kind in kinds:
                    group.create_task(_for_ever(kind))
                for number in range(2):
                    group.create_task(self._uploading(number))
                group.create_task(self._editing())
        finally:
            await self._http.aclose()

    async def _search(self) -> None:
        await self._asked("search", "/v1/search", {"query": self._question(), "limit": 5})

    async def _extractive(self) -> None:
        body = {"question": self._question(), "mode": "extractive"}
        self._keep_record(await self._asked("answer in quotes", "/v1/answer", body))

    async def _written(self) -> None:
        body = {"question": self._question(), "mode": "compact"}
        self._keep_record(await self._asked("answer of the model", "/v1/answer", body))

    async def _streamed(self) -> None:
        body = {"question": self._question(), "mode": "extractive", "stream": True}
        response = await self._send("stream", lambda: self._http.post("/v1/answer", json=body))
        if response is None or _code(response):
            await asyncio.sleep(_PAUSE_S)
            return
        self._keep_record(_events(response)["done"])

    def _question(self) -> str:
        question: str = random.choice(self._world.service.questions)  # noqa: S311 - no secret
        return f"{question} {random.randrange(10**6)}" if random.random() < 0.5 else question  # noqa: S311

    async def _asked(self, name: str, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        response = await self._send(name, lambda: self._http.post(path, json=body))
        if response is None or not response.is_success:
            await asyncio.sleep(_PAUSE_S)
            return None
        found: dict[str, Any] = response.json()
        return found

    def _keep_record(self, found: dict[str, Any] | None) -> None:
        if found and found["answer_id"]:
            self._ledger.answer_ids.append((time.time(), found["answer_id"]))

    async def _send(self, name: str, send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response | None:
        began_s, clock_s = time.time(), time.perf_counter()
        response, code, note, status = None, "", "", 0
        try:
            response = await send()
        except httpx.TimeoutException:
            code = "no answer in time"
        except httpx.HTTPError:
            code = "connection broken"
        else:
            status = response.status_code
            code = _code(response)
            note = _note(response)
        took_ms = (time.perf_counter() - clock_s) * 1000
        # What went wrong in a stream is told by an event: there is no place for a header any more.
        says_when = response is not None and ("retry-after" in response.headers or _is_stream(response))
        self._ledger.requests.append(Request(began_s, took_ms, name, status, code, says_when, note))
        return response

    async def _uploading(self, number: int) -> None:
        count = 0
        while True:
            count += 1
            await self._upload(f"upload-{number}-{count}", waits=count % 2 == 0)
            await asyncio.sleep(_BETWEEN_UPLOADS_S)

    async def _upload(self, name: str, *, waits: bool) -> None:
        """Send it with its key until it is acknowledged."""
        token = token_of(name)
        while True:
            response = await self._send("upload", lambda: self._posted(name, token, waits=waits))
            if response is not None and response.is_success:
                break
            await asyncio.sleep(_PAUSE_S)
        upload = _acknowledged(name, token, response)
        self._ledger.uploads.append(upload)
        if random.random() < _REPLAYED_SHARE:  # noqa: S311 - no secret
            await self._again(upload, waits=waits)

    async def _posted(self, name: str, token: str, *, waits: bool) -> httpx.Response:
        text = (
            f"# Note {name}\n\nThe code word of this note is {token}. It was written for a test of faults.\n"
        )
        return await self._http.post(
            "/v1/documents",
            params={"wait": "5"} if waits else {},
            files={"file": (f"{name}.md", text.encode(), "text/markdown")},
            headers={"Idempotency-Key": name},
        )

    async def _again(self, upload: Upload, *, waits: bool) -> None:
        """The same once more: it must be the same job or document, and be marked as replayed."""
        response = await self._send("upload", lambda: self._posted(upload.name, upload.token, waits=waits))
        if response is None or not response.is_success:
            return
        found = _acknowledged(upload.name, upload.token, response)
        is_marked = response.headers.get("idempotency-replayed") == "true"
        same_job = None in (found.job_id, upload.job_id) or found.job_id == upload.job_id
        self._ledger.replays.append(is_marked and found.doc_id == upload.doc_id and same_job)

    async def _editing(self) -> None:
        """Change a watched file, synchronise, and see that it is found."""
        folder = self._world.watched
        folder.mkdir(exist_ok=True)
        async with KnowledgeBase(self._world.service.settings) as kb:
            count = 0
            while True:
                count += 1
                name = f"edited-{count % _FILES}.md"
                token = token_of(f"edit-{count}")
                await asyncio.to_thread(_write, folder / name, token)
                if await self._synced(kb, folder):
                    self._ledger.edits[name] = token
                    self._ledger.unseen_edits += await self._is_unseen(token)
                await asyncio.sleep(_PAUSE_S)

    async def _synced(self, kb: KnowledgeBase, folder: Path) -> bool:
        began_s, clock_s = time.time(), time.perf_counter()
        code = ""
        try:
            report = await kb.ingest([folder])
            code = "documents failed" if report.failed else ""
        except FolioError as error:
            code = error.code
        except Exception as error:  # noqa: BLE001 - what is no error of ours is a finding, and must not end the clients
            code = f"unexpected {type(error).__name__}"
        took_ms = (time.perf_counter() - clock_s) * 1000
        self._ledger.syncs += not code
        self._ledger.requests.append(
            Request(began_s, took_ms, "sync of an edit", 500 if code else 200, code, says_when=True, note="")
        )
        return not code

    async def _is_unseen(self, token: str) -> bool:
        found = await self._asked("search", "/v1/search", {"query": token, "limit": 5})
        return found is not None and not any(token in hit["text"] for hit in found["hits"])


def token_of(name: str) -> str:
    """A word that stands nowhere else."""
    return f"qx{sha256(name.encode()).hexdigest()[:14]}"


def _write(file: Path, token: str) -> None:
    file.write_text(
        f"# Status board\n\nThe code word on the board is {token}. It changes from time to time.\n"
    )


async def _for_ever(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await work()
        await asyncio.sleep(0.05)


def _acknowledged(name: str, token: str, response: httpx.Response) -> Upload:
    row = response.json()
    is_job = response.status_code == httpx.codes.ACCEPTED
    job_id = row["id"] if is_job else None
    return Upload(name, token, name, job_id, row["doc_id"])


def _code(response: httpx.Response) -> str:
    """Status and the code of the problem; what is no problem is told as that. Empty where it was served."""
    try:
        if _is_stream(response):
            events = _events(response)
            return (
                ""
                if "done" in events
                else f"{events['error']['status']} {events['error']['code']} in the stream"
            )
        if response.is_success:
            return ""
        is_problem = response.headers.get("content-type", "").startswith("application/problem+json")
        return f"{response.status_code} {response.json()['code']}" if is_problem else _no_problem(response)
    except (ValueError, KeyError, TypeError):
        return _no_problem(response)


def _no_problem(response: httpx.Response) -> str:
    return f"{response.status_code} no problem"


def _is_stream(response: httpx.Response) -> bool:
    content_type: str = response.headers.get("content-type", "")
    return content_type.startswith("text/event-stream")


def _events(response: httpx.Response) -> dict[str, Any]:
    """The data of the last event of each kind."""
    found = {}
    for block in response.text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in fields:
            found[fields["event"]] = json.loads(fields["data"])
    return found


def _note(response: httpx.Response) -> str:
    """How an answer was made, where it is one."""
    if not response.is_success or response.url.path != "/v1/answer" or _is_stream(response):
        return ""
    row = response.json()
    return f"{row['mode']} {row['status']}"

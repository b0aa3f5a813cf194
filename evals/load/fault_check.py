"""After all faults: is everything there that was promised, once, and does the audit log hold?"""

import asyncio
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import httpx

from evals.load.fault_clients import Ledger, Upload
from evals.load.fault_world import World
from folio.knowledge_base import KnowledgeBase

_PAGE = 500
_PATIENCE_S = 180.0
# Around the kill of a worker, as its clients saw it: on a busy machine an answer travels for a while.
_UNWRITTEN_S = 1.0
_ENDED = frozenset({"succeeded", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of what was promised, how much is kept. Each entry of `rows` is (what, promised, kept)."""

    rows: tuple[tuple[str, int, int], ...]
    notes: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Nothing is lost."""
        return all(promised == kept for _, promised, kept in self.rows)

    def table(self) -> list[str]:
        """A Markdown table."""
        lines = [f"| {what} | {promised} | {kept} |" for what, promised, kept in self.rows]
        return ["| | promised | kept |", "|---|---|---|", *lines, *self.notes]


async def verdict(world: World, ledger: Ledger) -> Verdict:
    """Wait for what is still being worked on, then read everything back through the API."""
    headers = {"Authorization": f"Bearer {world.key}"}
    async with httpx.AsyncClient(base_url=world.service.url, headers=headers, timeout=60) as client:
        jobs = await _jobs(client, ledger.uploads)
        async with KnowledgeBase(world.service.settings) as kb:
            await kb.ingest([world.watched])
        found = [await _is_found(client, upload.token) for upload in ledger.uploads]
        edits = [await _is_found(client, token) for token in _texts(world).values()]
        paths = Counter((row["source_id"], row["path"]) for row in await _documents(client))
        is_sound = await _audit(world.variables)
    records = await _records(world.database)
    missing = [at_s for at_s, answer_id in ledger.answer_ids if answer_id not in records]
    killed = sum(any(abs(kill_s - at_s) < _UNWRITTEN_S for kill_s in world.kills_s) for at_s in missing)
    reported = sum(state in {"failed", "cancelled"} for state in jobs)
    kept = sum(ok or state in {"failed", "cancelled"} for ok, state in zip(found, jobs, strict=True))
    return Verdict(
        (
            ("uploads acknowledged: found by a search, or reported as failed", len(found), kept),
            ("documents in the catalog, each path once", len(paths), sum(n == 1 for n in paths.values())),
            ("watched files, found with their last edit", len(edits), sum(edits)),
            (
                "edits acknowledged and searched for at once, found",
                ledger.syncs,
                ledger.syncs - ledger.unseen_edits,
            ),
            ("uploads sent twice with one key, replayed", len(ledger.replays), sum(ledger.replays)),
            (
                "records of answers",
                len(ledger.answer_ids) - killed,
                len(ledger.answer_ids) - len(missing),
            ),
            ("audit log, read and recomputed", 1, int(is_sound)),
        ),
        (
            f"\n{reported} of the jobs ended as failed; {sum(s == 'lost' for s in jobs)} are unknown. "
            f"{killed} records were not written yet when their worker was killed, as docs/records.md says.",
        ),
    )


async def _jobs(client: httpx.AsyncClient, uploads: Sequence[Upload]) -> list[str]:
    """The state in which each upload's job ended; `document` where it was waited for, `lost` where nobody knows the job."""
    states = ["document"] * len(uploads)
    async with asyncio.timeout(_PATIENCE_S):
        for number, upload in enumerate(uploads):
            while upload.job_id is not None:
                response = await client.get(f"/v1/jobs/{upload.job_id}")
                states[number] = response.json()["state"] if response.is_success else "lost"
                if states[number] in _ENDED or response.status_code == httpx.codes.NOT_FOUND:
                    break
                await asyncio.sleep(0.5)
    return states


async def _is_found(client: httpx.AsyncClient, token: str) -> bool:
    """Whether one passage, and no second one, has the word."""
    body = {"query": token, "limit": 10}
    response = await client.post("/v1/search", json=body)
    if not response.is_success:
        return False
    return sum(token in hit["text"] for hit in response.json()["hits"]) == 1


def _texts(world: World) -> dict[str, str]:
    """The word in each watched file as it stands on the disk now."""
    found = {}
    for file in sorted(world.watched.glob("*.md")):
        found[file.name] = file.read_text().partition("is ")[2].partition(".")[0]
    return found


async def _documents(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    parameters: dict[str, str] = {"limit": str(_PAGE)}
    while True:
        page = (await client.get("/v1/documents", params=parameters)).raise_for_status().json()
        rows += page["data"]
        if not page["has_more"]:
            return rows
        parameters["cursor"] = page["next_cursor"]


async def _records(database: str) -> frozenset[str]:
    connection = await asyncpg.connect(database, timeout=10)
    try:
        rows = await connection.fetch("SELECT answer_id FROM answer_records")
    finally:
        await connection.close()
    return frozenset(row["answer_id"] for row in rows)


async def _audit(variables: Mapping[str, str]) -> bool:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "folio.cli.main", "audit", "verify"),
        env=dict(variables),
        stdout=asyncio.subprocess.DEVNULL,
    )
    return await process.wait() == 0

"""`folio ingest` killed at random moments while a reader looks on: every next sync converges, and nobody sees a gap.

`make test-crash KILLS=100` kills a sync of 200 documents; the default suite kills a smaller one twice.
"""

import asyncio
import os
import random
import sys
import time
from collections import Counter, defaultdict, deque
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest

from core.access import Principal, Tier
from core.clock import SystemClock
from core.config import Settings, child_environment, load_settings
from core.documents import DocumentRecord, DocumentState
from inference.embed.factory import create_embedder
from store.catalog.catalog import open_catalog
from store.vectors.connection import connect
from store.vectors.index import QdrantIndex
from tests.e2e.crash_corpus import Corpus, number_of
from tests.fakes.store_process import StoreProcess

KILLS = int(os.environ.get("FOLIO_TEST_KILLS", "100"))
SEED = int(os.environ.get("FOLIO_TEST_SEED", str(time.time_ns() % 10**6)))
READER = Principal(clearance=Tier.RESTRICTED)
GONE = {DocumentState.DELETING, DocumentState.DELETED}
_SLOW = [pytest.mark.slow, pytest.mark.timeout(7200)]


@dataclass
class Reader:
    """Looks at all documents again and again. One scroll is one request, so it shows one moment."""

    index: QdrantIndex
    corpus: Corpus
    looks: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    async def look(self) -> list[dict]:
        """Every point; what is visible has been checked."""
        points, rest = await self.index._client.scroll(self.index.collection, limit=100_000)
        assert rest is None
        payloads = sorted((point.payload for point in points), key=lambda row: row["ordinal"])
        visible = defaultdict(lambda: defaultdict(list))
        for row in payloads:
            if row["active"]:
                visible[number_of(row["path"])][row["version"]].append(row["text"])
        for number in self.corpus.editions:
            versions = visible[number]
            # What `QdrantIndex.search` shows of a document that is caught in its swap.
            edition = self.corpus.check(versions[max(versions)] if versions else [], number=number)
            self.seen["old" if edition != self.corpus.editions[number] else "new"] += 1
        self.looks += 1
        return payloads

    async def poll(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(0.05)

    @asynccontextmanager
    async def watching(self):
        """Polls while the block runs; what the reader found wrong is raised at its end."""
        polling = asyncio.create_task(self.poll())
        try:
            yield
        finally:
            polling.cancel()
            with suppress(asyncio.CancelledError):
                await polling


async def ingest(settings: Settings, folder: Path, *, kill_after_s: float | None = None) -> dict | None:
    """The report of `folio ingest`; None if it was killed before its end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "folio.cli.main", "ingest", str(folder), "--json"),
        env={**child_environment(settings), "FOLIO_REDACTION__POLICY": "off"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    talk = asyncio.create_task(process.communicate())
    await asyncio.wait({talk}, timeout=kill_after_s)
    if not talk.done():
        process.kill()
    output, errors = await talk
    if process.returncode == -9:
        return None
    assert process.returncode == 0, errors.decode()
    return orjson.loads(output)


async def records_of(settings: Settings) -> dict[int, DocumentRecord]:
    async with open_catalog(settings, SystemClock()) as catalog:
        return {number_of(row.path): row for row in await catalog.page("default", limit=10_000)}


async def check_converged(settings: Settings, reader: Reader) -> None:
    """Nothing lost, doubled, half-active or orphaned: catalog, points and stored texts say the same."""
    editions = {number: edition for number, edition in reader.corpus.editions.items() if edition is not None}
    records = await records_of(settings)
    live = {number: row for number, row in records.items() if row.state not in GONE}
    assert {row.state for row in live.values()} <= {DocumentState.INDEXED}
    assert set(live) == set(editions)
    points = await reader.look()
    active = Counter((row["doc_id"], row["version"]) for row in points if row["active"])
    assert active == Counter({(row.doc_id, row.version): row.chunk_count for row in live.values()})
    resting = {row["doc_id"] for row in points if not row["active"]}
    assert resting <= {row.doc_id for row in records.values() if row.state in GONE}
    texts = {path.stem for path in (settings.home / "artifacts").rglob("*.txt")}
    assert {row.artifact_key for row in live.values()} <= texts
    assert texts == {row.artifact_key for row in records.values() if row.artifact_key}


@pytest.mark.parametrize(
    ("document_count", "kill_count"),
    [pytest.param(12, 1, marks=pytest.mark.slow), pytest.param(200, KILLS, marks=_SLOW)],
    ids=["few", "many"],
)
async def test_killed_sync_converges_and_a_reader_never_sees_a_gap(
    tmp_path: Path, document_count: int, kill_count: int
) -> None:
    chance = random.Random(SEED)
    settings = load_settings(home=tmp_path / "home")
    corpus = Corpus(tmp_path / "docs", document_count=document_count, chance=chance)
    store = StoreProcess(settings.home / "vectors")
    model = create_embedder(settings.embedding)
    killed = 0
    try:
        async with connect(settings) as client:
            index = QdrantIndex(
                client,
                collection=settings.vectors.collection,
                dimension=model.dimension,
                embedding=model.fingerprint,
                batch_count=256,
            )
            await index.prepare()
            reader = Reader(index, corpus)
            started_s = time.monotonic()
            await ingest(settings, corpus.folder)
            lasted_s = deque([time.monotonic() - started_s], maxlen=5)
            corpus.settle()
            await check_converged(settings, reader)
            while killed < kill_count:
                corpus.change()
                async with reader.watching():
                    kill_after_s = chance.uniform(0.3, max(lasted_s))
                    killed += await ingest(settings, corpus.folder, kill_after_s=kill_after_s) is None
                    started_s = time.monotonic()
                    report = await ingest(settings, corpus.folder)
                    lasted_s.append(time.monotonic() - started_s)
                assert report["failed"] == []
                corpus.settle()
                await check_converged(settings, reader)
            again = await ingest(settings, corpus.folder)
    finally:
        store.terminate()
    assert (again["added"], again["modified"], again["deleted"]) == (0, 0, 0)
    assert min(reader.seen["old"], reader.seen["new"]) > 0
    sys.stdout.write(f"seed {SEED}: {killed} kills, {reader.looks} looks, {dict(reader.seen)}\n")

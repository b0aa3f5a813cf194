"""What a sync costs that has nothing to do, or one file, in folders of different sizes.

The folders are filled with vectors that were not computed: what is measured later does not depend on them.
"""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from core.clock import SystemClock
from core.config import Settings, load_settings
from core.ports import Embedder
from core.runs import IngestReport, RunRecord
from evals.ingest_bench.corpus import edit_one, write_small
from folio.assembly import create_engine, open_catalog, open_parts
from folio.knowledge_base import KnowledgeBase
from ingest.sources.targets import resolve_targets


@dataclass(frozen=True, slots=True)
class SyncCost:
    """Medians over the turns. `edit_s`: the folder is synced; `named_edit_s`: only the edited file is named."""

    document_count: int
    fill_s: float
    no_op_s: float
    edit_s: float
    named_edit_s: float


async def measure(place: Path, *, document_count: int, turn_count: int) -> SyncCost:
    """Fill a knowledge base with small files, then sync it again and again."""
    folder = place / f"docs-{document_count}"
    write_small(folder, document_count=document_count)
    settings = load_settings(home=place / f"home-{document_count}", redaction={"policy": "off"})
    fill_s = await _fill(settings, folder)
    async with KnowledgeBase(settings) as kb:
        # The first one loads the model and reads what is not in the page cache.
        edit_one(folder, document_count=document_count, turn=-1)
        await kb.ingest([folder])
        no_ops = [await _timed(kb, folder) for _ in range(turn_count)]
        edits, named = [], []
        for turn in range(turn_count):
            edit_one(folder, document_count=document_count, turn=2 * turn)
            edits.append(await _timed(kb, folder))
            named.append(await _timed(kb, edit_one(folder, document_count=document_count, turn=2 * turn + 1)))
    _expect(no_ops, changed=0)
    _expect([*edits, *named], changed=1)
    return SyncCost(document_count, fill_s, _median(no_ops), _median(edits), _median(named))


async def _timed(kb: KnowledgeBase, path: Path) -> tuple[float, IngestReport]:
    started_s = time.perf_counter()
    report = await kb.ingest([path])
    return time.perf_counter() - started_s, report


def _median(turns: Sequence[tuple[float, IngestReport]]) -> float:
    return statistics.median(seconds for seconds, _ in turns)


def _expect(turns: Sequence[tuple[float, IngestReport]], *, changed: int) -> None:
    for _, report in turns:
        if (report.added, report.modified, report.deleted, report.failed) != (0, changed, 0, ()):
            msg = f"the benchmark measured another change than it made: {report}"
            raise RuntimeError(msg)


async def _fill(settings: Settings, folder: Path) -> float:
    clock = SystemClock()
    async with open_parts(settings) as parts, open_catalog(settings, clock) as catalog:
        engine = create_engine(settings, replace(parts, embedder=_Constant(parts.embedder)), catalog)
        targets = resolve_targets([folder], known=[], tenant=settings.access.tenant, as_jsonl=False)
        started_s = time.perf_counter()
        plan = await engine.plan(targets)
        await engine.execute(plan, run=RunRecord(uuid4().hex, (), clock.now()))
        return time.perf_counter() - started_s


class _Constant:
    """Implements Embedder: every passage is the first axis, under the name of the real model."""

    def __init__(self, model: Embedder) -> None:
        self.fingerprint = model.fingerprint
        self.dimension = model.dimension

    async def embed_passages(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        vector = (1.0, *[0.0] * (self.dimension - 1))
        return [vector] * len(texts)

    async def embed_query(self, text: str) -> tuple[float, ...]:
        return (await self.embed_passages([text]))[0]

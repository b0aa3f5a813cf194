"""A set in a knowledge base of its own: its files or texts go through everything that a user's documents go through."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from core.access import AccessLabel, Principal
from core.answers import Answer
from core.config import Settings
from core.documents import DocumentRecord, DocumentState
from core.search import ChunkPoint
from evals.datasets.model import CorpusKind, EvalCase, EvalDocument, EvalSet
from evals.scorecard.spent import Spent, Watch
from folio.assembly import Parts
from folio.knowledge_base import KnowledgeBase
from folio.live import MakeParts

SERVED_COUNT = 50
_PAGE_COUNT = 500
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Stored:
    """A document of a set as it is stored. `name` is its id in the set, `chunks` where its chunks are in the text, by place."""

    name: str
    label: AccessLabel
    text: str = field(repr=False)
    chunks: tuple[Span, ...] = ()


@dataclass(slots=True)
class SetIndex:
    """An open knowledge base that holds a set.

    `documents` by Folio's id; `points` says by point id which document of the set a chunk is of; `ingest` is what indexing took.
    """

    data: EvalSet
    kb: KnowledgeBase
    parts: Parts
    documents: Mapping[str, Stored]
    points: Mapping[str, str]
    ingest: Spent
    _answers: dict[str, Answer] = field(default_factory=dict)
    _served: dict[str, list[str]] = field(default_factory=dict)

    def reader(self, case: EvalCase) -> Principal:
        """On whose behalf a case is asked."""
        return case.reader.principal if case.reader else self.kb.settings.principal("evaluation")

    def named(self) -> dict[str, Stored]:
        """The documents by their ids in the set."""
        return {one.name: one for one in self.documents.values()}

    @property
    def has_answers(self) -> bool:
        """Whether the set says what the answers are."""
        return any(case.answers or case.spans for case in self.data.cases)

    async def served(self, case: EvalCase) -> list[str]:
        """Folio's ids of the documents that a case's question finds for its reader, best first; it is searched for once."""
        if case.case_id not in self._served:
            found = await self.kb.search_documents(
                case.question, limit=SERVED_COUNT, principal=self.reader(case)
            )
            self._served[case.case_id] = [hit.doc_id for hit in found.hits]
        return self._served[case.case_id]

    async def answer(self, case: EvalCase) -> Answer:
        """The answer to a case's question; it is asked once."""
        if case.case_id not in self._answers:
            found = await self.kb.answer(case.question, principal=self.reader(case))
            self._answers[case.case_id] = found
        return self._answers[case.case_id]


@asynccontextmanager
async def open_index(
    data: EvalSet, settings: Settings, *, make: MakeParts, work: Path
) -> AsyncIterator[SetIndex]:
    """Index a set from the beginning; the stores are those of the settings."""
    made: list[Parts] = []

    def kept(*arguments: Any, **named: Any) -> Parts:
        made.append(make(*arguments, **named))
        return made[-1]

    place = _place(data, work)
    async with KnowledgeBase(settings, make=kept) as kb:
        # Models load with the first text; that is no part of what indexing costs.
        await kb.embed(["a first text"])
        watch = Watch()
        await kb.ingest([place], as_jsonl=data.corpus is CorpusKind.TEXTS)
        spent = watch.stop()
        points = [point async for point in made[-1].index.scan()]
        documents = await _stored(kb, points)
        names = {one.point_id: documents[one.doc_id].name for one in points if one.doc_id in documents}
        yield SetIndex(data, kb, made[-1], documents, names, spent)


def _place(data: EvalSet, work: Path) -> Path:
    """The folder of a set's files; a corpus of texts is written as one file first."""
    if data.folder is not None:
        return data.folder
    folder = work / f"{data.name}-{data.version}"
    file = folder / "corpus.jsonl"
    if not file.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_bytes(b"".join(map(_line, data.documents)))
        part.replace(file)
    return file


def _line(document: EvalDocument) -> bytes:
    label = document.access
    row: dict[str, object] = {"id": document.doc_id, "title": document.title}
    row["text"] = document.text if document.text.strip() else document.title
    if label is not None:
        row["metadata"] = {"tier": label.tier.label, "groups": sorted(label.groups)}
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


async def _stored(kb: KnowledgeBase, points: Iterable[ChunkPoint]) -> dict[str, Stored]:
    chunks: dict[str, list[Span]] = {}
    for point in points:
        chunks.setdefault(point.doc_id, []).append((point.start, point.end))
    found: dict[str, Stored] = {}
    after: str | None = None
    while rows := await kb.documents(limit=_PAGE_COUNT, after=after, states=(DocumentState.INDEXED,)):
        for row in rows:
            text = await kb.text(row.doc_id)
            found[row.doc_id] = Stored(
                _name(row), row.access, text, tuple(sorted(chunks.get(row.doc_id, ())))
            )
        after = rows[-1].doc_id
    return found


def _name(record: DocumentRecord) -> str:
    return record.external_id or record.path

"""A set that brings its documents: they are indexed in a knowledge base of their own, with the settings in force, and asked there."""

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import orjson

from core.config import Settings
from core.errors import InvalidInputError
from core.eval_settings import EvalSettings
from evals.datasets.model import CorpusKind, EvalDocument, EvalSet
from evals.running.asking import Place
from evals.running.opened import EvaluatedKnowledgeBase
from evals.running.sampling import named_documents

_CORPUS_FILE = "corpus.jsonl"


@asynccontextmanager
async def indexed_apart(settings: Settings, eval_set: EvalSet) -> AsyncIterator[Place]:
    """The set's documents in a temporary knowledge base, removed at the end.

    Raises:
        InvalidInputError: A document that the set names cannot be indexed.
    """
    with tempfile.TemporaryDirectory(prefix="folio-eval-") as folder:
        corpus, home = _corpus(eval_set, Path(folder)), Path(folder) / "home"
        async with EvaluatedKnowledgeBase(_apart(settings, home)) as kb:
            as_jsonl = eval_set.corpus is CorpusKind.TEXTS
            report = await kb.ingest([corpus], as_jsonl=as_jsonl)
            _check_named(eval_set, {failure.path: failure.reason for failure in report.failed})
            yield await kb.place()


def _check_named(eval_set: EvalSet, failures: Mapping[str, str]) -> None:
    """Files that nobody asks for may be broken: the example handbook has one on purpose."""
    broken = [name for name in named_documents(eval_set) if name in failures]
    if broken:
        raise InvalidInputError(
            f"{len(broken)} documents of the set '{eval_set.name}' cannot be indexed, as {broken[0]}: {failures[broken[0]]}"
        )


def _apart(settings: Settings, home: Path) -> Settings:
    """The settings, over stores of their own and none of the user's sources."""
    none = {"url": None}
    return settings.model_copy(
        update={
            "home": home,
            "sources": (),
            "vectors": settings.vectors.model_copy(update={**none, "api_key": None}),
            "catalog": settings.catalog.model_copy(update=none),
            "artifacts": settings.artifacts.model_copy(update=none),
            "cache": settings.cache.model_copy(update=none),
            "ingest": settings.ingest.model_copy(update={"settle_s": 0}),
            "evals": EvalSettings(),
        }
    )


def _corpus(eval_set: EvalSet, folder: Path) -> Path:
    if eval_set.corpus is CorpusKind.FILES:
        if eval_set.folder is None or not eval_set.folder.is_dir():
            raise InvalidInputError(
                f"the folder of the set '{eval_set.name}' is not there: {eval_set.folder}"
            )
        return eval_set.folder
    file = folder / _CORPUS_FILE
    file.write_bytes(b"".join(_line(document) for document in eval_set.documents))
    return file


def _line(document: EvalDocument) -> bytes:
    metadata: dict[str, object] = {}
    if document.access is not None:
        metadata = {"tier": document.access.tier.label, "groups": sorted(document.access.groups)}
    row = {"id": document.doc_id, "title": document.title, "text": document.text, "metadata": metadata}
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)

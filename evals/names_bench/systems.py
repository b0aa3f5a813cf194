"""A corpus of names, indexed and asked through Folio's own pipeline under one kind of redaction."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from core.clock import SystemClock
from core.config import Settings, load_settings
from core.documents import ParsedDocument, RedactedDocument
from core.ports import Redactor
from core.pseudonyms import TOKEN
from core.runs import RunRecord
from evals.names_bench.corpus import NamedDocument, Question
from evals.retrieval_eval.indexing import structure_chunker
from evals.retrieval_eval.vector_cache import CachedEmbedder
from folio.assembly import Parts, create_engine, create_parts, create_redactor, open_catalog, open_collections
from inference.embed.factory import create_embedder
from ingest.parse.kreuzberg_parser import KreuzbergParser
from ingest.pii.off import NoRedaction
from ingest.pipeline import Pipelines
from ingest.sources.targets import resolve_targets

OFF, PSEUDONYMS, PLACEHOLDERS = "redaction off", "pseudonyms", "<PERSON>"
_HITS = 50


@dataclass(slots=True)
class Remembered:
    """A redactor that redacts each text once, however many systems are measured."""

    redactor: Redactor
    results: dict[tuple[str, str], RedactedDocument]

    @property
    def fingerprint(self) -> str:
        """The redactor's own."""
        return self.redactor.fingerprint

    def redact(self, document: ParsedDocument) -> RedactedDocument:
        """As the redactor does."""
        key = (document.title, document.text)
        if key not in self.results:
            self.results[key] = self.redactor.redact(document)
        return self.results[key]


@dataclass(frozen=True, slots=True)
class Placeholders:
    """What others do with what was found: every person is `<PERSON>`."""

    redactor: Redactor
    fingerprint: str = "placeholders"

    def redact(self, document: ParsedDocument) -> RedactedDocument:
        """With types in place of tokens, and nothing that tells values apart."""
        found = self.redactor.redact(document)
        clean = replace(
            found.document, text=_placeholders(found.document.text), title=_placeholders(found.document.title)
        )
        return RedactedDocument(clean, found.redaction_counts)


def redactors() -> dict[str, Redactor]:
    """The three ways, with one detection for both that need it."""
    detecting = Remembered(create_redactor(_settings(Path("unused"), PSEUDONYMS)), {})
    return {OFF: NoRedaction(), PSEUDONYMS: detecting, PLACEHOLDERS: Placeholders(detecting)}


async def rankings(
    name: str,
    documents: Sequence[NamedDocument],
    questions: Sequence[Question],
    *,
    redactor: Redactor,
    cache: Path | None = None,
) -> dict[str, list[str]]:
    """Documents by question, best first, as one system finds them."""
    async with _indexed(name, documents, redactor=redactor, cache=cache) as parts:
        principal = parts.settings.principal()
        found = {}
        for question in questions:
            result = await parts.search.search_documents(question.text, principal=principal, limit=_HITS)
            found[question.question_id] = [hit.external_id or "" for hit in result.hits]
        return found


@asynccontextmanager
async def _indexed(
    name: str, documents: Sequence[NamedDocument], *, redactor: Redactor, cache: Path | None
) -> AsyncIterator[Parts]:
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.jsonl"
        corpus.write_bytes(b"\n".join(map(_line, documents)))
        settings = _settings(Path(folder) / "home", name)
        embedder = CachedEmbedder(create_embedder(settings.embedding), folder=cache)
        async with open_collections(settings) as collections:
            clock = SystemClock()
            parts = create_parts(settings, collections, embedder=embedder, clock=clock)
            await parts.index.prepare()
            async with open_catalog(settings, clock) as catalog:
                pipelines = Pipelines(
                    KreuzbergParser(settings.ingest),
                    redactor=lambda *_: redactor,
                    chunker=lambda *_: structure_chunker(settings),
                )
                engine = create_engine(settings, parts, catalog, pipelines=pipelines)
                targets = await asyncio.to_thread(
                    resolve_targets, [corpus], known=[], tenant=settings.access.tenant, as_jsonl=True
                )
                plan = await engine.plan(targets)
                run = RunRecord("names", (targets[0].source.source_id,), clock.now())
                report = await engine.execute(plan, run=run)
            if report.added != len(documents):
                msg = f"{report.added} of {len(documents)} documents were indexed"
                raise RuntimeError(msg)
            yield parts


def _settings(home: Path, name: str) -> Settings:
    """Only with pseudonyms a query is rewritten: placeholders have nothing that it could be rewritten to."""
    return load_settings(
        home=home,
        vectors={"url": None},
        redaction={"policy": "standard" if name == PSEUDONYMS else "off"},
        vault={"pseudonym_key": "a key for measuring"},
    )


def _placeholders(text: str) -> str:
    return TOKEN.sub(lambda token: f"<{token[0].rpartition('_')[0]}>", text)


def _line(document: NamedDocument) -> bytes:
    return orjson.dumps(
        {"id": document.doc_id, "title": document.title, "text": document.text, "metadata": {}}
    )

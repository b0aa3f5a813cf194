"""A change before it goes live: the same documents in two stores of their own, as they are and as they would be, asked the same.

Both stores are embedded ones in a temporary folder, which is removed whatever happens. Of the live base nothing is changed.
"""

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from core.config import Settings
from core.errors import InvalidInputError, NotFoundError
from core.eval_subjects import PUT_BACK, Subject, recorded_settings
from evals.datasets.model import EvalSet
from evals.running.asking import Place
from evals.running.copying import Making, StoredDocument, write_anew, write_stored
from evals.running.opened import EvaluatedKnowledgeBase
from evals.running.sampling import draw
from folio.assembly import Parts, create_parts, create_pipelines, open_collections
from folio.openers import Openers
from inference.embed.factory import create_embedder


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Both stores, open. `missing_count` documents of the set are not in the live base any more."""

    before: Place
    after: Place
    subject_before: Subject
    subject_after: Subject
    document_count: int
    missing_count: int


@asynccontextmanager
async def rehearse(
    kb: EvaluatedKnowledgeBase,
    eval_set: EvalSet,
    *,
    versions: Mapping[str, int],
    recorded: Mapping[str, str] | None = None,
) -> AsyncIterator[Rehearsal]:
    """A sample of the live base in two stores: with what is in force, and with what the settings ask for.

    Args:
        kb: The live base.
        eval_set: Questions over it.
        versions: Versions of prompts that are to be tried.
        recorded: The values of the subject of the last evaluation of the live base: how it was searched then.

    Raises:
        InvalidInputError: The set needs more documents than are allowed, or none of its documents is there.
    """
    settings, catalog = kb.settings, await kb.keeper()
    count = settings.evals.gate.document_count
    sample = await draw(catalog, eval_set, tenant=settings.access.tenant, count=count)
    documents = [found for row in sample.records if (found := await _stored(kb, row.doc_id)) is not None]
    if not documents:
        raise InvalidInputError(
            "none of the documents has visible chunks: run `folio reconcile --repair` first"
        )
    texts = {document.record.doc_id: document.text for document in documents}

    async def text_of(doc_id: str) -> str:
        return texts[doc_id]

    old = recorded_settings(kb.live.settings, recorded or {})
    with tempfile.TemporaryDirectory(prefix="folio-eval-") as folder:
        homes = Path(folder) / "before", Path(folder) / "after"
        async with (
            _parts(old, homes[0], kb.live, await kb.openers({})) as before,
            _parts(settings, homes[1], kb.live, await kb.openers(versions)) as after,
        ):
            await write_stored(before, documents)
            await write_anew(after, documents, await _making(settings, after, kb))
            yield Rehearsal(
                Place(before, text_of, catalog.readable),
                Place(after, text_of, catalog.readable),
                _as_recorded(await kb.live_subject(), recorded or {}),
                await kb.wanted_subject(versions),
                len(documents),
                sample.missing_count,
            )


def _as_recorded(live: Subject, recorded: Mapping[str, str]) -> Subject:
    return Subject({**live.values, **{name: recorded[name] for name in PUT_BACK if name in recorded}})


async def _stored(kb: EvaluatedKnowledgeBase, doc_id: str) -> StoredDocument | None:
    """The document whose stored text is the one that its visible chunks were cut from; None where there is none."""
    record = await kb.record(doc_id)
    if record is None or record.artifact_key is None:
        return None
    stored = [point for point in await kb.live.index.stored(doc_id) if point.active]
    points = sorted(stored, key=lambda point: point.ordinal)
    try:
        text = await kb.text(doc_id)
    except NotFoundError:
        return None
    cut_from_it = all(text[point.start : point.end] == point.text for point in points)
    return StoredDocument(record, text, tuple(points)) if points and cut_from_it else None


async def _making(settings: Settings, parts: Parts, kb: EvaluatedKnowledgeBase) -> Making:
    sources = {source.source_id: source for source in await (await kb.keeper()).sources()}
    pipelines = create_pipelines(settings, parts.embedder)
    return Making(pipelines, sources, parts.embedder, parts.sparse)


@asynccontextmanager
async def _parts(settings: Settings, home: Path, live: Parts, openers: Openers) -> AsyncIterator[Parts]:
    """Parts over an empty store in `home`. All but the store is of the settings: keys of pseudonyms lie in their home."""
    same = live.settings.embedding == settings.embedding
    embedder = live.embedder if same else create_embedder(settings.embedding)
    async with open_collections(_beside(settings, home)) as collections:
        parts = create_parts(settings, collections, embedder=embedder, clock=live.clock, openers=openers)
        await parts.index.prepare()
        known = await live.collections.lexical(live.index.collection).state()
        if known is not None:
            parts.sparse.use_averages(known.average_words)
        yield parts


def _beside(settings: Settings, home: Path) -> Settings:
    vectors = settings.vectors.model_copy(update={"url": None, "api_key": None})
    return settings.model_copy(update={"home": home, "vectors": vectors})

"""`KnowledgeBase.rebuild` and `rollback`: which collections take part, which documents stay as they are, and the check of recall."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from core.access import Principal
from core.config import Settings
from core.errors import InvalidInputError, NotFoundError
from core.eval_subjects import SubjectPart
from core.generations import Generation, GenerationState
from core.search import ChunkPoint, Hit, HybridQuery, SparseVector
from folio.assembly import Parts, create_engine
from folio.live import LOOK_EVERY_S, LiveParts, described, with_embedding
from ingest.rebuild.copying import Collections
from ingest.rebuild.progress import RebuildProgress, RebuildReport, RecallCheck
from ingest.rebuild.switch import Moves, Switch, SwitchParts
from retrieval.filters import visible_to

if TYPE_CHECKING:
    from core.documents import Source
    from folio.release_gate import ReleaseGate
    from store.catalog.catalog import SqlCatalog

_HIT_COUNT = 10
_QUESTION_CHARS = 200
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
# Every process looks at least this often; twice, for one whose look was just under way.
_NOTICED_S = 2 * LOOK_EVERY_S

OnProgress = Callable[[RebuildProgress], None]


@dataclass(frozen=True, slots=True)
class Question:
    """A question and where its answer is: a document's id or its path."""

    text: str
    document: str
    principal: Principal


@dataclass(frozen=True, slots=True)
class RebuildOptions:
    """`rate`: chunks per second at most. `force`: switch even if less is found. `questions`: a JSONL file of more of them."""

    rate: float | None = None
    force: bool = False
    questions: Path | None = None


async def rebuild(
    settings: Settings,
    live: LiveParts,
    catalog: "SqlCatalog",
    *,
    options: RebuildOptions,
    on_progress: OnProgress | None = None,
) -> RebuildReport:
    """Build the collection of the model that the settings name, and make it live.

    Raises:
        InvalidInputError: It finds less than the live one, or the file of questions cannot be used.
        StoreBusyError: Another rebuild is running, or a sync did not give way.
    """
    old = live.parts
    new = live.beside(settings)
    if new.index.collection == old.index.collection:
        return RebuildReport(old.index.collection, former=None, switched=False)
    more = await asyncio.to_thread(_read_questions, options.questions, settings)

    async def check() -> RecallCheck:
        return await recall(old, new, more=more)

    now = old.clock.now()
    wanted = replace(described(new, now=now), state=GenerationState.BUILDING, live_since=None)
    switch = Switch(_parts(old, catalog, check), rate=options.rate, force=options.force)
    return await _switched(switch, wanted, old=old, new=new, catalog=catalog, on_progress=on_progress)


async def check_release(
    settings: Settings, live: LiveParts, catalog: "SqlCatalog", gate: "ReleaseGate", *, force: bool
) -> None:
    """Refuse a rebuild that the gate of releases does not let through. Before anything is built: that takes hours.

    Raises:
        InvalidInputError: No evaluation of the index that is to be has passed, and the gate blocks.
    """
    new = live.beside(settings)
    if not gate.is_on or new.index.collection == live.parts.index.collection:
        return
    from folio.release_subjects import wanted_subject

    subject = await wanted_subject(settings, catalog.prompt_releases, embedder=new.embedder)
    what = f"the index of the embedding model {settings.embedding.model}"
    await gate.check(subject, SubjectPart.INDEX, what=what, principal=settings.principal(), force=force)


async def rollback(
    settings: Settings,
    live: LiveParts,
    catalog: "SqlCatalog",
    *,
    rate: float | None = None,
    on_progress: OnProgress | None = None,
) -> RebuildReport:
    """Make the former generation live again, after bringing it up to date.

    Raises:
        NotFoundError: There is none any more.
        StoreBusyError: Another rebuild is running, or a sync did not give way.
    """
    old = live.parts
    former = await _former(old, catalog)
    new = live.beside(with_embedding(settings, former.embedding))
    switch = Switch(_parts(old, catalog, None), rate=rate)
    return await _switched(switch, former, old=old, new=new, catalog=catalog, on_progress=on_progress)


async def recall(old: Parts, new: Parts, *, more: Sequence[Question] = ()) -> RecallCheck:
    """How often the vectors alone lead to the right document: BM25 would hide a model that does not work."""
    vectors = old.settings.vectors
    questions = [*await _sampled(old, vectors.recall_sample_count), *more]
    return RecallCheck(
        question_count=len(questions),
        old_count=await _found_count(old, questions),
        new_count=await _found_count(new, questions),
        tolerance=vectors.recall_tolerance,
    )


def question_of(text: str) -> str:
    """The first sentence of a chunk that has a word in it, cut to 200 characters."""
    sentences = (part.strip() for part in _SENTENCE.split(text))
    return next((part for part in sentences if re.search(r"\w{2}", part)), "")[:_QUESTION_CHARS]


async def moved_fingerprints(old: Parts, new: Parts, catalog: "SqlCatalog") -> Moves:
    """The pipeline fingerprints that only the model tells apart, before and after.

    Where the new model's tokenizer would cut documents otherwise there is none: the next syncs index those again.
    """
    before = create_engine(old.settings, old, catalog)
    after = create_engine(new.settings, new, catalog)
    embedder = new.embedder.fingerprint

    def pair(source: "Source") -> tuple[str, str] | None:
        moved = before.fingerprint_of(source, embedder=embedder)
        return (before.fingerprint_of(source), moved) if moved == after.fingerprint_of(source) else None

    sources = await catalog.sources()
    return tuple(sorted({found for source in sources if (found := pair(source))}))


async def _switched(
    switch: Switch,
    wanted: Generation,
    *,
    old: Parts,
    new: Parts,
    catalog: "SqlCatalog",
    on_progress: OnProgress | None,
) -> RebuildReport:
    moves = await moved_fingerprints(old, new, catalog)
    pair = Collections(old.index, new.index, new.embedder)
    return await switch.run(wanted, pair, moves=moves, on_progress=on_progress)


def _parts(
    old: Parts, catalog: "SqlCatalog", check: Callable[[], Awaitable[RecallCheck]] | None
) -> SwitchParts:
    return SwitchParts(
        collections=old.collections,
        generations=catalog.generations,
        leases=catalog,
        clock=old.clock,
        lease_s=old.settings.ingest.lease_s,
        keep_s=old.settings.vectors.keep_previous_s,
        noticed_s=_NOTICED_S,
        check=check,
    )


async def _former(parts: Parts, catalog: "SqlCatalog") -> Generation:
    there = set(await parts.collections.names())
    kept = [
        row
        for row in await catalog.generations.all()
        if row.state is GenerationState.PREVIOUS and row.collection in there
    ]
    if not kept:
        raise NotFoundError(
            "no former collection is kept: build the one of the model you want with `folio rebuild`"
        )
    return max(kept, key=lambda row: (row.live_since or row.created_at, row.collection))


async def _sampled(parts: Parts, count: int) -> list[Question]:
    """Questions made of stored chunks, taken by point id, which says nothing of the document."""
    questions: list[Question] = []
    async for point in parts.index.scan():
        if len(questions) == count:
            break
        text = question_of(point.text) if point.active else ""
        if text:
            questions.append(Question(text, point.doc_id, _reader_of(point)))
    return questions


def _reader_of(point: ChunkPoint) -> Principal:
    label = point.access
    return Principal(label.tenant, "rebuild", label.tier, label.groups)


async def _found_count(parts: Parts, questions: Sequence[Question]) -> int:
    return sum([await _is_found(parts, question) for question in questions])


async def _is_found(parts: Parts, question: Question) -> bool:
    hits: list[Hit] = await parts.index.search(
        HybridQuery(
            dense=await parts.embedder.embed_query(question.text),
            sparse=SparseVector((), ()),
            visible=visible_to(question.principal),
            limit=_HIT_COUNT,
        )
    )
    return any(question.document in (hit.doc_id, hit.path) for hit in hits)


def _read_questions(file: Path | None, settings: Settings) -> list[Question]:
    if file is None:
        return []
    try:
        rows = [orjson.loads(line) for line in file.read_bytes().splitlines() if line.strip()]
        return [Question(row["question"], row["document"], settings.principal()) for row in rows]
    except (OSError, ValueError, KeyError, TypeError):
        raise InvalidInputError(
            f'{file} is no file of questions: one {{"question": ..., "document": id or path}} a line'
        ) from None

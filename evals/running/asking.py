"""Asks every question of a golden set as the service would, on behalf of its reader, and leaves no trace of it.

Nothing is recorded, sampled or kept: what asks is the parts over the stores, not the knowledge base around them.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from core.access import Principal
from core.answers import Answer, Citation
from core.search import Hit, SearchOptions
from evals.datasets.model import CorpusKind, EvalCase, EvalSet
from folio.answering import Question, answered
from folio.assembly import Parts
from generation.citations import is_verbatim

DEPTH = 50
"""Hits of a search that are looked at."""

TextOf: TypeAlias = Callable[[str], Awaitable[str]]
"""The stored text of a document by its id."""

ReadableOf: TypeAlias = Callable[[Principal, Sequence[str]], Awaitable[set[str]]]
"""Those of some documents that a principal may read, as the catalog has their labels."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where is asked: parts over some store. `readable` None: nobody looks whether hits may be read."""

    parts: Parts
    text_of: TextOf
    readable: ReadableOf | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one case. `ranking` names documents as the set does, best first, each once."""

    case: EvalCase
    ranking: tuple[str, ...]
    search_ms: float
    leak_count: int = 0
    answer: Answer | None = field(default=None, repr=False)
    cited: tuple[str, ...] = ()
    verbatim_count: int = 0
    answer_ms: float = 0.0


async def ask_all(
    place: Place,
    eval_set: EvalSet,
    *,
    search_only: bool = False,
    on_case: Callable[[int], None] | None = None,
) -> list[Heard]:
    """Every case, one after the other, so that times mean something. `on_case` hears how many are done."""
    heard: list[Heard] = []
    for case in eval_set.cases:
        heard.append(await _asked(place, case, kind=eval_set.corpus, search_only=search_only))
        if on_case is not None:
            on_case(len(heard))
    return heard


def name_of(kind: CorpusKind, hit: Hit | Citation) -> str:
    """A document's name as sets over this kind of corpus have it."""
    if kind is CorpusKind.KNOWLEDGE_BASE:
        return hit.doc_id
    return hit.path if kind is CorpusKind.FILES else hit.external_id or hit.path


async def chunks_of(place: Place, eval_set: EvalSet) -> dict[str, list[str]]:
    """By document that has gold spans, the texts of its chunks: for sets over a knowledge base, whose ids the store knows."""
    if eval_set.corpus is not CorpusKind.KNOWLEDGE_BASE:
        return {}
    named = sorted({span.doc_id for case in eval_set.cases for span in case.spans})
    found = {doc_id: await place.parts.index.stored(doc_id) for doc_id in named}
    return {doc_id: [point.text for point in points if point.active] for doc_id, points in found.items()}


async def _asked(place: Place, case: EvalCase, *, kind: CorpusKind, search_only: bool) -> Heard:
    who = case.reader.principal if case.reader else place.parts.settings.principal("evaluation")
    limit = min(DEPTH, place.parts.settings.retrieval.max_limit)
    started_s = time.perf_counter()
    result = await place.parts.search.found(case.question, principal=who, options=SearchOptions(limit=limit))
    search_ms = (time.perf_counter() - started_s) * 1000
    ranking = tuple(dict.fromkeys(name_of(kind, hit) for hit in result.hits))
    leaks = await _leak_count(place, who, result.hits)
    if search_only:
        return Heard(case, ranking, search_ms, leaks)
    started_s = time.perf_counter()
    answer = await answered(place.parts, Question(case.question), principal=who)
    answer_ms = (time.perf_counter() - started_s) * 1000
    cited = tuple(name_of(kind, one) for one in answer.citations)
    verbatim = await _verbatim_count(place, answer)
    return Heard(case, ranking, search_ms, leaks, answer, cited, verbatim, answer_ms)


async def _leak_count(place: Place, who: Principal, hits: Sequence[Hit]) -> int:
    if place.readable is None or not hits:
        return 0
    readable = await place.readable(who, sorted({hit.doc_id for hit in hits}))
    return sum(hit.doc_id not in readable for hit in hits)


async def _verbatim_count(place: Place, answer: Answer) -> int:
    texts = {doc_id: await place.text_of(doc_id) for doc_id in {one.doc_id for one in answer.citations}}
    return sum(is_verbatim(one, stored_text=texts[one.doc_id]) for one in answer.citations)

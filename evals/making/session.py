"""`folio eval make` from end to end: reads the knowledge base, makes or imports cases, and brings a set up to date."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from core.clock import SystemClock
from evals.datasets.checks import problems
from evals.datasets.duplicates import dedup
from evals.datasets.model import EvalCase, EvalSet, Reader
from evals.datasets.privacy import personal_fields, without_personal_data
from evals.making.imported import imported
from evals.making.library import indexed_records, read_documents, read_notes, read_texts
from evals.making.maker import MakeOptions, Maker
from evals.making.store import SetStore
from evals.making.updating import IMPORTED, MADE, Updated, updated
from evals.making.verifying import Probe, create_prober

if TYPE_CHECKING:
    from core import eval_cases
    from core.config import Settings
    from evals.making.headings import Parse
    from folio.knowledge_base import KnowledgeBase

_ORDINARY = "default"


@dataclass(frozen=True, slots=True)
class MakeReport:
    """What became of a set. Counts only; `problems` name cases by their ids.

    Attributes:
        draft_counts: Questions that were possible, by kind.
        left_out: By reason, how many were made or imported and left out.
        dropped: By reason, how many cases of the set went.
        stale: Ids of own cases whose documents are gone or say something else.
    """

    eval_set: EvalSet
    added_count: int
    draft_counts: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    stale: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


async def make(
    knowledge_base: "KnowledgeBase", store: SetStore, *, options: MakeOptions, document_count: int
) -> MakeReport:
    """Make cases of at most `document_count` documents, and bring the set in the store up to date with them.

    Raises:
        InvalidInputError: There is no document, nothing can be asked about any, or the folder holds something else.
    """
    settings = knowledge_base.settings
    found = store.read_or_new()
    documents = await read_documents(knowledge_base, limit=document_count, seed=options.seed)
    prober = create_prober(knowledge_base, settings)
    maker = Maker(documents, prober, usual=Reader(settings.access.tenant), options=options)
    made = await maker.made(parse=_parser(settings), notes=await read_notes(knowledge_base, documents))
    cases = [_of_tenant(one, settings.access.tenant) for one in made.cases]
    personal = await _personal(settings, cases)
    clean = [one for one in cases if one.case_id not in personal]
    texts = {one.doc_id: one.text for one in documents}
    left_out = {
        "taken for answered by Folio, though meant as unanswerable": made.answered_count,
        "personal data in their words": len(personal),
        "documents in languages that rules cannot ask in": made.other_language_count,
    }
    report = await _brought_up(knowledge_base, store, found, clean, texts=texts, prober=prober)
    return replace(report, draft_counts=made.draft_counts, left_out={**left_out, **report.left_out})


async def take_in(
    knowledge_base: "KnowledgeBase", store: SetStore, cases: "Sequence[eval_cases.EvalCase]", *, origin: str
) -> MakeReport:
    """Add cases from reviews and feedback to the set in the store.

    Raises:
        InvalidInputError: The folder holds something else than a set of a knowledge base.
    """
    found = store.read_or_new()
    settings = knowledge_base.settings
    paths = {one.doc_id: one.path async for one in indexed_records(knowledge_base)}
    taken = imported(cases, paths, origin=origin)
    own = [_of_tenant(one, settings.access.tenant) for one in taken.cases]
    clean = await _without_personal(settings, own)
    report = await _brought_up(knowledge_base, store, found, clean, texts={}, prober=None)
    left_out = {
        "documents that are gone": taken.gone_document_count,
        "cases of which no document is left": taken.dropped_count,
    }
    return replace(report, left_out={**left_out, **report.left_out})


async def _brought_up(
    knowledge_base: "KnowledgeBase",
    store: SetStore,
    found: EvalSet,
    cases: Sequence[EvalCase],
    *,
    texts: Mapping[str, str],
    prober: Probe | None,
) -> MakeReport:
    """The set with these cases, written; nothing is written where nothing changes."""
    named = {doc_id for case in (*found.cases, *cases) for doc_id in (*case.grades, *case.wrong)}
    named |= {span.doc_id for case in found.cases for span in case.spans}
    all_texts = {**texts, **await read_texts(knowledge_base, named - set(texts))}
    answered = await _answered_now(found.cases, prober) if prober else set()
    base = updated(found.cases, (), texts=all_texts, answered=answered)
    single = dedup((*base.cases, *cases))
    fresh = [one for one in cases if one.case_id not in single.dropped]
    rejected = {one.case_id for one in store.rejected()}
    change = replace(
        updated(base.cases, fresh, texts=all_texts, rejected=rejected), dropped=base.dropped, stale=base.stale
    )
    written = found
    if change.cases != found.cases or not found.version:
        store.add_dropped([case for case, _ in change.dropped])
        written = store.write(found, change.cases)
    return _report(written, change, len(cases) - len(fresh), all_texts)


def _report(written: EvalSet, change: Updated, same_count: int, texts: Mapping[str, str]) -> MakeReport:
    return MakeReport(
        written,
        len(change.added),
        left_out={"questions that were asked already": same_count},
        dropped=dict(change.reasons),
        stale=change.stale,
        problems=tuple(problems(written, texts=texts)),
    )


async def _answered_now(cases: Sequence[EvalCase], prober: Probe) -> set[str]:
    """Unanswerable cases made by rules, of which nobody has said that they are right, and which Folio takes for answered now."""
    asked = [one for one in cases if not one.answerable and one.origin in MADE and one.origin != "access"]
    return {one.case_id for one in asked if await prober.is_answered(one.question, one.reader)}


def _of_tenant(case: EvalCase, tenant: str) -> EvalCase:
    """A case that names no reader is asked by one of the tenant `default`; another tenant has to be said."""
    if tenant == _ORDINARY or case.reader is not None:
        return case
    return replace(case, reader=Reader(tenant))


async def _personal(settings: "Settings", cases: Sequence[EvalCase]) -> Collection[str]:
    """The ids of cases with personal data in question or answer. Spans are words of the index, which are redacted."""
    from folio.assembly import open_catalog
    from folio.kept_words import text_redactor

    async with open_catalog(settings, SystemClock()) as catalog:
        rewrite = text_redactor(settings, catalog, tenant=settings.access.tenant)
        return set(await personal_fields([replace(one, spans=()) for one in cases], rewrite))


async def _without_personal(settings: "Settings", cases: Sequence[EvalCase]) -> list[EvalCase]:
    from folio.assembly import open_catalog
    from folio.kept_words import text_redactor

    async with open_catalog(settings, SystemClock()) as catalog:
        rewrite = text_redactor(settings, catalog, tenant=settings.access.tenant)
        return list((await without_personal_data(cases, rewrite)).cases)


def _parser(settings: "Settings") -> "Parse | None":
    from inference.nlp.factory import create_syntax

    syntax = create_syntax(settings.redaction)
    return None if syntax is None else syntax.parse


def counted_origins(cases: Sequence[EvalCase]) -> dict[str, int]:
    """How many cases of each origin, the own ones among them."""
    origins = sorted({one.origin for one in cases}, key=lambda one: (one in MADE | IMPORTED, one))
    return {origin: sum(one.origin == origin for one in cases) for origin in origins}

"""Reads the samples of a tenant and compares the latest days with those before."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

import numpy as np

from core.config import Settings
from core.errors import FolioError
from core.eval_settings import DriftSettings
from core.query_samples import QuerySample, QuerySamples
from evals.drift.judging import Asked, compare
from evals.drift.questions import Floats, Questions, joined, questions_of
from evals.drift.verdicts import Day, DriftReport, Outcome, Side

_S_PER_DAY = 86_400
_NAMED_TOPICS = 4

_log = logging.getLogger(__name__)


class _Ages(Protocol):
    async def changed_at(self, tenant: str, *, limit: int = 5_000) -> list[float]:
        """When documents were changed last, in seconds since 1970."""


class DriftCatalog(Protocol):
    """The catalog, as far as drift is told from it."""

    @property
    def query_samples(self) -> QuerySamples:
        """What was asked."""

    @property
    def census(self) -> _Ages:
        """How old the documents are."""


@dataclass(frozen=True, slots=True)
class Windows:
    """The days compared: `new` are today and those before it, `usual` the ones before these. Whole days of UTC."""

    usual_since: datetime
    new_since: datetime
    until: datetime


def windows(now: datetime, *, window_days: int, baseline_days: int) -> Windows:
    """`window_days` days with today as the last, and `baseline_days` before them. Pure."""
    today = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    new_since = today - timedelta(days=window_days - 1)
    return Windows(new_since - timedelta(days=baseline_days), new_since, now)


async def look(
    catalog: DriftCatalog, tenant: str, *, settings: DriftSettings, now: datetime, days: int | None = None
) -> DriftReport:
    """What the latest `days` days (by default `window_days`) ask beside those before.

    Raises:
        DependencyDownError: The catalog does not answer.
        MissingExtraError: scipy is not installed.
    """
    spans = windows(now, window_days=days or settings.window_days, baseline_days=settings.baseline_days)
    samples = await catalog.query_samples.between(tenant, since=spans.usual_since, until=spans.until)
    changed = await catalog.census.changed_at(tenant)
    ages = (now.timestamp() - np.array(changed, dtype=np.float64)) / _S_PER_DAY
    return await asyncio.to_thread(
        judged, samples, tenant=tenant, spans=spans, settings=settings, corpus_ages=ages
    )


def judged(
    samples: Sequence[QuerySample],
    *,
    tenant: str,
    spans: Windows,
    settings: DriftSettings,
    corpus_ages: Floats,
) -> DriftReport:
    """The report on samples, which are ordered by time. Only those of the model that made the last one are comparable. Pure."""
    model = samples[-1].model if samples else ""
    of_model = [one for one in samples if one.model == model]
    usual = questions_of([one for one in of_model if one.at < spans.new_since])
    new = questions_of([one for one in of_model if one.at >= spans.new_since])
    asked = Asked(settings.alpha, settings.min_count, corpus_ages)
    found = compare(usual, new, asked=asked)
    outcome, note = found.outcome, found.note
    if outcome is Outcome.TOO_FEW and _another_model(samples, model, spans) >= settings.min_count:
        outcome, note = (
            Outcome.NOT_COMPARABLE,
            "the embedding model changed: there are too few vectors of the one in use",
        )
    return DriftReport(
        tenant,
        spans.until,
        outcome,
        note,
        Side(spans.usual_since, spans.new_since, usual.count),
        Side(spans.new_since, spans.until, new.count),
        settings.alpha,
        model,
        found.dealt_by,
        found.signals,
        found.topics,
        tuple(_days(usual, new)),
        float(np.median(corpus_ages)) if len(corpus_ages) else None,
        (_told(usual), _told(new)),
    )


async def named(report: DriftReport, settings: Settings) -> DriftReport:
    """The report, with titles of documents for the topics that grew, are old or have changed most. Opens the knowledge base.

    Where that cannot be opened, topics have their numbers only.
    """
    if not report.topics:
        return report
    from folio.knowledge_base import KnowledgeBase

    wanted = [one.number for one in report.topics if one.has_grown or one.is_old]
    chosen = {*wanted, *(one.number for one in report.topics[:_NAMED_TOPICS])}
    titles: dict[int, tuple[str, ...]] = {}
    try:
        async with KnowledgeBase(settings) as kb:
            for one in report.topics:
                if one.number in chosen:
                    found = await kb.titles_near(one.middle, model=report.model)
                    titles[one.number] = tuple(found)
    except FolioError as error:
        _log.warning("topics of questions have no names: %s", type(error).__name__)
    return replace(
        report, topics=tuple(replace(one, titles=titles.get(one.number, ())) for one in report.topics)
    )


def _another_model(samples: Sequence[QuerySample], model: str, spans: Windows) -> int:
    return sum(one.model != model and one.at < spans.new_since for one in samples)


def _days(usual: Questions, new: Questions) -> list[Day]:
    if not usual.count + new.count:
        return []
    both = joined(usual, new) if usual.count and new.count else (usual if usual.count else new)
    is_new = np.repeat([False, True], [usual.count, new.count])
    return [
        _day(both.only(both.days == day), bool(is_new[both.days == day].any()))
        for day in np.unique(both.days)
    ]


def _day(questions: Questions, is_new: bool) -> Day:
    answered = questions.refused[~np.isnan(questions.refused)]
    return Day(
        date.fromordinal(int(questions.days[0])).isoformat(),
        questions.count,
        float(questions.empty.mean()),
        float(answered.mean()) if len(answered) else None,
        is_new,
    )


def _told(questions: Questions) -> Floats:
    return questions.scores[~np.isnan(questions.scores)]

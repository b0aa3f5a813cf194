"""Samples of live questions: noted in passing, written much later. Asking never waits for it, and never fails by it."""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from dataclasses import dataclass, field, replace
from datetime import datetime
from statistics import median

from core.access import Principal
from core.answers import Answer, AnswerStatus
from core.eval_settings import DriftSettings
from core.ports import Clock
from core.query_samples import ANSWER, SEARCH, QuerySample, QuerySamples, day_of, leaves_samples
from core.search import SearchResult

_log = logging.getLogger(__name__)
# Nothing of it is urgent. What lives shorter than this is a script or a test, and loads nothing for it.
WAIT_S = 20.0
# A few hundred kilobytes. What comes while so many wait is left out: it is a sample anyway.
_MOST_WAITING = 500
_CLOSING_S = 2.0
_S_PER_DAY = 86_400

Redact = Callable[[str, str], Awaitable[str]]
"""A text of a tenant without personal data."""
Embed = Callable[[str], Awaitable[tuple[str, tuple[float, ...]]]]
"""The fingerprint of the model that is live, and its vector of a query."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """What samples are made and kept with; opened when the first batch is written."""

    samples: QuerySamples
    redact: Redact
    embed: Embed


@dataclass(frozen=True, slots=True)
class _Noted:
    """A sample, and the words that its vector is of: forgotten once it is written."""

    sample: QuerySample
    words: str = field(repr=False)

    @property
    def place(self) -> tuple[str, str]:
        """Where its number is bounded: the tenant and the day."""
        return self.sample.tenant, day_of(self.sample.at)


class Listening:
    """What one question that is answered searches for first. One that is refused before any search leaves nothing."""

    def __init__(self, sampler: "QuestionSampler", who: Principal) -> None:
        self._sampler = sampler
        self._who = who
        self._first: SearchResult | None = None

    def found(self, result: SearchResult) -> None:
        """A search has ended."""
        if self._first is None:
            self._first = result

    def answered(self, answer: Answer) -> None:
        """The answer is there."""
        if self._first is not None:
            refused = answer.status is AnswerStatus.REFUSED
            self._sampler.note(self._first, self._who, kind=ANSWER, refused=refused)


class QuestionSampler:
    """Notes questions and has a bounded, uniform sample of each day written in the background. One for an event loop.

    A process that ends sooner than `wait_s` after its first question leaves none of it.
    """

    def __init__(
        self,
        settings: DriftSettings,
        opening: Callable[[], Awaitable[Sampling]],
        *,
        clock: Clock,
        wait_s: float = WAIT_S,
    ) -> None:
        """Nothing is opened before something is written."""
        self._most = settings.sample_per_day
        self._opening = opening
        self._clock = clock
        self._wait_s = wait_s
        self._waiting: list[_Noted] = []
        self._bars: dict[tuple[str, str], str | None] = {}
        self._task: asyncio.Task[None] | None = None
        self._opened: Sampling | None = None
        self._writing = asyncio.Lock()

    def listening(self, who: Principal) -> Listening | None:
        """What hears the searches of a question that is answered; None where no samples are kept."""
        return Listening(self, who) if self._is_wanted else None

    def searched(self, result: SearchResult, who: Principal) -> None:
        """A search was made."""
        self.note(result, who, kind=SEARCH)

    def note(self, result: SearchResult, who: Principal, *, kind: str, refused: bool | None = None) -> None:
        """Keep it in mind, unless it would not be kept. Takes microseconds and raises nothing."""
        if not self._is_wanted or result.vector is None or len(self._waiting) >= _MOST_WAITING:
            return
        noted = _Noted(sample_of(result, who, kind=kind, refused=refused, at=self._clock.now()), result.query)
        if not self._has_place(noted):
            return
        self._waiting.append(noted)
        if self._task is None or self._task.done():
            # Not in the context of whoever asks: what is done here is no part of a request.
            self._task = asyncio.create_task(self._write_later(), context=Context())

    async def flush(self) -> None:
        """Write what waits, now. What cannot be written is dropped."""
        async with self._writing:
            noted, self._waiting = self._waiting, []
            if not noted:
                return
            try:
                await self._write(noted)
            except Exception as error:  # noqa: BLE001 - whatever is wrong, nobody who asks is to notice
                # Its message could quote what was to be written.
                _log.warning("samples of %d questions are left out: %s", len(noted), type(error).__name__)

    async def aclose(self) -> None:
        """Write what waits if samples are being written already, and end."""
        task, self._task = self._task, None
        if self._opened is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.flush(), _CLOSING_S)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._waiting = []

    @property
    def _is_wanted(self) -> bool:
        return self._most > 0 and leaves_samples()

    def _has_place(self, noted: _Noted) -> bool:
        # What was read of the catalog is old: since then a day's bar can only have come down, and the catalog has the last word.
        bar = self._bars.get(noted.place)
        return bar is None or noted.sample.sample_id < bar

    async def _write_later(self) -> None:
        while self._waiting:
            await asyncio.sleep(self._wait_s)
            await self.flush()

    async def _write(self, noted: Sequence[_Noted]) -> None:
        opened = self._opened = self._opened or await self._opening()
        await self._look(opened.samples, {one.place for one in noted})
        ready = [await _redacted(one, opened) for one in self._chosen(noted)]
        if ready:
            await opened.samples.add(ready, most_per_day=self._most)

    async def _look(self, samples: QuerySamples, places: set[tuple[str, str]]) -> None:
        since = min(day for _, day in places)
        self._bars = {place: bar for place, bar in self._bars.items() if place[1] >= since}
        for tenant, day in sorted(places):
            self._bars[tenant, day] = await samples.bar(tenant, day, most_per_day=self._most)

    def _chosen(self, noted: Sequence[_Noted]) -> list[_Noted]:
        """Those that have a place: redacting the others would be for nothing."""
        by_place: dict[tuple[str, str], list[_Noted]] = defaultdict(list)
        for one in noted:
            if self._has_place(one):
                by_place[one.place].append(one)
        return [
            one
            for found in by_place.values()
            for one in sorted(found, key=lambda one: one.sample.sample_id)[: self._most]
        ]


def sample_of(
    result: SearchResult, who: Principal, *, kind: str, at: datetime, refused: bool | None = None
) -> QuerySample:
    """The sample of a search that has a vector. Pure."""
    vector = result.vector
    if vector is None:
        raise ValueError("a search without a vector leaves no sample")
    return QuerySample(
        at,
        who.tenant,
        kind,
        vector.model,
        vector.values,
        result_count=len({hit.doc_id for hit in result.hits}),
        top_score=vector.nearest,
        hit_age_days=_median_age_days(result, at=at),
        refused=refused,
    )


async def _redacted(noted: _Noted, opened: Sampling) -> QuerySample:
    """The sample, with the vector of the words without personal data: another one where the search went by such."""
    words = await opened.redact(noted.sample.tenant, noted.words)
    if words == noted.words:
        return noted.sample
    model, values = await opened.embed(words)
    return replace(noted.sample, model=model, vector=values)


def _median_age_days(result: SearchResult, *, at: datetime) -> float | None:
    changed = {hit.doc_id: hit.modified_s for hit in result.hits if hit.modified_s > 0}
    if not changed:
        return None
    return max(at.timestamp() - median(changed.values()), 0.0) / _S_PER_DAY

"""Evidence for a question in a few bounded rounds: search, grade, ask in other words, search again."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from core.answer_ports import Asked, EvidenceGrader, Grade, Retrieve
from core.answer_settings import AnswerSettings
from core.answers import Round
from core.errors import FolioError
from core.ports import Clock
from core.search import Hit, SearchResult
from core.tracing import count, stage, staged
from generation.rounds.merging import merged
from generation.rounds.rewriting import Rewriter, Rewritten

_log = logging.getLogger(__name__)
_MS_PER_S = 1000
_NO_TIME = "the time of all rounds is used up"


@dataclass(frozen=True, slots=True)
class Gathered:
    """The best passages that some rounds have found, graded against the original question.

    `query` is the question as it was searched for: names that the index knows are pseudonyms. `notes` are those of the searches.
    """

    hits: tuple[Hit, ...]
    grade: Grade
    rounds: tuple[Round, ...]
    notes: tuple[str, ...] = ()
    query: str = field(default="", repr=False)


@dataclass(slots=True)
class _Run:
    """One question while it is worked on."""

    asked: Asked
    started_s: float
    rankings: list[tuple[Hit, ...]] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    token_count: int = 0
    hits: tuple[Hit, ...] = ()
    grade: Grade = field(default_factory=lambda: Grade(0.0))
    merged: float = 0.0
    """Probability of all that was found so far, taken together."""

    def note(self, notes: Sequence[str]) -> None:
        self.notes += [note for note in notes if note not in self.notes]


class CorrectiveLoop:
    """Searches at most `answers.rounds` times, inside `answers.round_tokens` and `answers.round_s`.

    The first round is the search as it would be without this: it is never cut off, and its errors are the caller's. A later
    round that fails, or that would exceed a bound, ends the rounds with a note. Of all that was gathered the best graded stays,
    so a later round never makes it worse. Queries go through `Retrieve` alone: no filter is loosened.
    """

    def __init__(
        self, grader: EvidenceGrader, rewriter: Rewriter, *, clock: Clock, settings: AnswerSettings
    ) -> None:
        self._grader = grader
        self._rewriter = rewriter
        self._clock = clock
        self._settings = settings

    @staged("gather")
    async def gather(self, asked: Asked, retrieve: Retrieve) -> Gathered:
        """The best evidence for a question.

        Raises:
            FolioError: The first search fails, or grading what it found.
        """
        run = _Run(asked, self._clock.monotonic_s())
        await self._first(run, retrieve)
        while len(run.rounds) < self._settings.rounds and not self._is_enough(run):
            if not await self._another(run, retrieve):
                break
        count(rounds=len(run.rounds), hits=len(run.hits))
        _log.info("evidence was gathered in %d rounds, %d hits", len(run.rounds), len(run.hits))
        return Gathered(run.hits, run.grade, tuple(run.rounds), tuple(run.notes), run.asked.question)

    async def _first(self, run: _Run, retrieve: Retrieve) -> None:
        result = await retrieve(run.asked.question)
        # From here on as it was searched for: what rewrites and grades must not see names that the index hides.
        question = result.query or run.asked.question
        run.asked = replace(run.asked, question=question)
        run.rankings.append(result.hits)
        run.tried.append(question)
        run.note(result.notes)
        with stage("grade", hits=len(result.hits)):
            run.hits, run.grade = result.hits, await self._grader.grade(question, result.hits)
        run.merged = run.grade.probability
        took_ms = self._elapsed_s(run) * _MS_PER_S
        run.rounds.append(Round(question, len(result.hits), run.merged, took_ms))

    async def _another(self, run: _Run, retrieve: Retrieve) -> bool:
        """One more round; False if there can be no further one."""
        began_s = self._elapsed_s(run)
        if self._left_s(run) <= 0:
            run.note([_NO_TIME])
            return False
        rewritten, before, note = Rewritten(()), len(run.rankings), ""
        try:
            async with asyncio.timeout(self._left_s(run)):
                rewritten = await self._rewritten(run)
                note = await self._searched(run, rewritten.queries, retrieve)
                await self._regraded(run, before)
        except TimeoutError:
            note = f"{_NO_TIME}: what was begun is cut off"
        except FolioError as error:
            note = f"another search failed ({type(error).__name__})"
        notes = "; ".join(one for one in (rewritten.note, note) if one)
        count = sum(map(len, run.rankings[before:]))
        took_ms = (self._elapsed_s(run) - began_s) * _MS_PER_S
        query = " | ".join(rewritten.queries)
        run.rounds.append(Round(query, count, run.merged, took_ms, rewritten.token_count, notes))
        return not note and bool(rewritten.queries)

    @staged("rewrite")
    async def _rewritten(self, run: _Run) -> Rewritten:
        left = self._settings.round_tokens - run.token_count
        found = await self._rewriter.rewrite(run.asked, run.hits, tried=run.tried, token_budget=left)
        run.token_count += found.token_count
        return found

    async def _searched(self, run: _Run, queries: Sequence[str], retrieve: Retrieve) -> str:
        """Search for each query, as long as there is time; what is to be noted."""
        for query in queries:
            if self._left_s(run) <= 0:
                return _NO_TIME
            result: SearchResult = await retrieve(query)
            run.tried.append(query)
            run.rankings.append(result.hits)
        return ""

    async def _regraded(self, run: _Run, before: int) -> None:
        """Everything found so far, against the original question; it stays only if it is better."""
        if not any(run.rankings[before:]):
            return
        hits = merged(run.rankings, limit=self._settings.passage_count)
        with stage("grade", hits=len(hits)):
            grade = await self._grader.grade(run.asked.question, hits)
        run.merged = grade.probability
        if grade.probability > run.grade.probability:
            run.hits, run.grade = hits, grade

    def _is_enough(self, run: _Run) -> bool:
        return run.grade.probability >= self._settings.good_evidence

    def _elapsed_s(self, run: _Run) -> float:
        return self._clock.monotonic_s() - run.started_s

    def _left_s(self, run: _Run) -> float:
        return self._settings.round_s - self._elapsed_s(run)

"""Traffic made of real question vectors, with and without change: how often drift is told where there is none, and found where it is.

Pure: vectors in, rates out. Outcomes of the questions (found nothing, refused, scores) are drawn at random and never change.
"""

from dataclasses import dataclass, replace

import numpy as np

from evals.drift.judging import Asked, Comparison, compare
from evals.drift.questions import Floats, Ints, Questions
from evals.drift.verdicts import Outcome, SignalName

_EMPTY, _REFUSED = 0.04, 0.12
_BURST = 12


@dataclass(frozen=True, slots=True)
class Traffic:
    """How much is asked, and how.

    Attributes:
        usual_days: Days before.
        new_days: Days now.
        per_day: Questions a day.
        bursts: How many of each day's questions, before as well as now, are neighbours: somebody works at something.
        by_day: Whether the days are known; without them single questions are dealt.
    """

    usual_days: int = 28
    new_days: int = 7
    per_day: int = 24
    bursts: float = 0.0
    by_day: bool = True


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of the trials with an alarm.

    Attributes:
        questions: The vectors alone: their own p is at most alpha.
        topics: The mix of topics alone.
        any_signal: Any of the six, their p corrected: what is told to people.
        trial_count: How many trials there were.
    """

    questions: float
    topics: float
    any_signal: float
    trial_count: int


@dataclass(frozen=True, slots=True)
class Trials:
    """How often it is tried, with which chance of a false alarm, and the seed of all chance."""

    count: int
    alpha: float = 0.05
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """`share` of the new questions are taken from `vectors`."""

    vectors: Floats
    share: float


def alarms(pool: Floats, *, traffic: Traffic, trials: Trials, change: Change | None = None) -> Rates:
    """How often an alarm is given. `pool` are vectors of usual questions, neighbours about the same thing."""
    rng = np.random.default_rng(trials.seed)
    found = [
        _compared(pool, traffic, change, Asked(trials.alpha, seed=one), rng) for one in range(trials.count)
    ]

    def share(name: SignalName) -> float:
        levels = [signal.level for one in found if (signal := one.signal(name))]
        return sum(level is not None and level.p <= trials.alpha for level in levels) / trials.count

    any_signal = sum(one.outcome is Outcome.DRIFT for one in found) / trials.count
    return Rates(share(SignalName.QUESTIONS), share(SignalName.TOPICS), any_signal, trials.count)


def _compared(
    pool: Floats, traffic: Traffic, change: Change | None, asked: Asked, rng: np.random.Generator
) -> Comparison:
    usual = _asked(pool, np.arange(traffic.usual_days), traffic, rng)
    new = _asked(pool, 1_000 + np.arange(traffic.new_days), traffic, rng)
    if change is not None:
        new = _mixed(new, change, rng)
    if not traffic.by_day:
        usual, new = _dayless(usual, 0), _dayless(new, 1)
    return compare(usual, new, asked=asked)


def _asked(pool: Floats, days: Ints, traffic: Traffic, rng: np.random.Generator) -> Questions:
    together = round(traffic.per_day * traffic.bursts)
    rows = []
    for _ in days:
        alone = rng.choice(len(pool), traffic.per_day - together, replace=False)
        starts = rng.choice(len(pool) - _BURST, -(-together // _BURST), replace=False)
        near = (starts[:, None] + np.arange(_BURST)).ravel()[:together]
        rows.append(np.concatenate([alone, near]))
    return _outcomes(pool[np.concatenate(rows)], np.repeat(days, traffic.per_day), rng)


def _mixed(new: Questions, change: Change, rng: np.random.Generator) -> Questions:
    changed = rng.choice(new.count, round(new.count * change.share), replace=False)
    vectors = new.vectors.copy()
    vectors[changed] = change.vectors[rng.choice(len(change.vectors), len(changed), replace=False)]
    return replace(new, vectors=vectors)


def _dayless(questions: Questions, day: int) -> Questions:
    return replace(questions, days=np.full(questions.count, day, dtype=np.int64))


def _outcomes(vectors: Floats, days: Ints, rng: np.random.Generator) -> Questions:
    count = len(vectors)
    refused = np.where(rng.random(count) < 0.5, np.nan, (rng.random(count) < _REFUSED).astype(float))
    ages = rng.exponential(200.0, count)
    return Questions(
        vectors,
        days.astype(np.int64),
        (rng.random(count) < _EMPTY).astype(float),
        refused,
        rng.normal(0.6, 0.1, count),
        days - ages,
        ages,
    )

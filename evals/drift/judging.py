"""From two windows of questions to a verdict on each signal. Pure, and the same every time: chance is seeded.

Every signal is compared with the same deals of the same questions (see `evals.drift.arrangements`), so each p is right whatever the
distribution is, and Holm's correction (Scandinavian Journal of Statistics 6, 1979) keeps the chance that any of them is a false
alarm at `alpha`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from math import ceil
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInputError, MissingExtraError
from evals.drift.arrangements import Arrangements, arrange, level
from evals.drift.discrepancy import discrepancies, kernel, median_bandwidth
from evals.drift.outcomes import largest_gaps, rate_differences, setbacks
from evals.drift.questions import Floats, Questions, joined
from evals.drift.topics import Grouping, TopicMix, grouped, mix, topic_count
from evals.drift.verdicts import Outcome, Signal, SignalName, Topic

_MOST_QUESTIONS = 1_200
_LEAST_ALPHA = 0.0005
# The smallest p that Holm asks for is alpha by six: a few deals have to be able to reach less.
_DEALS_TIMES_ALPHA = 30
_FEWEST_DEALS = 500
_OLD_QUANTILE = 0.75
_FEWEST_OF_TOPIC = 5
_RATES = frozenset({SignalName.EMPTY, SignalName.REFUSALS})
_Statistic: TypeAlias = Callable[[Floats, Arrangements], Floats]


@dataclass(frozen=True, slots=True)
class Asked:
    """How it is judged: the chance of a false alarm, fewest questions on either side, ages of the corpus in days, and the seed."""

    alpha: float = 0.01
    fewest: int = 50
    corpus_ages: Floats | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it. `dealt_by` is `day` or `question`, empty where nothing was compared."""

    outcome: Outcome
    note: str
    signals: tuple[Signal, ...] = ()
    topics: tuple[Topic, ...] = ()
    dealt_by: str = ""

    def signal(self, name: SignalName) -> Signal | None:
        """The signal of this name, if there was anything to compare."""
        return next((one for one in self.signals if one.name is name), None)


def compare(usual: Questions, new: Questions, *, asked: Asked) -> Comparison:
    """The new questions beside the usual ones.

    Of more than 1,200 on a side as many are drawn. With fewer than `fewest` on a side nothing is said.

    Raises:
        InvalidInputError: So small an alpha would need more deals than there is time for.
        MissingExtraError: scipy is not installed.
    """
    if asked.alpha < _LEAST_ALPHA:
        raise InvalidInputError(
            f"evals.drift.alpha is {asked.alpha}: chance is told from change by dealing anew, which goes down to {_LEAST_ALPHA}"
        )
    if min(usual.count, new.count) < asked.fewest:
        return Comparison(Outcome.TOO_FEW, _too_few(usual.count, new.count, asked.fewest))
    if find_spec("scipy") is None:
        raise MissingExtraError("telling drift", extra="evals")
    rng = np.random.default_rng(asked.seed)
    both, is_new = _together(usual, new, rng)
    deal_count = max(_FEWEST_DEALS, ceil(_DEALS_TIMES_ALPHA / asked.alpha))
    deals = arrange(both.days, is_new, deal_count=deal_count, rng=rng)
    groups = grouped(both.vectors, count=topic_count(both.count), rng=rng)
    topics = mix(groups, deals)
    judge = _Judge(both, is_new, deals, asked)
    signals = corrected(_signals(judge, topics), alpha=asked.alpha)
    drifted = [one.name.value for one in signals if one.outcome is Outcome.DRIFT]
    return Comparison(
        Outcome.DRIFT if drifted else Outcome.USUAL,
        f"not as usual: {', '.join(drifted)}" if drifted else "as usual",
        tuple(signals),
        tuple(_topics(judge, groups, topics)),
        "day" if deals.by_day else "question",
    )


def corrected(signals: Sequence[Signal], *, alpha: float) -> list[Signal]:
    """The signals with Holm's p: the smallest times their number, the next times one less, never falling."""
    judged = sorted((one for one in signals if one.p is not None), key=lambda one: one.p or 0.0)
    found, highest = {}, 0.0
    for place, one in enumerate(judged):
        highest = max(highest, min(1.0, (one.p or 0.0) * (len(judged) - place)))
        outcome = Outcome.DRIFT if highest <= alpha else Outcome.USUAL
        found[one.name] = replace(one, p=highest, outcome=outcome)
    return [found.get(one.name, one) for one in signals]


def _together(
    usual: Questions, new: Questions, rng: np.random.Generator
) -> tuple[Questions, NDArray[np.bool_]]:
    before, now = _drawn(usual, rng), _drawn(new, rng)
    return joined(before, now), np.repeat([False, True], [before.count, now.count])


def _drawn(questions: Questions, rng: np.random.Generator) -> Questions:
    if questions.count <= _MOST_QUESTIONS:
        return questions
    return questions.only(np.sort(rng.choice(questions.count, _MOST_QUESTIONS, replace=False)))


@dataclass(frozen=True, slots=True)
class _Judge:
    """Usual and new questions one after the other, and the deals that all statistics are computed for."""

    both: Questions
    is_new: NDArray[np.bool_]
    deals: Arrangements
    asked: Asked

    def signal(
        self, name: SignalName, measure: str, statistics: Floats, sides: tuple[float | None, float | None]
    ) -> Signal:
        found = level(statistics, alpha=self.asked.alpha)
        return Signal(name, Outcome.USUAL, measure, *sides, found.p, found)

    def of_values(
        self, name: SignalName, measure: str, statistic: _Statistic, *, values: Floats, shown: Floats
    ) -> Signal:
        """The statistic of what not every question has; people are shown the mean of rates and the median of the rest."""
        told = ~np.isnan(values)
        before, now = told & ~self.is_new, told & self.is_new
        counts = int(before.sum()), int(now.sum())
        if min(counts) < self.asked.fewest:
            return Signal(name, Outcome.TOO_FEW, measure, note=_too_few(*counts, self.asked.fewest))
        middle = np.mean if name in _RATES else np.median
        sides = float(middle(shown[before])), float(middle(shown[now]))
        return self.signal(name, measure, statistic(values, self.deals), sides)


def _signals(judge: _Judge, topics: TopicMix) -> list[Signal]:
    both, name = judge.both, SignalName
    return [
        judge.signal(
            name.QUESTIONS, "distance of the vectors (MMD squared)", _distances(judge), (None, None)
        ),
        _topic_signal(judge, topics),
        judge.of_values(name.EMPTY, "found nothing", rate_differences, values=both.empty, shown=both.empty),
        judge.of_values(
            name.REFUSALS, "answers refused", rate_differences, values=both.refused, shown=both.refused
        ),
        judge.of_values(
            name.SCORES,
            "similarity of the nearest passage",
            largest_gaps,
            values=both.scores,
            shown=both.scores,
        ),
        judge.of_values(
            name.FRESHNESS, "age in days of what is found", setbacks, values=both.changed, shown=both.ages
        ),
    ]


def _distances(judge: _Judge) -> Floats:
    vectors = judge.both.vectors
    # Of a mixture of both sides: the first rows are all usual.
    drawn = np.random.default_rng(judge.asked.seed).permutation(len(vectors))
    return discrepancies(kernel(vectors, bandwidth=median_bandwidth(vectors[drawn])), judge.deals)


def _topic_signal(judge: _Judge, topics: TopicMix) -> Signal:
    top = int(np.argmax(topics.new - topics.usual))
    sides = float(topics.usual[top]), float(topics.new[top])
    measure = f"share of topic {top + 1}, which grew most"
    return judge.signal(SignalName.TOPICS, measure, topics.divergences, sides)


def _topics(judge: _Judge, groups: Grouping, found: TopicMix) -> list[Topic]:
    """All topics, the one that grew most first."""
    topics = [_topic(judge, groups, found, number) for number in range(groups.count)]
    return sorted(topics, key=lambda one: one.usual_share - one.new_share)


def _topic(judge: _Judge, groups: Grouping, found: TopicMix, number: int) -> Topic:
    asked = judge.asked
    of_new = judge.both.ages[(groups.topic_of == number) & judge.is_new]
    ages = of_new[~np.isnan(of_new)]
    age = float(np.median(ages)) if len(ages) >= _FEWEST_OF_TOPIC else None
    corpus = asked.corpus_ages if asked.corpus_ages is not None else np.empty(0)
    is_old = age is not None and len(corpus) > 0 and age > float(np.quantile(corpus, _OLD_QUANTILE))
    p = float(found.unusual[number])
    return Topic(
        number + 1,
        float(found.usual[number]),
        float(found.new[number]),
        p,
        p <= asked.alpha,
        age,
        is_old,
        middle=tuple(groups.middles[number].tolist()),
    )


def _too_few(usual: int, new: int, fewest: int) -> str:
    return f"{usual} usual and {new} new: at least {fewest} of each are needed"

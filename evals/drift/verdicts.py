"""What is said of drift: signals with their levels, topics, days. Types, and their JSON; no question is in them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np

from evals.drift.arrangements import Level
from evals.drift.questions import Floats


class Outcome(StrEnum):
    """Of a signal, and of all together."""

    USUAL = "usual"
    DRIFT = "drift"
    TOO_FEW = "too few questions"
    NOT_COMPARABLE = "not comparable"


class SignalName(StrEnum):
    """What is compared."""

    QUESTIONS = "questions"
    TOPICS = "topics"
    EMPTY = "empty results"
    REFUSALS = "refusals"
    SCORES = "scores"
    FRESHNESS = "freshness"


@dataclass(frozen=True, slots=True)
class Signal:
    """One comparison of the new questions with the usual ones.

    `p` is corrected for the number of signals (Holm 1979); `level` holds the value, its own threshold and what chance gives.
    `usual` and `new` are a number for either side that people can read: what it is, `measure` says.
    """

    name: SignalName
    outcome: Outcome
    measure: str
    usual: float | None = None
    new: float | None = None
    p: float | None = None
    level: Level | None = field(default=None, repr=False)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """A group of questions. `titles` are those of the documents nearest to its middle, where they were looked up.

    Ages are medians in days: of the documents that its new questions found. `is_old`: older than three quarters of the corpus.
    """

    number: int
    usual_share: float
    new_share: float
    p_grown: float
    has_grown: bool
    age_days: float | None
    is_old: bool
    titles: tuple[str, ...] = ()
    middle: tuple[float, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Day:
    """Rates of one day; None where nobody asked."""

    day: str
    count: int
    empty_rate: float | None
    refusal_rate: float | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class Side:
    """A window of time and how many questions it has."""

    since: datetime
    until: datetime
    count: int


@dataclass(frozen=True, slots=True)
class DriftReport:
    """All that was found. `scores` are the two samples that the picture of scores shows."""

    tenant: str
    at: datetime
    outcome: Outcome
    note: str
    usual: Side
    new: Side
    alpha: float
    model: str = ""
    dealt_by: str = ""
    signals: tuple[Signal, ...] = ()
    topics: tuple[Topic, ...] = ()
    days: tuple[Day, ...] = ()
    corpus_age_days: float | None = None
    scores: tuple[Floats, Floats] = field(default=(np.empty(0), np.empty(0)), repr=False)

    def signal(self, name: SignalName) -> Signal | None:
        """The signal of this name, if it was looked at."""
        return next((one for one in self.signals if one.name is name), None)

    @property
    def drifted(self) -> tuple[Signal, ...]:
        """The signals that are not as usual."""
        return tuple(one for one in self.signals if one.outcome is Outcome.DRIFT)

    def to_json(self) -> Mapping[str, object]:
        """Everything but what only pictures need."""
        return {
            **{
                name: getattr(self, name)
                for name in ("tenant", "at", "outcome", "note", "alpha", "model", "dealt_by")
            },
            "usual": asdict(self.usual),
            "new": asdict(self.new),
            "signals": [_signal_json(one) for one in self.signals],
            "topics": [_topic_json(one) for one in self.topics],
            "days": [asdict(one) for one in self.days],
            "corpus_age_days": self.corpus_age_days,
        }


def _topic_json(topic: Topic) -> Mapping[str, object]:
    return {name: value for name, value in asdict(topic).items() if name != "middle"}


def _signal_json(signal: Signal) -> Mapping[str, object]:
    level = signal.level
    return {
        "name": signal.name,
        "outcome": signal.outcome,
        "measure": signal.measure,
        "usual": signal.usual,
        "new": signal.new,
        "statistic": level and level.value,
        "threshold": level and level.threshold,
        "p_alone": level and level.p,
        "p": signal.p,
        "note": signal.note,
    }

"""Topics of questions: groups of vectors, how many questions each has now and had before, and which have grown. Pure.

The groups are made of usual and new questions together. Made of the usual ones alone, a topic that nobody asked about before would
be spread over its neighbours; and the comparison with other deals would not be fair, since the groups would know which is real.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from evals.drift.arrangements import Arrangements
from evals.drift.questions import Floats, Ints

_MOST_TOPICS = 12
_QUESTIONS_PER_TOPIC = 25
_FEWEST_TOPICS = 2
_TRIES = 4
_ROUNDS = 50


@dataclass(frozen=True, slots=True)
class Grouping:
    """Every question's topic (n,), and the middle of every topic (topics, dimension), of unit length."""

    topic_of: Ints
    middles: Floats

    @property
    def count(self) -> int:
        """How many topics there are."""
        return len(self.middles)


@dataclass(frozen=True, slots=True)
class TopicMix:
    """Shares of topics before and now, and how unusual each change is.

    `divergences` is the Jensen-Shannon divergence (bits, 0 to 1) of every deal, `unusual` p of each topic's growth, corrected for
    looking at all topics (max-T: Westfall & Young 1993).
    """

    usual: Floats
    new: Floats
    divergences: Floats
    unusual: Floats


def topic_count(question_count: int) -> int:
    """How many topics so many questions are divided into: about 25 questions each, 12 at most."""
    return int(np.clip(question_count // _QUESTIONS_PER_TOPIC, _FEWEST_TOPICS, _MOST_TOPICS))


def grouped(vectors: Floats, *, count: int, rng: np.random.Generator) -> Grouping:
    """k-means (k-means++ starts, the best of four) over unit vectors; topics without a question are left out."""
    shuffled = rng.permutation(len(vectors))
    tries = [_grouped_once(vectors[shuffled], count, rng) for _ in range(_TRIES)]
    middles, of_shuffled, _ = min(tries, key=lambda found: found[2])
    topic_of = np.empty(len(vectors), dtype=np.int64)
    topic_of[shuffled] = of_shuffled
    found, topic_of = np.unique(topic_of, return_inverse=True)
    kept = middles[found]
    return Grouping(topic_of.astype(np.int64), kept / np.linalg.norm(kept, axis=1, keepdims=True))


def mix(grouping: Grouping, arrangements: Arrangements) -> TopicMix:
    """How the topics' shares differ, in every deal."""
    from scipy.spatial.distance import jensenshannon

    members = np.eye(grouping.count)[grouping.topic_of]
    new = arrangements.sums(members)
    usual = members.sum(axis=0) - new
    new_shares, usual_shares = _shares(new), _shares(usual)
    divergences = jensenshannon(new_shares, usual_shares, base=2, axis=1) ** 2
    grown = new_shares - usual_shares
    return TopicMix(usual_shares[0], new_shares[0], np.nan_to_num(divergences), _corrected(grown))


def _corrected(grown: Floats) -> Floats:
    """How unusual each topic's growth is: p among the greatest growths of all deals, each in units of its own spread."""
    spread = grown.std(axis=0)
    scaled = grown / np.where(spread > 0, spread, 1.0)
    greatest = scaled[1:].max(axis=1)
    reached = (greatest[:, None] >= scaled[0][None, :] - 1e-9).sum(axis=0)
    return np.asarray((1 + reached) / (1 + len(greatest)))


def _shares(counts: Floats) -> Floats:
    return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))


def _grouped_once(vectors: Floats, count: int, rng: np.random.Generator) -> tuple[Floats, Ints, float]:
    from scipy.cluster.vq import kmeans2

    with warnings.catch_warnings():
        # An empty group: it is left out.
        warnings.simplefilter("ignore", UserWarning)
        middles, topic_of = kmeans2(vectors, count, iter=_ROUNDS, minit="++", seed=rng)
    return middles, topic_of, float(((vectors - middles[topic_of]) ** 2).sum())

"""How near a passage is to a query, on a scale that means the same for every query. Pure.

The score that hits are ordered by compares hits of one search only. Who has to give a score from 0 to 1, or cut by one, gets this.
"""

from collections.abc import Sequence
from dataclasses import replace

from core.search import Candidates, Hit
from retrieval.trace import point_of


def with_similarity(hits: Sequence[Hit], candidates: Candidates) -> list[Hit]:
    """The hits with their cosines.

    Of one that only its words or the graph brought up it is not known: it is that of the last candidate by meaning, which it
    does not exceed.
    """
    cosines = dict(candidates.dense)
    least = min(cosines.values(), default=0.0)
    return [replace(hit, similarity=cosines.get(point_of(hit), least)) for hit in hits]


def relevances(hits: Sequence[Hit]) -> list[float]:
    """A number from 0 to 1 for every hit, best first, that never rises along the ranking.

    It is the highest cosine of the hit and all behind it, and 0 for a negative one: so a hit that was put first for its words
    counts no less than what stands below it.
    """
    found: list[float] = []
    highest = 0.0
    for hit in reversed(hits):
        highest = max(highest, min(hit.similarity, 1.0))
        found.append(highest)
    return found[::-1]

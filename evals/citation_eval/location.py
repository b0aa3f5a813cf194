"""Whether altered quotes are located where they were cut, and quotes that say something else are not."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from evals.citation_eval.alterations import Alteration
from evals.citation_eval.sentences import Drawn
from generation.checking.locating import located

_MIN_IOU = 0.9


@dataclass(frozen=True, slots=True)
class KindRow:
    """Of `count` quotes altered in one way, the share that was located at all, and at the right place."""

    kind: str
    count: int
    located: float
    right: float
    ms: float


def location_rows(drawn: Sequence[Drawn], kinds: Mapping[str, Alteration], *, seed: int) -> list[KindRow]:
    """One row for each kind. The right place: intersection over union of the characters is at least 0.9."""
    return [_row(kind, drawn, alter, random.Random(seed)) for kind, alter in kinds.items()]  # noqa: S311


def iou(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Intersection over union of two ranges (Jaccard index)."""
    shared = max(0, min(one[1], other[1]) - max(one[0], other[0]))
    return shared / (one[1] - one[0] + other[1] - other[0] - shared)


def _row(kind: str, drawn: Iterable[Drawn], alter: Alteration, rng: random.Random) -> KindRow:
    count = hits = right = 0
    began = perf_counter()
    for one in drawn:
        quote = alter(one.sentence, rng)
        if quote is None or (quote != one.sentence and quote in one.text):
            continue
        count += 1
        found = located(quote, one.text)
        if found is not None:
            hits += 1
            right += iou((found.start, found.end), (one.start, one.end)) >= _MIN_IOU
    most = max(count, 1)
    return KindRow(kind, count, hits / most, right / most, 1000 * (perf_counter() - began) / most)

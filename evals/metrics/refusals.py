"""How well it is decided when to answer: refusals as a class to be found, and how far probabilities can be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RefusalQuality:
    """`precision`: refusals that were right; `recall`: unanswerable questions refused; `answered`: answerable ones answered."""

    precision: float
    recall: float
    answered: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall: `2 P R / (P + R)`."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def refusal_quality(answerable: Sequence[bool], refused: Sequence[bool]) -> RefusalQuality:
    """The quality of decisions about questions, given by question."""
    pairs = list(zip(answerable, refused, strict=True))
    right = sum(gone and not known for known, gone in pairs)
    return RefusalQuality(
        _share(right, sum(refused)),
        _share(right, sum(not known for known in answerable)),
        _share(sum(known and not gone for known, gone in pairs), sum(answerable)),
    )


def best_threshold_f1(answerable: Sequence[bool], scores: Sequence[float]) -> float:
    """F1 of refusing what scores below the one threshold that is best for these very questions: an upper bound, not a result."""
    return max(
        refusal_quality(answerable, [score < bound for score in scores]).f1
        for bound in {*scores, float("inf")}
    )


def brier(answerable: Sequence[bool], probabilities: Sequence[float]) -> float:
    """Mean squared difference of probability and outcome (Brier 1950); always saying 0.5 is 0.25."""
    pairs = list(zip(answerable, probabilities, strict=True))
    return sum((probability - known) ** 2 for known, probability in pairs) / len(pairs) if pairs else 0.0


def calibration_error(
    answerable: Sequence[bool], probabilities: Sequence[float], *, bin_count: int = 10
) -> float:
    """Expected calibration error: `sum over bins of (n / N) |share answerable - mean probability|` (Naeini et al. 2015)."""
    bins: dict[int, list[tuple[bool, float]]] = {}
    for known, probability in zip(answerable, probabilities, strict=True):
        bins.setdefault(min(int(probability * bin_count), bin_count - 1), []).append((known, probability))
    return sum(
        abs(sum(known for known, _ in found) - sum(probability for _, probability in found))
        for found in bins.values()
    ) / max(1, len(answerable))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0

"""How claims that are borne out are told from those that are not, at a threshold and at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from evals.citation_eval.claims import LabelledClaim
from generation.checking.numbers import figures_stand
from generation.checking.support import support

THRESHOLDS = (0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Scored:
    """A claim's label and its score; 0 where a figure, a name or a negation differs."""

    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Precision and recall of `supported`, and their means."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """2 P R / (P + R); 0 where both are."""
        return self._f(1.0)

    @property
    def f05(self) -> float:
        """1.25 P R / (0.25 P + R): what is let through wrongly weighs more than what is lost (van Rijsbergen 1979)."""
        return self._f(0.5)

    def _f(self, beta: float) -> float:
        below = beta**2 * self.precision + self.recall
        return (1 + beta**2) * self.precision * self.recall / below if below else 0.0


def scored(claims: Sequence[LabelledClaim]) -> list[Scored]:
    """Each claim with the score of the check."""
    return [Scored(claim.label, _score(claim)) for claim in claims]


def verdicts(rows: Sequence[Scored], threshold: float) -> Verdicts:
    """Of those that score at least the threshold, and of those that are supported."""
    passed = [row.label == "supported" for row in rows if row.score >= threshold]
    supported = sum(row.label == "supported" for row in rows)
    return Verdicts(sum(passed) / max(len(passed), 1), sum(passed) / max(supported, 1))


def passed_share(rows: Sequence[Scored], label: str, threshold: float) -> float:
    """The share of claims of one label that score at least the threshold."""
    scores = [row.score for row in rows if row.label == label]
    return sum(score >= threshold for score in scores) / max(len(scores), 1)


def best_threshold(rows: Sequence[Scored]) -> float:
    """The one of `THRESHOLDS` with the best F0.5; the lowest of equals."""
    return max(THRESHOLDS, key=lambda threshold: verdicts(rows, threshold).f05)


def _score(claim: LabelledClaim) -> float:
    if not figures_stand(claim.text, f"{claim.evidence}\n{claim.context}"):
        return 0.0
    return support(claim.text, claim.evidence, context=claim.context).score

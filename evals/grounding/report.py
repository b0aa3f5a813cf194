"""The table of a measurement, as Markdown. Pure."""

from collections.abc import Sequence
from statistics import median

from evals.grounding.asking import Case
from evals.metrics.refusals import best_threshold_f1, brier, calibration_error, refusal_quality

HEADER = (
    "| questions | count | refusal P | R | F1 | best bound on the set | answered | gold in quotes | verbatim | Brier | ECE | p50 ms |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|"
)


def row(name: str, cases: Sequence[Case]) -> str:
    """One line. `best bound on the set` is what the same probabilities give with a bound chosen on these very questions."""
    truth = [case.truth for case in cases]
    chances = [case.probability for case in cases]
    quality = refusal_quality(truth, [case.refused for case in cases])
    answered = [case for case in cases if case.truth and not case.refused]
    cited = sum(case.citation_count for case in cases)
    shares = [
        quality.precision,
        quality.recall,
        quality.f1,
        best_threshold_f1(truth, chances),
        quality.answered,
        sum(case.has_gold for case in answered) / max(1, len(answered)),
        sum(case.verbatim_count for case in cases) / max(1, cited),
        brier(truth, chances),
        calibration_error(truth, chances),
    ]
    figures = " | ".join(f"{share:.3f}" for share in shares)
    return f"| {name} | {len(cases)} | {figures} | {median(case.took_ms for case in cases):.0f} |"

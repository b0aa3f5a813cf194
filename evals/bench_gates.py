"""How often gates are wrong: false alarms where nothing has changed, and losses that are seen. Made-up scores, seeded.

python -m evals.bench_gates [--rounds 400]
"""

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np

from core.prompt_trials import UserAnswers
from evals.gates.comparing import compare
from evals.gates.policy import GatePolicy, TrialPolicy
from evals.runs import CaseScores, EvalResult, Part, Stage
from evals.trials.arms import Arms, planned
from evals.trials.judging import Pair, judge_trial
from evals.trials.verdict import Next

_AT = datetime(2026, 1, 1, tzinfo=UTC)
_STAGES = (Stage.DENSE, Stage.LEXICAL, Stage.SEARCH)
_METRICS = ("ndcg_10", "mrr", "recall_5", "hit_1")
_CASES = 150
_LOOKS = 20


def gate_rate(rounds: int, *, moved: float, lost: float, seed: int) -> float:
    """The share of comparisons that fail: of all cases `moved` have another score by chance, `lost` are lost in one part."""
    policy = GatePolicy(min_slice_cases=10_000, interval_resamples=100)
    draw = np.random.default_rng(seed)
    failed = 0
    for _ in range(rounds):
        before, after = _both(draw, moved=moved, lost=lost)
        failed += not compare(before, after, policy).passed
    return failed / rounds


def trial_rate(rounds: int, *, shift: float, looks: int, seed: int) -> float:
    """The share of trials that are withdrawn, where `shift` is taken from the candidate's mean ratings, looked at so often."""
    policy, draw, withdrawn = TrialPolicy(), np.random.default_rng(seed), 0
    needed = planned(0.5, policy).candidate
    steps = sorted({int(one) for one in np.linspace(20, needed, looks)})
    for _ in range(rounds):
        arms = Arms(tuple(_users(draw, needed, 0.0)), tuple(_users(draw, needed, shift)))
        withdrawn += any(_withdraws(arms, at, policy) for at in steps)
    return withdrawn / rounds


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=400)
    rounds = parser.parse_args().rounds
    print("| what | rate | CPU ms each |\n|---|---|---|")  # noqa: T201
    for moved in (0.05, 0.3):
        _tell(
            f"gate, nothing changed, {moved:.0%} of cases moved by chance: fails",
            rounds,
            gate_rate,
            moved=moved,
            lost=0.0,
        )
    for moved in (0.0, 0.05):
        for lost in (0.03, 0.05, 0.1, 0.2):
            what = (
                f"gate, {lost:.0%} of the cases of one part lost, {moved:.0%} of all moved by chance: fails"
            )
            _tell(what, rounds, gate_rate, moved=moved, lost=lost)
    few = max(1, rounds // 2)
    for looks in (1, _LOOKS):
        _tell(f"trial, no difference, {looks} looks: withdrawn", few, trial_rate, shift=0.0, looks=looks)
    _tell(f"trial, superiority of .4, {_LOOKS} looks: withdrawn", few, trial_rate, shift=0.36, looks=_LOOKS)


def _tell(what: str, rounds: int, rate: "Callable[..., float]", **options: float) -> None:
    begun_s = time.process_time()
    found = rate(rounds, seed=7, **options)
    each_ms = (time.process_time() - begun_s) * 1000 / rounds
    print(f"| {what} | {found:.3f} of {rounds} | {each_ms:.0f} |", flush=True)  # noqa: T201


def _both(draw: np.random.Generator, *, moved: float, lost: float) -> tuple[EvalResult, EvalResult]:
    ranks = {stage: draw.geometric(0.5, _CASES) for stage in _STAGES}
    # What moves by chance moves either way.
    again = {
        stage: np.where(draw.random(_CASES) < moved, draw.permutation(found), found)
        for stage, found in ranks.items()
    }
    again[Stage.SEARCH] = np.where(draw.random(_CASES) < lost, 99, again[Stage.SEARCH])
    return _result("before", ranks), _result("after", again)


def _result(name: str, ranks: dict[Stage, "np.ndarray[tuple[int], np.dtype[np.int64]]"]) -> EvalResult:
    return EvalResult(name, _AT, {}, tuple(_part(stage, found.tolist()) for stage, found in ranks.items()))


def _part(stage: Stage, ranks: list[int]) -> Part:
    cases = [
        CaseScores(str(at), dict(zip(_METRICS, _scores(rank), strict=True))) for at, rank in enumerate(ranks)
    ]
    return Part(stage, "made", "v1", tuple(cases))


def _scores(rank: int) -> tuple[float, float, float, float]:
    if rank > 10:
        return 0.0, 0.0, 0.0, 0.0
    return float(1 / np.log2(rank + 1)), 1 / rank, float(rank <= 5), float(rank == 1)


def _users(draw: np.random.Generator, count: int, shift: float) -> list[UserAnswers]:
    ratings, refused, partial = (
        draw.normal(4 - shift, 1, count),
        draw.random(count) < 0.2,
        draw.random(count) < 0.3,
    )
    return [
        UserAnswers(
            "t",
            str(at),
            "answer/1",
            _AT + timedelta(minutes=at),
            3,
            int(refused[at]),
            int(partial[at]),
            float(draw.poisson(0.4)),
            900.0,
            rating=float(ratings[at]),
        )
        for at in range(count)
    ]


def _withdraws(arms: Arms, count: int, policy: TrialPolicy) -> bool:
    seen = Arms(arms.current[:count], arms.candidate[:count])
    pair = Pair("answer", "answer/1", "answer/2")
    return judge_trial(pair, seen, share=0.5, policy=policy).next is Next.WITHDRAW


if __name__ == "__main__":
    main()

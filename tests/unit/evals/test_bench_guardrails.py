"""The bench of guardrails: its texts and its percentile."""

import random

from evals.bench_guardrails import made_up, nearest_rank


def test_percentiles_are_by_nearest_rank() -> None:
    values = [float(number) for number in range(1, 101)]
    assert (nearest_rank(values, 0.5), nearest_rank(values, 0.95), nearest_rank([3.0], 0.95)) == (
        50.0,
        95.0,
        3.0,
    )
    assert nearest_rank([2.0, 1.0, 3.0], 0.5) == 2.0


def test_texts_are_as_long_as_asked_and_never_the_same() -> None:
    rng = random.Random(7)
    texts = {made_up(rng, 500) for _ in range(20)}
    assert (len(texts), {len(text) for text in texts}) == (20, {500})

"""What is broken on purpose is broken, and in the bench only."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import InvalidInputError
from evals.runs import CaseScores, EvalResult, Part, Stage
from evals.scorecard.bench_settings import bench_settings
from evals.scorecard.judging import outcome
from evals.scorecard.options import Options
from evals.scorecard.regressions import REGRESSIONS, NoisyEmbedder, regression
from tests.fakes.embedder import FakeEmbedder

_AT = datetime(2026, 1, 1, tzinfo=UTC)


def _run(scores: dict[Stage, float]) -> EvalResult:
    parts = tuple(
        Part(stage, "tiny", "1", tuple(CaseScores(f"c{at}", {"ndcg_10": value}) for at in range(40)))
        for stage, value in scores.items()
    )
    return EvalResult("r", _AT, {}, parts)


async def test_vectors_of_the_noisy_model_say_little_and_are_the_same_every_time() -> None:
    noisy, sound = NoisyEmbedder(FakeEmbedder()), FakeEmbedder()
    (first,) = await noisy.embed_passages(["a crane lifts steel"])
    (again,) = await noisy.embed_passages(["a crane lifts steel"])
    (right,) = await sound.embed_passages(["a crane lifts steel"])
    assert first == again
    assert sum(value * value for value in first) == pytest.approx(1.0, abs=1e-5)
    assert sum(a * b for a, b in zip(first, right, strict=True)) < 0.6


@pytest.mark.parametrize("name", sorted(REGRESSIONS))
def test_every_regression_has_settings_that_can_be(name: str, tmp_path: Path) -> None:
    assert bench_settings(tmp_path, REGRESSIONS[name].settings).home == tmp_path


def test_an_unknown_regression_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InvalidInputError, match=r"'speed'.*chunking"):
        regression("speed")


def test_the_first_stage_that_is_worse_is_the_cause() -> None:
    before = _run(dict.fromkeys((Stage.CHUNKING, Stage.LEXICAL, Stage.SEARCH), 0.9))
    after = _run({Stage.CHUNKING: 0.9, Stage.LEXICAL: 0.2, Stage.SEARCH: 0.5})
    found = outcome(after, before)
    assert not found.comparison.passed
    assert found.cause is Stage.LEXICAL
    assert outcome(before, before).cause is None


def test_a_set_of_another_version_fails() -> None:
    before = _run({Stage.DENSE: 0.9})
    other = Part(Stage.DENSE, "tiny", "2", before.parts[0].cases)
    after = EvalResult("s", _AT, {}, (other,))
    assert not outcome(after, before).comparison.passed


def test_a_stage_that_measures_less_fails_unless_it_was_not_asked_for() -> None:
    before = _run({Stage.DENSE: 0.9, Stage.SEARCH: 0.9})
    without = EvalResult("s", _AT, {}, before.parts[:1])
    fewer = EvalResult(
        "s", _AT, {}, (before.parts[0], replace(before.parts[1], cases=before.parts[1].cases[:39]))
    )

    assert outcome(without, before).cause is Stage.SEARCH
    assert outcome(without, before, stages=(Stage.DENSE,)).comparison.passed
    assert outcome(fewer, before).comparison.failures == ("search/tiny: 1 cases are not measured any more",)


def test_every_stage_that_is_asked_for_is_expected_in_the_result() -> None:
    assert Options(only=("retrieval",)).measured == {Stage.CHUNKING, Stage.DENSE, Stage.LEXICAL, Stage.SEARCH}
    assert Options().measured >= {
        Stage.REDACTION,
        Stage.ACCESS,
        Stage.GROUNDING,
        Stage.FRESHNESS,
        Stage.LATENCY,
    }

"""What the scorecard prints, and how it is called."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from evals.runs import CaseScores, EvalResult, Part, Stage
from evals.scorecard.__main__ import is_caught, main, regression_row
from evals.scorecard.judging import outcome
from evals.scorecard.table import scorecard


def _run(scores: Mapping[Stage, float], metric: str = "ndcg_10") -> EvalResult:
    parts = tuple(
        Part(stage, "handbook", "1", tuple(CaseScores(f"c{at}", {metric: value}) for at in range(40)))
        for stage, value in scores.items()
    )
    return EvalResult("r", datetime(2026, 1, 1, tzinfo=UTC), {}, parts, 12.0)


def test_a_line_says_what_was_and_what_is() -> None:
    before, after = _run({Stage.LEXICAL: 0.9}), _run({Stage.LEXICAL: 0.4})
    text = scorecard(outcome(after, before).comparison, after)
    (line,) = [one for one in text.splitlines() if one.startswith("| lexical")]
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[:5] == ["lexical", "handbook", "nDCG@10", "0.400", "0.900"]
    assert cells[5].startswith("-0.500 [")
    assert cells[6] == "**worse**"
    assert "lexical search alone is worse" in text
    assert text.endswith("FAILED: 1 parts against the baseline, 12 s")


def test_without_a_baseline_bounds_still_count() -> None:
    leaky = _run({Stage.ACCESS: 1.0}, "leaks")
    found = outcome(leaky, None)
    assert not found.comparison.passed
    assert "**past its bound**" in scorecard(found.comparison, leaky)
    tight = _run({Stage.ACCESS: 0.0}, "leaks")
    assert outcome(tight, None).comparison.passed


def test_a_regression_is_caught_only_where_its_own_stage_is_named() -> None:
    before = _run({Stage.DENSE: 0.9, Stage.LEXICAL: 0.9})
    right = outcome(_run({Stage.DENSE: 0.9, Stage.LEXICAL: 0.2}), before)
    wrong = outcome(_run({Stage.DENSE: 0.2, Stage.LEXICAL: 0.9}), before)
    assert is_caught("bm25", right)
    assert not is_caught("bm25", wrong)
    assert not is_caught("bm25", outcome(before, before))
    assert "| lexical | dense | **no** |" in regression_row("bm25", wrong)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "speed"], "there is no stage 'speed'"),
        (["--only", "retrieval", "--sets", "nothing"], "there is no packaged set 'nothing'"),
        (["--regress", "nothing"], "there is no regression 'nothing'"),
    ],
)
def test_a_bad_call_names_what_is_wrong(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err

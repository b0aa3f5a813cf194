"""How strict a gate is: the packaged policy, and files over it."""

from pathlib import Path

import pytest

from core.errors import InvalidInputError
from evals.gates.policy import GatePolicy, default_policy, read_policy
from evals.metrics.catalogue import METRICS


def written(folder: Path, text: str) -> Path:
    file = folder / "policy.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_packaged_file_says_what_the_code_takes_without_it() -> None:
    assert read_policy() == default_policy() == GatePolicy()


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    own = read_policy(
        written(tmp_path, "alpha = 0.01\n[metrics.ndcg_10]\ntolerance = 0.05\n[trial]\npower = 0.9\n")
    )
    assert (own.alpha, own.min_cases, own.trial.power, own.trial.superiority) == (0.01, 20, 0.9, 0.6)
    assert own.metric("ndcg_10").tolerance == 0.05
    assert own.metric("ndcg_10").title == "nDCG@10"
    assert own.metric("mrr") == METRICS["mrr"]


def test_a_metric_that_nobody_knows_gates_only_where_a_policy_says_which_way_is_better(
    tmp_path: Path,
) -> None:
    assert default_policy().metric("own_score").gates is False
    own = read_policy(written(tmp_path, '[metrics.own_score]\nbetter = "lower"\n')).metric("own_score")
    assert (own.gates, own.better) == (True, "lower")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("alpah = 0.1", "alpah"),
        ("alpha = 0.9", "alpha"),
        ('missing = "maybe"', "missing"),
        ("alpha = ", "no TOML"),
        ('[trial]\ndeciding = ["charm"]', "deciding"),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        read_policy(written(tmp_path, text))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read"):
        read_policy(tmp_path / "none.toml")

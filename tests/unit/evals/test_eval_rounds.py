"""The measurement of rounds: what it needs, and one run over a small set."""

from pathlib import Path

import pytest

from evals.eval_rounds import main
from tests.unit.evals.retrieval_worlds import write_retrieval_set


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [([], 0, "--data"), (["--data", "nowhere"], 2, "nowhere")],
)
def test_without_sets_the_command_says_what_it_needs(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == code
    assert words in "".join(capsys.readouterr())


@pytest.mark.slow
def test_more_rounds_make_more_searches(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_retrieval_set(tmp_path / "data" / "small")
    assert main(["--data", str(tmp_path / "data"), "--sets", "small", "--limit", "2"]) == 0
    rows = [
        line.split("|") for line in capsys.readouterr().out.splitlines() if line.startswith(("| 1", "| 2"))
    ]
    assert [row[2].strip() for row in rows] == ["1.000", "1.000"]
    assert float(rows[0][4]) == 1.0
    assert float(rows[1][4]) > 1.0

"""`folio eval ragas` and `folio eval judge` from the command line: a set with documents of its own, a judge over HTTP."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from evals.cli import judging
from evals.datasets.folder import write_eval_set
from evals.datasets.model import CorpusKind, EvalCase, EvalDocument, EvalSet, GoldSpan
from evals.runs import Stage, read_result
from folio.cli.main import app
from tests.fakes.recorded_judge import RecordedJudge, replaying

pytestmark = pytest.mark.slow
RECORDED = Path(__file__).parents[1] / "recorded" / "ragas.json"
SAID = "Employees have 25 days of annual leave, so 25 days of leave a year."
DOCUMENTS = (
    EvalDocument("leave", "Leave", SAID),
    EvalDocument("boiler", "Boiler", "The boiler is drained before frost."),
)
CASES = (
    EvalCase(
        "leave",
        "How many days of leave do employees have?",
        {"leave": 1},
        answers=("25 days a year.",),
        spans=(GoldSpan("leave", SAID),),
    ),
    EvalCase("king", "Who was the first king of Rome?", answerable=False),
)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordedJudge]:
    with replaying(RECORDED) as judge:
        for name, value in (
            ("HOME", str(tmp_path / "home")),
            ("LLM__MODEL", "recorded"),
            ("LLM__BASE_URL", judge.url),
            ("LLM__INPUT_PRICE", "1"),
            ("LLM__OUTPUT_PRICE", "2"),
            ("EVALS__JUDGE__MODEL", "recorded"),
            ("ANSWERS__MODE", "extractive"),
            ("REDACTION__POLICY", "off"),
        ):
            monkeypatch.setenv(f"FOLIO_{name}", value)
        monkeypatch.setattr(judging, "configure_logging", lambda _: None)
        yield judge


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    write_eval_set(EvalSet("leave", "", CorpusKind.TEXTS, CASES, DOCUMENTS), folder)
    return folder


def run(command: str, folder: Path, *more: str | Path) -> dict[str, Any]:
    found = CliRunner().invoke(app, ["eval", command, str(folder), "--json", *map(str, more)])
    assert found.exit_code == 0, found.output
    row = orjson.loads(found.stdout)
    assert isinstance(row, dict)
    return row


@pytest.mark.skipif(find_spec("ragas") is None, reason="needs the extra ragas")
def test_ragas_judges_what_was_answered_and_asks_once(
    server: RecordedJudge, folder: Path, tmp_path: Path
) -> None:
    first = run("ragas", folder, "--out", tmp_path / "run.json")
    metrics = first["metrics"]
    assert metrics["ragas_faithfulness"]["judged"] == 1
    assert metrics["ragas_faithfulness"]["asked"] == 2, "the refusal is counted, and is no zero"
    assert metrics["ragas_faithfulness"]["unjudged"]["nothing"] == 3
    assert metrics["ragas_id_context_recall"]["mean"] == 1.0
    assert first["calls"] == len(server.requests) > 0
    assert first["cost"] > 0
    asked = len(server.requests)
    second = run("ragas", folder)
    assert (second["calls"], len(server.requests)) == (0, asked)
    assert {name: one["mean"] for name, one in second["metrics"].items()} == {
        name: one["mean"] for name, one in metrics.items()
    }
    (part,) = read_result(tmp_path / "run.json").parts
    assert (part.stage, part.dataset) == (Stage.JUDGED, "leave")
    assert b"annual" not in (tmp_path / "run.json").read_bytes()


def test_an_uncalibrated_judge_is_called_so(server: RecordedJudge, folder: Path) -> None:
    found = run("judge", folder)
    assert all(name.startswith("uncalibrated_judge_") for name in found["metrics"])
    assert any("never calibrated" in note for note in found["notes"])
    assert {row["model"] for row in server.requests} == {"recorded"}

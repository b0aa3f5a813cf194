"""What `folio investigate` prints, and what it refuses to run."""

import sys

import orjson
import pytest

from core.agents import AgentEnd, AgentResult, AgentStep, StepOutcome
from core.answers import Answer, AnswerStatus, Citation
from folio.cli.agent import result_as_json, result_text
from folio.cli.main import run

STEPS = (
    AgentStep(1, "search", StepOutcome.FOUND, 17, 3.4, 5, (1, 2)),
    AgentStep(2, "", StepOutcome.UNKNOWN_TOOL, 2, 0.1),
)
CITED = Citation("d", None, "Lamp", "lamp.md", 1, None, "", "It is warm.", 0, 11)
RESULT = AgentResult(
    "r1",
    Answer("It is warm. [1]", AnswerStatus.GROUNDED, None, (CITED,)),
    STEPS,
    AgentEnd.FINISHED,
    token_count=120,
    source_count=2,
)


def test_people_see_the_answer_and_a_line_for_each_step() -> None:
    lines = result_text(RESULT).splitlines()
    assert lines[0] == "It is warm. [1]"
    assert lines[-2:] == ["  step 1: search, found, 5 results, 3 ms", "  step 2: unknown tool, 0 ms"]


def test_programs_see_the_same_as_data() -> None:
    data = orjson.loads(orjson.dumps(result_as_json(RESULT)))
    assert (data["status"], data["run_id"], data["ended"], data["tokens"]) == (
        "grounded",
        "r1",
        "finished",
        120,
    )
    assert [step["tool"] for step in data["steps"]] == ["search", ""]


@pytest.mark.parametrize("arguments", [[], ["a question", "--resume", "r1"]])
def test_it_takes_a_question_or_an_id(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["folio", "investigate", *arguments])
    assert run() == 2
    assert "--resume" in capsys.readouterr().err

"""Which stage is blamed for what got worse."""

import pytest

from evals.gates.comparing import compare
from evals.gates.policy import GatePolicy
from evals.runs import Stage
from tests.unit.evals.gates.results import COUNT, lowered, part, result

SAME = [0.8] * COUNT
QUICK = GatePolicy(resamples=1000, interval_resamples=100, min_slice_cases=1000)
MEASURED = (Stage.CHUNKING, Stage.DENSE, Stage.LEXICAL, Stage.SEARCH, Stage.GROUNDING, Stage.ANSWERS)


def causes(*worse: Stage, measured: tuple[Stage, ...] = MEASURED, **differs: str) -> tuple[str, ...]:
    before = result(*(part(stage, SAME) for stage in measured))
    after = [part(stage, lowered(0.4) if stage in worse else SAME) for stage in measured]
    return compare(before, result(*after, **differs), QUICK).causes


@pytest.mark.parametrize(
    ("worse", "told"),
    [
        ((Stage.CHUNKING, Stage.DENSE, Stage.LEXICAL, Stage.SEARCH), "chunking: gold passages are cut"),
        ((Stage.DENSE, Stage.LEXICAL, Stage.SEARCH), "dense and lexical search are both worse"),
        ((Stage.DENSE, Stage.SEARCH), "dense search alone is worse"),
        ((Stage.LEXICAL, Stage.SEARCH), "lexical search alone is worse"),
        ((Stage.SEARCH, Stage.ANSWERS), "search is worse though what it is made of is not"),
        ((Stage.GROUNDING, Stage.ANSWERS), "grounding is worse though search is not"),
        ((Stage.ANSWERS,), "answers are worse though search and grounding are not"),
    ],
)
def test_the_first_stage_that_is_worse_is_the_cause(worse: tuple[Stage, ...], told: str) -> None:
    assert causes(*worse)[0].startswith(told)


def test_what_follows_from_a_cause_is_told_as_such() -> None:
    found = causes(Stage.LEXICAL, Stage.SEARCH, Stage.ANSWERS)
    assert found[1] == "what follows from it: search/set, answers/set"


def test_a_stage_that_was_not_measured_is_not_ruled_out() -> None:
    (first, *_) = causes(Stage.SEARCH, measured=(Stage.DENSE, Stage.SEARCH))
    assert first.startswith("search is worse")
    assert "not ruled out: chunking, lexical" in first


def test_a_dropped_filter_is_named_whatever_else_is_worse() -> None:
    before = result(part(Stage.ACCESS, [0.0] * COUNT, metric="leaks"), part(Stage.SEARCH, SAME))
    after = result(part(Stage.ACCESS, [1.0] * COUNT, metric="leaks"), part(Stage.SEARCH, lowered(0.4)))
    found = compare(before, after, QUICK).causes
    assert "filter of searches by access" in found[0]
    assert found[1].startswith("search is worse")


@pytest.mark.parametrize(
    "stage", [Stage.REDACTION, Stage.INJECTION, Stage.FRESHNESS, Stage.LATENCY, Stage.JUDGED]
)
def test_every_stage_has_a_cause(stage: Stage) -> None:
    assert stage.value in causes(stage, measured=(stage,))[0] or stage is Stage.REDACTION


def test_the_settings_that_differ_are_named_those_about_the_stage_first() -> None:
    before = result(part(Stage.LEXICAL, SAME), **{"sparse.backend": "bm25", "prompt.answer": "answer/1"})
    after = result(
        part(Stage.LEXICAL, lowered(0.4)), **{"sparse.backend": "x" * 90, "prompt.answer": "answer/2"}
    )
    likely, others = compare(before, after, QUICK).causes[-2:]
    assert likely.startswith("what differs and is about it: sparse.backend (bm25 -> xxx")
    assert others == "what else differs: prompt.answer (answer/1 -> answer/2)"


def test_where_nothing_differs_the_code_is_to_be_looked_at() -> None:
    assert causes(Stage.SEARCH)[-1].startswith("no setting, model or prompt that was noted differs")
    assert causes() == ()

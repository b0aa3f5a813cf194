from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import DependencyDownError
from evals.judge.asking import Asking, judged
from evals.judge.judgements import Judgement, Unjudged
from evals.judge.keeping import Kept, judgement_key
from evals.judge.verdicts import JudgedAs
from tests.unit.evals.judge.worlds import CASE, criterion, judge_that_says, model_of

NO = JudgedAs(quote="", verdict="no")
BASE = {"model": "m", "version": "1", "inputs": {"a": "b"}, "repeat": 0}


@pytest.mark.parametrize(
    "change", [{"model": "n"}, {"version": "2"}, {"inputs": {"a": "c"}}, {"repeat": 1}], ids=str
)
def test_whatever_changes_is_another_judgement(change: dict[str, object]) -> None:
    assert judgement_key("x", **BASE) != judgement_key("x", **{**BASE, **change})  # type: ignore[arg-type]
    assert judgement_key("x", **BASE) != judgement_key("y", **BASE)  # type: ignore[arg-type]


async def test_a_second_run_asks_nobody_and_says_the_same(tmp_path: Path) -> None:
    judge = judge_that_says(NO)
    metric = await criterion(judge, "judge_supported")
    first = await judged([metric], [CASE], Asking(3, Kept(tmp_path)))
    calls = len(model_of(judge).prompts)
    second = await judged([metric], [CASE], Asking(3, Kept(tmp_path)))
    assert calls == len(model_of(judge).prompts) == 6
    assert [one.score for one in first] == [one.score for one in second]
    assert [one.kept for one in second] == [True] * 3


async def test_more_repeats_ask_for_the_further_ones_only(tmp_path: Path) -> None:
    judge = judge_that_says(NO)
    metric = await criterion(judge, "judge_relevant")
    await judged([metric], [CASE], Asking(3, Kept(tmp_path)))
    await judged([metric], [CASE], Asking(5, Kept(tmp_path)))
    assert len(model_of(judge).prompts) == 5


async def test_another_answer_is_judged_anew(tmp_path: Path) -> None:
    judge = judge_that_says(NO)
    metric = await criterion(judge, "judge_relevant")
    await judged([metric], [CASE], Asking(3, Kept(tmp_path)))
    await judged([metric], [replace(CASE, answer="25 days.")], Asking(3, Kept(tmp_path)))
    assert len(model_of(judge).prompts) == 6


async def test_a_judge_that_was_down_is_asked_again(tmp_path: Path) -> None:
    metric = await criterion(judge_that_says(DependencyDownError("down")), "judge_relevant")
    await judged([metric], [CASE], Asking(3, Kept(tmp_path)))
    assert not any(tmp_path.iterdir())  # noqa: ASYNC240


def test_a_damaged_file_is_nothing_kept(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.put("ab" * 32, Judgement("c", "m", 0, 0.5))
    assert kept.get("ab" * 32, case_id="c", metric="m", repeat=0) == Judgement("c", "m", 0, 0.5, kept=True)
    for text in ("", "[]", '{"score": "x", "why": null}', '{"score": NaN, "why": null}', '{"why": "odd"}'):
        (tmp_path / "ab" / f"{'ab' * 32}.json").write_text(text)
        assert kept.get("ab" * 32, case_id="c", metric="m", repeat=0) is None


def test_why_there_is_no_score_is_kept_too(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.put("cd" * 32, Judgement("c", "m", 0, None, Unjudged.REFUSED))
    found = kept.get("cd" * 32, case_id="c", metric="m", repeat=0)
    assert found is not None
    assert (found.score, found.why) == (None, Unjudged.REFUSED)

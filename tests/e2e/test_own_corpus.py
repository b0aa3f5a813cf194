"""A set that brings its documents: indexed apart, asked on behalf of its readers, nothing of it in the live base."""

from pathlib import Path

from core.access import AccessLabel, Tier
from core.config import Settings
from core.eval_runs import EvalVerdict
from core.eval_subjects import SubjectPart
from evals.datasets.model import CorpusKind, EvalCase, EvalDocument, EvalSet, Reader
from evals.running.baselines import save_baseline
from evals.running.evaluating import Options, evaluate
from evals.running.opened import EvaluatedKnowledgeBase
from evals.runs import Stage

_SECRET = AccessLabel(tier=Tier.RESTRICTED)
TEXTS = EvalSet(
    "leave",
    "v1",
    CorpusKind.TEXTS,
    (
        EvalCase("q1", "How many days of leave are there?", {"a": 1}, answers=("30 days",)),
        EvalCase("q2", "What does the merger cost?", {"b": 1}, reader=Reader(clearance="restricted")),
        EvalCase("q3", "What does the merger cost?", answerable=False, reader=Reader(clearance="public")),
    ),
    (
        EvalDocument(
            "a", "Leave", "Everybody has 30 days of leave in a year.", AccessLabel(tier=Tier.PUBLIC)
        ),
        EvalDocument("b", "Merger", "The merger costs nine million.", _SECRET),
    ),
)


async def test_texts_are_indexed_apart_and_compared_with_their_baseline(settings: Settings) -> None:
    async with EvaluatedKnowledgeBase(settings) as kb:
        options = Options(search_only=True)
        first = await evaluate(kb, TEXTS, options)
        parts = {
            part.stage: {case.case_id: case.scores for case in part.cases} for part in first.result.parts
        }
        assert [scores["mrr"] for scores in parts[Stage.SEARCH].values()] == [1.0, 1.0]
        assert {scores["leaks"] for scores in parts[Stage.ACCESS].values()} == {0.0}
        assert first.verdict is EvalVerdict.MEASURED
        save_baseline(settings, "leave", first.result)
        again = await evaluate(kb, TEXTS, options)
        assert (again.verdict, again.before) == (EvalVerdict.PASSED, first.result)
        assert again.subject == (await kb.wanted_subject()).without(SubjectPart.PROMPTS), (
            "what the settings ask for"
        )
        assert await kb.documents() == []
        kept = await (await kb.kept_runs()).latest("default")
        assert {run.baseline_id for run in kept} == {"", first.result.run_id}


async def test_files_are_named_by_their_paths(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "docs" / "hr").mkdir(parents=True)
    (tmp_path / "docs" / "hr" / "leave.md").write_text("# Leave\n\nEverybody has 30 days of leave.\n")
    case = EvalCase("q1", "How many days of leave?", {"hr/leave.md": 1}, answers=("30 days",))
    eval_set = EvalSet("files", "v1", CorpusKind.FILES, (case,), folder=tmp_path / "docs")
    async with EvaluatedKnowledgeBase(settings) as kb:
        found = await evaluate(kb, eval_set, Options())
    [grounding] = [part for part in found.result.parts if part.stage is Stage.GROUNDING]
    scores = grounding.cases[0].scores
    assert (scores["decided"], scores["citation_recall"], scores["verbatim"]) == (1.0, 1.0, 1.0)

"""What is kept of an evaluation, what it is called, and how its samples are drawn."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.documents import Chunk, DocumentRecord, DocumentState, Source, SourceKind
from core.errors import InvalidInputError
from core.eval_runs import EvalRun, EvalVerdict
from core.eval_subjects import Subject, SubjectPart
from core.prompt_releases import PromptRelease
from evals.cli.running import versions
from evals.datasets.model import CorpusKind, EvalCase, EvalSet, GoldSpan
from evals.gates.comparing import compare
from evals.gates.policy import GatePolicy, MetricPolicy
from evals.running.copying import pseudonyms_of
from evals.running.evaluating import (
    ABOUT,
    CANDIDATE,
    LIVE,
    Evaluated,
    kept_run,
    recorded_values,
    verdict_of,
    without_untried,
)
from evals.running.history import history, means
from evals.running.opened import FixedReleases
from evals.running.releasing import differing
from evals.running.sampling import draw, named_documents
from evals.runs import CaseScores, EvalResult, Part, Stage
from tests.contract.chunk_points import chunk as stored_chunk
from tests.fakes.catalog import FakeCatalog
from tests.fakes.prompt_releases import FakePromptReleases

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SET = EvalSet(
    "leave",
    "v1",
    CorpusKind.KNOWLEDGE_BASE,
    (EvalCase("q1", "?", {"d2": 1}, wrong=("d3",), spans=(GoldSpan("d1", "x"),)),),
)


def result(score: float, run_id: str = "r1", **subject: str) -> EvalResult:
    cases = tuple(CaseScores(f"q{number}", {"ndcg_10": score}) for number in range(30))
    return EvalResult(run_id, NOW, subject, (Part(Stage.SEARCH, "leave", "v1", cases),))


def answers(score: float) -> tuple[Part, ...]:
    cases = tuple(CaseScores(f"q{number}", {"decided": score}) for number in range(30))
    return (Part(Stage.GROUNDING, "leave", "v1", cases),)


def figures_only(run_id: str) -> EvalResult:
    return EvalResult(run_id, NOW, {}, (Part(Stage.LATENCY, "leave", "v1", figures={"ms": 1.0}),))


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (None, 0.1, EvalVerdict.MEASURED),
        (0.9, 0.9, EvalVerdict.PASSED),
        (0.9, 0.5, EvalVerdict.FAILED),
    ],
)
def test_only_what_was_compared_can_pass(before: float | None, after: float, verdict: EvalVerdict) -> None:
    earlier = None if before is None else result(before, "r0")
    later = result(after)
    comparison = compare(earlier, later)
    assert verdict_of(comparison) is verdict
    subject = Subject({"index.chunker": "a"})
    kept = kept_run(Evaluated(later, comparison, verdict, subject, earlier), SET, tenant="acme")
    assert (kept.tenant, kept.dataset, kept.dataset_version, kept.verdict) == ("acme", "leave", "v1", verdict)
    assert kept.subject == subject.fingerprint
    assert kept.baseline_id == ("r0" if earlier else "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (replace(result(0.9, "r0"), parts=()), result(0.1)),
        (
            replace(result(0.9, "r0"), parts=(replace(result(0.9).parts[0], dataset_version="v0"),)),
            result(0.1),
        ),
        (result(0.9, "r0"), replace(result(0.9), parts=(*result(0.9).parts, *answers(0.1)))),
        (replace(result(0.9, "r0"), parts=()), replace(result(0.1), parts=())),
        (figures_only("r0"), figures_only("r1")),
    ],
    ids=[
        "an empty baseline",
        "another version of the set",
        "a part that is new",
        "nothing at all",
        "no metric that gates",
    ],
)
def test_what_was_compared_with_nothing_has_not_passed(before: EvalResult, after: EvalResult) -> None:
    comparison = compare(before, after)
    assert comparison.passed, "nothing is worse"
    assert verdict_of(comparison) is EvalVerdict.MEASURED


def test_a_lenient_policy_or_another_baseline_releases_nothing_that_fails_by_the_usual_ones() -> None:
    before, after = result(0.9, "r0"), result(0.5)
    lenient = GatePolicy(metrics={"ndcg_10": MetricPolicy(tolerance=1.0)})
    tolerated, usual = compare(before, after, lenient), compare(before, after)
    assert tolerated.passed
    assert verdict_of(tolerated, usual) is EvalVerdict.MEASURED
    assert verdict_of(compare(before, before, lenient), compare(before, before)) is EvalVerdict.PASSED


def test_what_was_the_same_on_both_sides_of_a_trial_is_not_in_what_it_releases() -> None:
    subject = Subject({"index.chunker": "new", "search.lexical": "memory", "prompts.model": "other"})
    recorded = {"index.chunker": "old", "search.lexical": "memory", "prompts.model": "usual"}
    told, notes = without_untried(subject, recorded)
    assert told.of(SubjectPart.INDEX) == subject.of(SubjectPart.INDEX)
    assert told.of(SubjectPart.SEARCH) == subject.of(SubjectPart.SEARCH)
    assert told.of(SubjectPart.PROMPTS) == "none"
    assert len(notes) == 1
    assert "prompts.model" in notes[0]
    assert without_untried(subject, subject.values) == (subject, ())
    assert without_untried(subject, {}) == (subject, ())


def recorded(
    subject: Subject, verdict: EvalVerdict, about: str, *, left_out: SubjectPart | None = None
) -> EvalRun:
    """The row of an evaluation whose result names all values, though it says nothing about a part."""
    later = result(0.9, **{**subject.values, ABOUT: about})
    said = subject if left_out is None else subject.without(left_out)
    return kept_run(Evaluated(later, compare(None, later), verdict, said), SET, tenant="acme")


def values(search: str, answers_: str) -> Subject:
    return Subject({"index.a": "1", "search.retrieval": search, "prompts.answers": answers_})


def test_how_it_was_before_is_what_passed_last_part_by_part() -> None:
    trial = recorded(values("s3", "p3"), EvalVerdict.PASSED, CANDIDATE, left_out=SubjectPart.SEARCH)
    passed = recorded(values("s2", "p2"), EvalVerdict.PASSED, LIVE)
    first = recorded(values("s1", "p1"), EvalVerdict.MEASURED, LIVE)
    untold = {"search.retrieval": "s2", "prompts.answers": "p3"}
    assert recorded_values([trial, passed, first]) == untold, "trying twice releases nothing either"
    assert recorded_values([first, passed]) == {"search.retrieval": "s2", "prompts.answers": "p2"}
    assert recorded_values([first]) == {"search.retrieval": "s1", "prompts.answers": "p1"}


def test_how_it_was_before_is_told_by_no_failure_and_no_trial_that_did_not_pass() -> None:
    failed = recorded(values("s3", "p3"), EvalVerdict.FAILED, LIVE)
    trial = recorded(values("s2", "p2"), EvalVerdict.MEASURED, CANDIDATE)
    assert recorded_values([failed, trial, replace(failed, verdict=EvalVerdict.PASSED, body="{}")]) == {}


def test_an_evaluation_that_another_version_has_kept_is_no_part_of_the_history() -> None:
    kept = kept_run(
        Evaluated(
            result(0.5, **{ABOUT: LIVE}), compare(None, result(0.5)), EvalVerdict.MEASURED, Subject({})
        ),
        SET,
        tenant="acme",
    )
    assert len(history([kept, replace(kept, body="{}")])) == 1


def test_the_history_has_what_was_live_and_no_trials() -> None:
    runs = [
        kept_run(
            Evaluated(
                replace(result(score, run_id, **{ABOUT: about}), at=NOW + timedelta(days=day)),
                compare(None, result(score)),
                EvalVerdict.MEASURED,
                Subject({}),
            ),
            SET,
            tenant="acme",
        )
        for day, (run_id, score, about) in enumerate(
            [("r1", 0.5, LIVE), ("r2", 0.1, CANDIDATE), ("r3", 0.75, LIVE)]
        )
    ]
    assert [point.means for point in history(runs[::-1])] == [{"ndcg_10": 0.5}, {"ndcg_10": 0.75}]
    assert means(EvalResult("r", NOW, {}, ())) == {}


@pytest.mark.parametrize("said", ["answer", "answer=", "answer=0", "=2", "answer=two", "answer=-1"])
def test_a_version_that_is_none_is_told(said: str) -> None:
    with pytest.raises(InvalidInputError, match="answer=2"):
        versions([said])


def test_versions_of_several_prompts() -> None:
    assert versions(["answer=2", "hyde=3"]) == {"answer": 2, "hyde": 3}


async def test_in_an_evaluation_nothing_is_tried_on_a_share_and_named_versions_are_current() -> None:
    decided = FakePromptReleases(
        PromptRelease("answer", 1, "ann", NOW, current=1, candidate=2, share=0.5),
        PromptRelease("hyde", 1, "ann", NOW, current=1),
    )
    found = await FixedReleases(decided, {"answer": 3, "agent": 2}).all()
    assert {name: (one.current, one.candidate, one.share) for name, one in found.items()} == {
        "answer": (3, None, 0.0),
        "hyde": (1, None, 0.0),
        "agent": (2, None, 0.0),
    }
    with pytest.raises(InvalidInputError):
        await FixedReleases(decided, {}).decide(found["hyde"])


def test_a_new_chunk_has_the_pseudonyms_that_stood_in_the_same_place() -> None:
    stored = [
        replace(stored_chunk("d"), start=0, end=10, pseudonyms=("<PERSON_a>",)),
        replace(stored_chunk("d", ordinal=1), start=10, end=20, pseudonyms=("<PERSON_b>",)),
        replace(stored_chunk("d", ordinal=2), start=20, end=30, pseudonyms=("<PERSON_c>",)),
    ]
    chunk = Chunk(0, "text", 5, 20, "", None, 0, 30, "text", 1)
    assert pseudonyms_of(chunk, stored) == ("<PERSON_a>", "<PERSON_b>")


def test_what_differs_between_two_subjects_is_named() -> None:
    live, wanted = Subject({"index.a": "1", "search.b": "2"}), Subject({"index.a": "1", "search.b": "3"})
    assert differing(live, wanted) == ("search.b",)
    assert differing(live, live) == ()


def record(doc_id: str, state: DocumentState = DocumentState.INDEXED) -> DocumentRecord:
    return DocumentRecord(doc_id, "s", "default", f"{doc_id}.md", state)


async def drawn(*records: DocumentRecord, count: int = 10) -> tuple[list[str], int]:
    catalog = FakeCatalog()
    await catalog.register(Source("s", SourceKind.FOLDER, "/docs"))
    await catalog.save(records)
    sample = await draw(catalog, SET, tenant="default", count=count)
    return [row.doc_id for row in sample.records], sample.missing_count


async def test_a_sample_has_what_the_questions_need_first() -> None:
    assert named_documents(SET) == ["d1", "d2", "d3"]
    rows = [record(f"d{number}") for number in range(10)]
    assert await drawn(*rows, count=5) == (["d1", "d2", "d3", "d0", "d4"], 0)


async def test_documents_that_are_gone_are_counted() -> None:
    assert await drawn(record("d1"), record("d2", DocumentState.DELETED)) == (["d1"], 2)


async def test_a_set_of_another_base_or_one_that_is_too_large_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="none of the documents"):
        await drawn(record("x"))
    with pytest.raises(InvalidInputError, match=r"needs 3 documents.*DOCUMENT_COUNT"):
        await drawn(record("d1"), count=2)

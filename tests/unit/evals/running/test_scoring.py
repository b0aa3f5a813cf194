"""From what was heard to scores by case."""

import pytest

from core.answers import Answer, AnswerMode, AnswerStatus, Citation
from evals.datasets.model import CorpusKind, EvalCase, EvalSet, GoldSpan, Reader
from evals.running.asking import Heard
from evals.running.scoring import MISSED, REFUSED, parts_of
from evals.runs import Part, Stage

GOLD = EvalCase(
    "q1",
    "How many days of leave?",
    grades={"d1": 1},
    answers=("30 days",),
    spans=(GoldSpan("d1", "Everybody has 30 days of leave."),),
    tags=("kind:fact",),
)
NONE = EvalCase("q2", "Who painted it?", answerable=False, reader=Reader())


def quoted(quote: str, doc_id: str = "d1", *, mode: AnswerMode = AnswerMode.EXTRACTIVE) -> Answer:
    citation = Citation(doc_id, None, "Leave", "leave.md", 1, None, "", quote, 0, len(quote))
    return Answer(f"{quote} [1]", AnswerStatus.GROUNDED, None, (citation,), mode=mode)


REFUSAL = Answer("", AnswerStatus.REFUSED, "nothing", ())
ANSWER = quoted("Everybody has 30 days of leave.")


def heard(case: EvalCase, *ranking: str, answer: Answer | None = ANSWER, **more: object) -> Heard:
    cited = tuple(one.doc_id for one in answer.citations) if answer else ()
    values = {"cited": cited, "verbatim_count": len(cited), **more}
    return Heard(case, ranking, 1.0, answer=answer, **values)  # type: ignore[arg-type]


def parts(*found: Heard, **more: object) -> dict[Stage, Part]:
    eval_set = EvalSet("leave", "v1", CorpusKind.KNOWLEDGE_BASE, tuple(one.case for one in found))
    return {part.stage: part for part in parts_of(eval_set, found, **more)}  # type: ignore[arg-type]


def scores(part: Part, case_id: str = "q1") -> dict[str, float]:
    [found] = [dict(case.scores) for case in part.cases if case.case_id == case_id]
    return found


def test_a_right_answer_has_full_marks() -> None:
    found = parts(heard(GOLD, "d2", "d1"), heard(NONE, "d1", answer=REFUSAL))
    assert scores(found[Stage.SEARCH])["mrr"] == 0.5
    assert {name: value for name, value in scores(found[Stage.GROUNDING]).items() if name != "ms"} == {
        "decided": 1.0,
        "verbatim": 1.0,
        "gold_quoted": 1.0,
        "span_f1": 1.0,
        "numbers_match": 1.0,
        "citation_precision": 1.0,
        "citation_recall": 1.0,
    }
    unanswerable = scores(found[Stage.GROUNDING], "q2")
    assert (unanswerable["decided"], set(unanswerable)) == (1.0, {"decided", "verbatim", "ms"})


def test_a_refusal_has_the_same_measures_all_of_them_0() -> None:
    right, refused = parts(heard(GOLD, "d1")), parts(heard(GOLD, "d1", answer=REFUSAL))
    before, after = scores(right[Stage.GROUNDING]), scores(refused[Stage.GROUNDING])
    assert set(before) == set(after), "a case that goes missing would fail the gate by itself"
    assert sum(after.values()) - after["ms"] == after["verbatim"] == 1.0
    assert refused[Stage.GROUNDING].cases[0].note == REFUSED


def test_an_answer_where_there_is_none_is_decided_wrong() -> None:
    assert scores(parts(heard(NONE, "d1"))[Stage.GROUNDING], "q2")["decided"] == 0.0


def test_what_was_not_found_is_noted_and_scores_0() -> None:
    part = parts(heard(GOLD, "d2", "d3"))[Stage.SEARCH]
    assert (scores(part)["recall_50"], part.cases[0].note, part.cases[0].tags) == (0.0, MISSED, GOLD.tags)


def test_without_answers_and_readers_there_is_search_alone() -> None:
    assert set(parts(heard(GOLD, "d1", answer=None))) == {Stage.SEARCH}


def test_leaks_are_counted_where_somebody_in_particular_asked() -> None:
    part = parts(heard(NONE, "d1", answer=None, leak_count=2))[Stage.ACCESS]
    assert scores(part, "q2") == {"leaks": 2.0}


def test_what_a_model_wrote_is_another_stage_than_quotes() -> None:
    written = quoted("Everybody has 30 days of leave.", mode=AnswerMode.COMPACT)
    assert Stage.ANSWERS in parts(heard(GOLD, "d1", answer=written))


@pytest.mark.parametrize(
    ("chunks", "kept"),
    [
        (["Everybody has 30\n days of leave. And more."], 1.0),
        (["Everybody has 30 days", " of leave."], 0.0),
    ],
)
def test_a_span_is_kept_whole_by_one_chunk_or_not(chunks: list[str], kept: float) -> None:
    part = parts(heard(GOLD, "d1"), chunks={"d1": chunks})[Stage.CHUNKING]
    assert scores(part) == {"span_whole": kept}


def test_documents_whose_chunks_nobody_has_looked_at_say_nothing() -> None:
    assert Stage.CHUNKING not in parts(heard(GOLD, "d1"), chunks={"d2": ["text"]})


def test_no_word_of_questions_and_answers_is_in_what_is_kept() -> None:
    told = str(parts(heard(GOLD, "d1"), chunks={"d1": ["Everybody has 30 days of leave."]}))
    assert not [word for word in ("leave?", "Everybody", "30 days") if word in told]

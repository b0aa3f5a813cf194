"""From what was heard to scores by case. Pure: no words of questions or answers are in what comes out.

An answerable question without an answer has 0 of every measure of answers, so that a case never goes missing between two runs
because one of them refused it.
"""

from collections.abc import Mapping, Sequence

from core.answers import AnswerMode, AnswerStatus
from evals.datasets.model import EvalCase, EvalSet, GoldSpan
from evals.metrics.citations import citation_precision, citation_recall, gold_quoted, span_f1
from evals.metrics.numbers import numbers_match
from evals.metrics.ranking import scores_by_query
from evals.running.asking import Heard
from evals.runs import CaseScores, Part, Stage

REFUSED, ANSWERED, MISSED = "refused", "answered", "not found"
"""Notes of cases."""


def parts_of(
    eval_set: EvalSet, heard: Sequence[Heard], *, chunks: Mapping[str, Sequence[str]] | None = None
) -> tuple[Part, ...]:
    """The parts of an evaluation: what was cut, who saw what, what was found and answered. Parts without a case are left out.

    `chunks` are the texts of chunks by document, of those with gold spans.
    """
    found = [
        _part(Stage.CHUNKING, eval_set, _cut(eval_set, chunks or {})),
        _part(Stage.ACCESS, eval_set, [_access(one) for one in heard if one.case.reader]),
        _part(Stage.SEARCH, eval_set, _search(heard)),
        _part(_answer_stage(heard), eval_set, [_answer(one) for one in heard if one.answer]),
    ]
    return tuple(part for part in found if part.cases)


def _part(stage: Stage, eval_set: EvalSet, cases: Sequence[CaseScores]) -> Part:
    return Part(stage, eval_set.name, eval_set.version, tuple(cases))


def _answer_stage(heard: Sequence[Heard]) -> Stage:
    """Sentences that are picked are as good as the grading of passages; what a model writes, as good as model and prompt."""
    by_model = any(one.answer and one.answer.mode is not AnswerMode.EXTRACTIVE for one in heard)
    return Stage.ANSWERS if by_model else Stage.GROUNDING


def _cut(eval_set: EvalSet, chunks: Mapping[str, Sequence[str]]) -> list[CaseScores]:
    """The share of a case's gold spans that one chunk holds whole, white space aside."""
    flat = {doc_id: [_flat(text) for text in texts] for doc_id, texts in chunks.items() if texts}
    return [
        CaseScores(case.case_id, {"span_whole": sum(kept) / len(kept)}, case.tags)
        for case in eval_set.cases
        if (kept := [_is_whole(span, flat[span.doc_id]) for span in case.spans if span.doc_id in flat])
    ]


def _is_whole(span: GoldSpan, texts: Sequence[str]) -> bool:
    return any(_flat(span.quote) in text for text in texts)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _access(heard: Heard) -> CaseScores:
    return CaseScores(heard.case.case_id, {"leaks": float(heard.leak_count)}, heard.case.tags)


def _search(heard: Sequence[Heard]) -> list[CaseScores]:
    judged = {one.case.case_id: one for one in heard if one.case.grades}
    rankings = {case_id: one.ranking for case_id, one in judged.items()}
    grades = {case_id: one.case.grades for case_id, one in judged.items()}
    scores = scores_by_query(rankings, grades)
    return [
        CaseScores(
            case_id,
            {**scores[case_id], "ms": round(one.search_ms, 3)},
            one.case.tags,
            "" if set(one.ranking) & set(one.case.grades) else MISSED,
        )
        for case_id, one in judged.items()
        if case_id in scores
    ]


def _answer(heard: Heard) -> CaseScores:
    case, answer = heard.case, heard.answer
    refused = answer is None or answer.status is AnswerStatus.REFUSED
    count = len(heard.cited)
    scores = {
        "decided": float(refused is not case.answerable),
        "verbatim": heard.verbatim_count / count if count else 1.0,
        "ms": round(heard.answer_ms, 3),
    }
    if case.answerable:
        scores |= _of_answerable(case, heard)
    return CaseScores(case.case_id, scores, case.tags, REFUSED if refused else ANSWERED)


def _of_answerable(case: EvalCase, heard: Heard) -> dict[str, float]:
    text = heard.answer.text if heard.answer else ""
    quotes = [one.quote for one in heard.answer.citations] if heard.answer else []
    spans = [span.quote for span in case.spans]
    measured = {
        "gold_quoted": gold_quoted(quotes, spans=spans, answers=case.answers),
        "span_f1": span_f1(quotes, spans),
        "numbers_match": numbers_match(text, case.answers),
    }
    if case.grades:
        measured["citation_precision"] = citation_precision(heard.cited, case.grades) or 0.0
        measured["citation_recall"] = citation_recall(heard.cited, case.grades)
    return {name: value for name, value in measured.items() if value is not None}

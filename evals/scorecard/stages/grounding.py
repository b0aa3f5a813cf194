"""Whether the extractive answers decide, quote and cite what they should. No language model is asked."""

from collections.abc import Iterable

from core.answers import Answer, AnswerStatus
from evals.datasets.model import EvalCase
from evals.metrics.citations import citation_precision, citation_recall, gold_quoted, span_f1
from evals.metrics.numbers import numbers_match
from evals.metrics.refusals import refusal_quality
from evals.runs import CaseScores, Part, Stage
from evals.scorecard.indexing import SetIndex
from evals.scorecard.together import together
from evals.scorecard.world import World
from generation.citations import is_verbatim

ANSWERED, REFUSED = "answered", "refused"


async def measure(world: World) -> list[Part]:
    """A part for each set whose cases say what the answer is."""
    return [await part_of(index) for index in await world.indexes() if index.has_answers]


async def part_of(index: SetIndex) -> Part:
    """The part of one set."""
    cases = index.data.cases
    answers = await together(index.answer, cases)
    rows = [_scored(case, answer, index) for case, answer in zip(cases, answers, strict=True)]
    quality = refusal_quality([case.answerable for case in cases], [row.note == REFUSED for row in rows])
    figures = {
        "refusal_precision": quality.precision,
        "refusal_recall": quality.recall,
        "refusal_f1": quality.f1,
    }
    return Part(Stage.GROUNDING, index.data.name, index.data.version, tuple(rows), figures)


def _scored(case: EvalCase, answer: Answer, index: SetIndex) -> CaseScores:
    refused = answer.status is AnswerStatus.REFUSED
    scores: dict[str, float | None] = {"decided": float(refused is not case.answerable)}
    if case.answerable:
        scores |= _quality(case, answer, index)
    else:
        scores["refused"] = float(refused)
    if answer.citations:
        scores["verbatim"] = _verbatim_share(answer, index)
    known = {name: value for name, value in scores.items() if value is not None}
    return CaseScores(case.case_id, known, case.tags, REFUSED if refused else ANSWERED)


def _quality(case: EvalCase, answer: Answer, index: SetIndex) -> dict[str, float | None]:
    """Of an answerable question; one that was refused has quoted nothing, which is as bad as quoting something else."""
    quotes = [one.quote for one in answer.citations]
    spans = [span.quote for span in case.spans]
    cited = list(_cited(answer, index))
    return {
        "gold_quoted": gold_quoted(quotes, spans=spans, answers=case.answers),
        "citation_precision": citation_precision(cited, case.grades),
        "citation_recall": citation_recall(cited, case.grades),
        "span_f1": span_f1(quotes, spans),
        "numbers_match": numbers_match(answer.text, case.answers),
    }


def _cited(answer: Answer, index: SetIndex) -> Iterable[str]:
    return (index.documents[one.doc_id].name for one in answer.citations)


def _verbatim_share(answer: Answer, index: SetIndex) -> float:
    right = (is_verbatim(one, stored_text=index.documents[one.doc_id].text) for one in answer.citations)
    return sum(right) / len(answer.citations)

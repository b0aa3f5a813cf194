"""Which of the documents that a search finds for a question look right and are not. Pure.

A document that may answer after all is not called wrong: one with the gold's words, with the answer in it, or much like the gold.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from core.search import Hit
from evals.datasets.model import EvalCase
from evals.making.words import content_words, normal, share

_MOST_ALIKE = 0.8


def with_negatives(
    case: EvalCase, hits: Sequence[Hit], texts: Mapping[str, str], *, count: int = 3
) -> EvalCase:
    """The case with at most `count` hard negatives, those that the search ranks highest, none twice."""
    ranked = dict.fromkeys(hit.doc_id for hit in hits)
    passages = {doc_id: [hit.text for hit in hits if hit.doc_id == doc_id] for doc_id in ranked}
    wrong = [
        doc_id
        for doc_id in ranked
        if doc_id not in case.grades and not may_answer(case, passages[doc_id], texts.get(doc_id, ""))
    ]
    return replace(case, wrong=tuple(dict.fromkeys((*case.wrong, *wrong)))[:count])


def may_answer(case: EvalCase, passages: Iterable[str], text: str) -> bool:
    """Whether a document could be right, judged by its passages that were found and by its whole text where that is known."""
    if not case.answerable:
        return False
    found = list(passages)
    whole = normal(text) if text else normal(" ".join(found))
    if any(normal(answer) and f" {normal(answer)} " in f" {whole} " for answer in case.answers):
        return True
    quotes = [content_words(span.quote) for span in case.spans]
    return any(share(quote, content_words(passage)) >= _MOST_ALIKE for quote in quotes for passage in found)

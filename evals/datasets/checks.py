"""What is wrong with a set, in words for whoever maintains it. Nothing of questions and answers is in them. Pure but for file names."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from core.access import AccessLabel
from evals.datasets.duplicates import dedup
from evals.datasets.model import CorpusKind, EvalCase, EvalSet, GoldSpan, Reader
from evals.datasets.versions import file_hashes


def problems(
    eval_set: EvalSet,
    *,
    texts: Mapping[str, str] | None = None,
    labels: Mapping[str, AccessLabel] | None = None,
) -> list[str]:
    """Everything that is wrong, case by case; empty if the set can be measured on.

    A corpus of texts brings its texts and labels along. Of files and of a knowledge base, `texts` are what is searched (as
    extracted and redacted) by document, and `labels` what documents demand of a reader; without them quotes and access cannot be
    looked at, and of a knowledge base nor whether documents exist.

    Raises:
        InvalidInputError: The folder with the files of the set is missing.
    """
    texts = texts if texts is not None else {one.doc_id: one.text for one in eval_set.documents}
    labels = (
        labels if labels is not None else {one.doc_id: one.access for one in eval_set.documents if one.access}
    )
    known = _document_ids(eval_set, texts)
    found = list(_repeated(eval_set))
    for case in eval_set.cases:
        told = (*_shape(case), *_unknown(case, known), *_quotes(case, texts), *_unreadable(case, labels))
        found += [f"case '{case.case_id}': {one}" for one in told]
    return found


def _document_ids(eval_set: EvalSet, texts: Mapping[str, str]) -> frozenset[str] | None:
    if eval_set.corpus is CorpusKind.FILES and eval_set.folder is not None:
        return frozenset(file_hashes(eval_set.folder))
    return frozenset(texts) if texts or eval_set.corpus is CorpusKind.TEXTS else None


def _repeated(eval_set: EvalSet) -> Iterator[str]:
    if not eval_set.cases:
        yield "the set has no case"
    for what, names in (
        ("document", [one.doc_id for one in eval_set.documents]),
        ("case", [one.case_id for one in eval_set.cases]),
    ):
        yield from (f"{what} '{name}' is there {n} times" for name, n in Counter(names).items() if n > 1)
    for dropped, kept in dedup(eval_set.cases).dropped.items():
        yield f"case '{dropped}': asks the same as '{kept}'; leave one out"


def _shape(case: EvalCase) -> Iterator[str]:
    if not case.question.strip():
        yield "has no question"
    if any(grade < 1 for grade in case.grades.values()):
        yield "has a grade below 1; leave documents out that do not answer"
    if case.answerable and not case.grades:
        yield "is answerable, and no document is graded"
    if not case.answerable and (case.grades or case.spans or case.answers):
        yield "is unanswerable, and has grades, spans or answers"
    both = sorted(set(case.wrong) & set(case.grades))
    yield from (f"document '{doc_id}' is graded and wrong at once" for doc_id in both)


def _unknown(case: EvalCase, known: frozenset[str] | None) -> Iterator[str]:
    named = dict.fromkeys((*case.grades, *case.wrong, *(span.doc_id for span in case.spans)))
    if known is not None:
        yield from (f"document '{doc_id}' is not in the corpus" for doc_id in named if doc_id not in known)
    ungraded = {span.doc_id for span in case.spans} - set(case.grades)
    yield from (f"has a span in '{doc_id}', which is not graded" for doc_id in sorted(ungraded))


def _quotes(case: EvalCase, texts: Mapping[str, str]) -> Iterator[str]:
    for span in case.spans:
        if span.doc_id in texts and not _stands(span, texts[span.doc_id]):
            yield f"the quote of a span is not in the text of '{span.doc_id}', or not at its offset"


def _stands(span: GoldSpan, text: str) -> bool:
    if span.start < 0:
        return span.quote in text
    return text[span.start : span.start + len(span.quote)] == span.quote


def _unreadable(case: EvalCase, labels: Mapping[str, AccessLabel]) -> Iterable[str]:
    """Whoever asks has to be able to read what answers. Without a reader it is somebody without special rights."""
    principal = (case.reader or Reader()).principal
    for doc_id in case.grades:
        if doc_id in labels and not labels[doc_id].readable_by(principal):
            yield f"its reader may not read '{doc_id}'; give it another, or make it unanswerable"

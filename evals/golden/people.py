"""Questions that only the name of somebody decides, over contracts, minutes and tickets about invented people.

The corpus is generated (see `evals.names_bench.corpus`), the same every time with the same release of Faker.
"""

import random
from collections.abc import Sequence

from evals.datasets.model import CorpusKind, EvalCase, EvalDocument, EvalSet
from evals.datasets.versions import version_of
from evals.names_bench.corpus import NamedDocument, NamesCorpus, Person, Question, names_corpus

NAME = "people"
_DOCUMENTS, _QUESTIONS, _UNANSWERABLE = 400, 200, 25
_SIBLINGS = 5
_ASKED = {
    "contract": "Which contract about {subject} did {name} sign?",
    "meeting": "What did {name} report on {subject}?",
    "ticket": "What does {name} complain about concerning {subject}?",
}


def people_set() -> EvalSet:
    """The set: every question names a person, in full, by the family name or by the address."""
    corpus = names_corpus(_DOCUMENTS, _QUESTIONS)
    cases = (*_answerable(corpus), *_unanswerable(corpus))
    documents = tuple(EvalDocument(one.doc_id, one.title, one.text) for one in corpus.documents)
    return EvalSet(
        NAME,
        version_of(cases, documents),
        CorpusKind.TEXTS,
        cases,
        documents,
        description="names decide: contracts, minutes and tickets about invented people",
        licence="written for Folio, under its terms",
    )


def _answerable(corpus: NamesCorpus) -> list[EvalCase]:
    """A case a question: two documents may lead to the same one."""
    once = {one.text.casefold(): one for one in reversed(corpus.questions)}
    chosen = [one for one in corpus.questions if once[one.text.casefold()] is one]
    return [_case(one, corpus.documents) for one in chosen]


def _case(question: Question, documents: Sequence[NamedDocument]) -> EvalCase:
    """Hard negatives are documents of the same kind on the same subject, about others."""
    right = set(question.relevant)
    (one,) = [document for document in documents if document.doc_id == question.relevant[0]]
    siblings = [
        other.doc_id
        for other in documents
        if (other.kind, other.subject) == (one.kind, one.subject) and other.doc_id not in right
    ]
    return EvalCase(
        question.question_id,
        question.text,
        grades=dict.fromkeys(question.relevant, 1),
        wrong=tuple(siblings[:_SIBLINGS]),
        tags=("kind:name", f"name:{question.style}", f"document:{one.kind}"),
        origin="generated",
    )


def _unanswerable(corpus: NamesCorpus) -> list[EvalCase]:
    """Questions about people that are in the corpus, each on a subject that they have nothing to do with."""
    rng = random.Random(len(corpus.documents))  # noqa: S311 - a corpus, not a secret
    found: list[EvalCase] = []
    while len(found) < _UNANSWERABLE:
        person = rng.choice(corpus.documents).people[0]
        other = rng.choice(corpus.documents)
        if not _knows(person, other.subject, corpus.documents):
            found.append(_refused(len(found), person, other))
    return found


def _knows(person: Person, subject: str, documents: Sequence[NamedDocument]) -> bool:
    return any(one.subject == subject and person.family in one.text for one in documents)


def _refused(number: int, person: Person, other: NamedDocument) -> EvalCase:
    question = _ASKED[other.kind].format(name=person.full, subject=other.subject.removeprefix("the "))
    return EvalCase(
        f"u{number:04}",
        question,
        tags=("kind:unanswerable", "name:full", f"document:{other.kind}"),
        answerable=False,
        origin="generated",
    )

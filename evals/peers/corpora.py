"""The sets of `make bench-peers` as every system gets them: texts, questions, and the documents that answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from core.config import IngestSettings
from core.errors import FolioError, InvalidInputError
from evals.datasets.model import EvalSet
from evals.datasets.retrieval_sets import RetrievalSet, find_sets, read_set
from evals.golden.sets import golden_names, load_golden
from evals.peers.exchange import Document, Question


@dataclass(frozen=True, slots=True)
class Corpus:
    """A set: every question has a graded document."""

    name: str
    documents: tuple[Document, ...]
    questions: tuple[Question, ...]
    grades: Mapping[str, Mapping[str, int]]


def corpora(data: Path | None, names: Sequence[str] = ()) -> Iterator[Corpus]:
    """The packaged golden sets, then those in the folder; with names, these only, in that order.

    Raises:
        SettingsError: The folder has no such set.
        InvalidInputError: There is no set with this name.
    """
    packaged = golden_names()
    wanted = names or (*packaged, *(folder.name for folder in (find_sets(data) if data else [])))
    for name in wanted:
        if name in packaged:
            yield of_golden(load_golden(name))
        elif data is None:
            raise InvalidInputError(f"there is no packaged set '{name}'; there are {', '.join(packaged)}")
        else:
            yield of_retrieval_set(read_set(find_sets(data, [name])[0]))


def of_retrieval_set(found: RetrievalSet) -> Corpus:
    """A set in BEIR's layout. A document without text is its title."""
    documents = (
        Document(row.doc_id, row.title, row.text if row.text.strip() else row.title) for row in found.passages
    )
    questions = (Question(row.query_id, row.text) for row in found.questions)
    return Corpus(found.name, tuple(documents), tuple(questions), found.grades)


def of_golden(found: EvalSet) -> Corpus:
    """A packaged set: the questions that name no reader, over all documents. Peers know no rights, so nobody has any here."""
    documents = [Document(row.doc_id, row.title, row.text) for row in found.documents]
    if found.folder:
        documents = list(_parsed(found.folder))
    there = {one.doc_id for one in documents}
    cases = [case for case in found.cases if case.reader is None and set(case.grades) & there]
    return Corpus(
        found.name,
        tuple(documents),
        tuple(Question(case.case_id, case.question) for case in cases),
        {case.case_id: case.grades for case in cases},
    )


def reduced(corpus: Corpus, *, question_count: int, document_count: int) -> Corpus:
    """The first questions, their documents, and others until there are so many."""
    questions = corpus.questions[:question_count]
    grades = {one.query_id: corpus.grades[one.query_id] for one in questions}
    needed = set(chain.from_iterable(grades.values()))
    first = [one for one in corpus.documents if one.doc_id in needed]
    others = [one for one in corpus.documents if one.doc_id not in needed]
    documents = [*first, *others[: max(0, document_count - len(first))]]
    return Corpus(corpus.name, tuple(documents), questions, grades)


def _parsed(folder: Path) -> Iterator[Document]:
    """The texts of the files that can be read, as Folio reads them, so that all systems have the same."""
    from ingest.parse.kreuzberg_parser import KreuzbergParser

    parser = KreuzbergParser(IngestSettings())
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = file.relative_to(folder).as_posix()
        try:
            parsed = parser.parse(file.read_bytes(), path=name)
        except FolioError:
            continue
        if parsed.text.strip():
            yield Document(name, parsed.title, parsed.text)

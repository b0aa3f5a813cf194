"""Sets of questions that their corpus answers or does not, with the spans that answer.

A set is a retrieval set (see `evals.datasets.retrieval_sets`). Its queries may have `answers`; `answerable: false` marks those
that no passage answers. `*_answerable.jsonl` beside them may have the sentences that annotators selected.
"""

from dataclasses import dataclass, field
from pathlib import Path

from evals.datasets.beir import selected_sentences
from evals.datasets.retrieval_sets import Passage, json_rows, read_set


@dataclass(frozen=True, slots=True)
class GroundedQuestion:
    """A question; `gold` are the documents that answer it, none where nothing does. `spans` are quotes of theirs that answer."""

    query_id: str
    text: str = field(repr=False)
    gold: tuple[str, ...]
    spans: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class GroundedSet:
    """A corpus and its questions."""

    name: str
    passages: tuple[Passage, ...]
    questions: tuple[GroundedQuestion, ...]

    @property
    def has_unanswerable(self) -> bool:
        """Whether there are questions that nothing in the corpus answers."""
        return any(not question.gold for question in self.questions)


def read_grounded(folder: Path) -> GroundedSet:
    """The set in a folder.

    Raises:
        SettingsError: A file is missing or cannot be read.
    """
    data = read_set(folder)
    selected = selected_sentences(folder)
    questions = [
        GroundedQuestion(
            query_id,
            row["text"],
            tuple(data.grades.get(query_id, {})),
            selected.get(query_id) or tuple(row.get("answers") or ()),
        )
        for query_id, row in json_rows(folder / "queries.jsonl")
    ]
    return GroundedSet(data.name, data.passages, tuple(questions))


def says(quotes: str, question: GroundedQuestion) -> bool:
    """Whether one of the question's spans stands in what was quoted, case and white space aside."""
    said = _flat(quotes)
    return any(_flat(span) in said for span in question.spans)


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())

"""Sets of questions that their corpus answers or does not, with the spans that answer.

A set is a retrieval set (see `evals.datasets.retrieval_sets`). Its queries may have `answers`; `answerable: false` marks those
that no passage answers. `*_answerable.jsonl` beside them may have the sentences that annotators selected.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from core.errors import SettingsError
from evals.datasets.retrieval_sets import Passage, read_set


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
    selected = {
        query_id: spans for file in folder.glob("*_answerable.jsonl") for query_id, spans in _selected(file)
    }
    questions = [
        GroundedQuestion(
            query_id := str(row["id"]),
            row["text"],
            tuple(data.grades.get(query_id, {})),
            selected.get(query_id) or tuple(row.get("answers") or ()),
        )
        for row in _rows(folder / "queries.jsonl")
    ]
    return GroundedSet(data.name, data.passages, tuple(questions))


def says(quotes: str, question: GroundedQuestion) -> bool:
    """Whether one of the question's spans stands in what was quoted, case and white space aside."""
    said = _flat(quotes)
    return any(_flat(span) in said for span in question.spans)


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())


def _selected(file: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    for row in _rows(file):
        found = [span for output in row.get("output", ()) for span in output.get("selected_sentences", ())]
        yield str(row["id"]), tuple(dict.fromkeys(found))


def _rows(file: Path) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(file.read_bytes().splitlines(), start=1):
        try:
            yield orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise SettingsError(f"'{file}', line {number}: no JSON object") from error

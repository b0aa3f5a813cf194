"""Retrieval sets in the layout of BEIR (Thakur et al. 2021): `corpus.jsonl`, `queries.jsonl` and judgements in a folder.

The judgements are `qrels.tsv` or, as BEIR has them, `qrels/test.tsv`; rows of JSON have an `id` or, as BEIR has it, an `_id`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from core.errors import SettingsError

_FILES = ("corpus.jsonl", "queries.jsonl")
_JUDGEMENTS = "qrels.tsv"
_SPLIT = "test"


@dataclass(frozen=True, slots=True)
class Passage:
    """A document of a corpus."""

    doc_id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A query of a set."""

    query_id: str
    text: str


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """A corpus, the judged queries over it, and by query id the grades above 0 of the relevant documents."""

    name: str
    passages: tuple[Passage, ...]
    questions: tuple[Question, ...]
    grades: Mapping[str, Mapping[str, int]]


def read_set(folder: Path, *, split: str = _SPLIT) -> RetrievalSet:
    """The set in a folder, with the queries that have a relevant document. `split`: of `qrels/`, where there is no `qrels.tsv`.

    Raises:
        SettingsError: A file is missing, or a line cannot be read; the message names file and line.
    """
    corpus, queries = (_existing(folder / name) for name in _FILES)
    grades = read_grades(judgements(folder, split=split))
    passages = tuple(
        Passage(doc_id, row.get("title") or "", row.get("text") or "") for doc_id, row in json_rows(corpus)
    )
    questions = (Question(query_id, _text(row, queries)) for query_id, row in json_rows(queries))
    judged = tuple(question for question in questions if question.query_id in grades)
    return RetrievalSet(folder.name, passages, judged, grades)


def judgements(folder: Path, *, split: str = _SPLIT) -> Path:
    """The file that says what is relevant.

    Raises:
        SettingsError: There is none.
    """
    own = folder / _JUDGEMENTS
    return own if own.is_file() else _existing_or(folder / "qrels" / f"{split}.tsv", named=own)


def find_sets(folder: Path, names: Sequence[str] = ()) -> list[Path]:
    """The folders of the named sets in that order; without names, all that have the three files, by name.

    Raises:
        SettingsError: There is no such set, or none at all.
    """
    if names:
        return [_complete(folder / name) for name in names]
    found = sorted(path for path in folder.iterdir() if _is_set(path)) if folder.is_dir() else []
    if not found:
        needed = ", ".join((*_FILES, _JUDGEMENTS))
        raise SettingsError(f"'{folder}' has no folder with {needed}; name another with --data")
    return found


def _text(row: dict[str, Any], file: Path) -> str:
    if not isinstance(row.get("text"), str):
        raise SettingsError(f"'{file}': query '{row.get('id', row.get('_id'))}' has no `text`")
    return str(row["text"])


def _complete(folder: Path) -> Path:
    for name in _FILES:
        _existing(folder / name)
    judgements(folder)
    return folder


def _is_set(folder: Path) -> bool:
    has_judgements = any((folder / name).is_file() for name in (_JUDGEMENTS, f"qrels/{_SPLIT}.tsv"))
    return has_judgements and all((folder / name).is_file() for name in _FILES)


def _existing(path: Path) -> Path:
    return _existing_or(path, named=path)


def _existing_or(path: Path, *, named: Path) -> Path:
    if not path.is_file():
        raise SettingsError(f"'{named}' does not exist; name the folder that holds the sets with --data")
    return path


def json_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a file of JSON lines with their ids; empty lines are left out.

    Raises:
        SettingsError: A line is no object with an id; the message names it.
    """
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
                row_id = row["id"] if "id" in row else row["_id"]
            except (orjson.JSONDecodeError, KeyError, TypeError) as error:
                raise SettingsError(f"'{path}', line {number}: no JSON object with an `id`") from error
            yield str(row_id), row


def read_grades(path: Path) -> dict[str, dict[str, int]]:
    """By query id the grades above 0: columns query, document, grade under one header line.

    Raises:
        SettingsError: A line cannot be read; the message names it.
    """
    grades: dict[str, dict[str, int]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()[1:], start=2):
        try:
            query_id, doc_id, grade = line.split("\t")
            if int(grade) > 0:
                grades.setdefault(query_id, {})[doc_id] = int(grade)
        except ValueError as error:
            raise SettingsError(
                f"'{path}', line {number}: not three columns separated by tabs, the last a whole number"
            ) from error
    return grades

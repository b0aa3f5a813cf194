"""Retrieval sets in the layout of BEIR (Thakur et al. 2021): `corpus.jsonl`, `queries.jsonl` and `qrels.tsv` in a folder."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from core.errors import SettingsError

_FILES = ("corpus.jsonl", "queries.jsonl", "qrels.tsv")


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


def read_set(folder: Path) -> RetrievalSet:
    """The set in a folder, with the queries that have a relevant document.

    Raises:
        SettingsError: A file is missing, or a line cannot be read; the message names file and line.
    """
    corpus, queries, judgements = (_existing(folder / name) for name in _FILES)
    grades = read_grades(judgements)
    passages = tuple(
        Passage(str(row["id"]), row.get("title") or "", row.get("text") or "") for row in _rows(corpus)
    )
    questions = (Question(str(row["id"]), row["text"]) for row in _rows(queries))
    judged = tuple(question for question in questions if question.query_id in grades)
    return RetrievalSet(folder.name, passages, judged, grades)


def find_sets(folder: Path, names: Sequence[str] = ()) -> list[Path]:
    """The folders of the named sets in that order; without names, all that have the three files, by name.

    Raises:
        SettingsError: There is no such set, or none at all.
    """
    if names:
        return [_complete(folder / name) for name in names]
    found = sorted(path for path in folder.iterdir() if _is_set(path)) if folder.is_dir() else []
    if not found:
        raise SettingsError(f"'{folder}' has no folder with {', '.join(_FILES)}; name another with --data")
    return found


def _complete(folder: Path) -> Path:
    for name in _FILES:
        _existing(folder / name)
    return folder


def _is_set(folder: Path) -> bool:
    return all((folder / name).is_file() for name in _FILES)


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise SettingsError(f"'{path}' does not exist; name the folder that holds the sets with --data")
    return path


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
                row["id"]
            except (orjson.JSONDecodeError, KeyError, TypeError) as error:
                raise SettingsError(f"'{path}', line {number}: no JSON object with an `id`") from error
            yield row


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

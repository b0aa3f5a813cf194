"""A golden set as a folder: `set.json` says what it is, `cases.jsonl` has its questions, `corpus.jsonl` its texts if it has any.

All three are UTF-8. `docs/golden-sets.md` shows a complete example.
"""

import contextlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import InvalidInputError
from evals.datasets.model import FORMAT, CorpusKind, EvalCase, EvalDocument, EvalSet
from evals.datasets.rows import case_row, document_row, first_fault, line_of, read_case, read_document
from evals.datasets.versions import current_version

SET_FILE, CASES_FILE, CORPUS_FILE = "set.json", "cases.jsonl", "corpus.jsonl"
_PRIVATE = 0o600
_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"

Row = TypeVar("Row")


class _Head(BaseModel):
    """What `set.json` holds. `folder` is relative to the set's own; `version` is told for people, it is computed anew."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["folio-eval-set/1"]
    name: Annotated[str, Field(pattern=_NAME)]
    description: str = ""
    licence: str = ""
    corpus: CorpusKind
    folder: str | None = None
    version: str = ""


def read_eval_set(folder: Path) -> EvalSet:
    """The set in a folder. Its version is that of what is there now, whatever `set.json` says.

    Raises:
        InvalidInputError: A file is missing or wrong; the message names file, line, field and the way out.
    """
    head = _head(folder / SET_FILE)
    cases, documents = tuple(_rows(folder / CASES_FILE, read_case)), _documents(folder, head.corpus)
    _check_unique(cases, documents, place=str(folder))
    found = EvalSet(
        name=head.name,
        version="",
        corpus=head.corpus,
        cases=cases,
        documents=documents,
        folder=_files(folder, head),
        description=head.description,
        licence=head.licence,
    )
    return replace(found, version=current_version(found))


def write_eval_set(eval_set: EvalSet, folder: Path) -> EvalSet:
    """Write the set and return it as it is read back. A set that was there is replaced, other files stay.

    All is written beside first: what breaks off leaves the former set. Only the owner may read the files.

    Raises:
        InvalidInputError: The set is none that could be read back, or the folder cannot be written.
    """
    found = _read_back(eval_set, folder)
    contents = _contents(found, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _replace_all(folder, contents)
        if CORPUS_FILE not in contents:
            (folder / CORPUS_FILE).unlink(missing_ok=True)
    except OSError as error:
        raise InvalidInputError(f"the set cannot be written to {folder}: {error.strerror}") from None
    return found


def is_eval_set(folder: Path) -> bool:
    """Whether the folder holds a set in this format (whether it is a correct one is not looked at)."""
    return (folder / SET_FILE).is_file()


def _read_back(eval_set: EvalSet, folder: Path) -> EvalSet:
    """The set as its lines will say it, so that nothing is written which cannot be read."""
    name = f"the set '{eval_set.name[:100]}'"
    cases = tuple(
        read_case(_case_line(one), place=f"{name}, case '{one.case_id[:100]}'") for one in eval_set.cases
    )
    documents = tuple(
        read_document(_document_line(one), place=f"{name}, document '{one.doc_id[:100]}'")
        for one in eval_set.documents
    )
    _check_unique(cases, documents, place=name)
    files = None if eval_set.folder is None else _outside(eval_set.folder.resolve(), folder)
    found = replace(eval_set, cases=cases, documents=documents, folder=files)
    return replace(found, version=current_version(found))


def _contents(eval_set: EvalSet, folder: Path) -> dict[str, bytes]:
    """What each file is to hold; `set.json` comes last, it makes a folder a set."""
    found = {}
    if eval_set.corpus is CorpusKind.TEXTS:
        found[CORPUS_FILE] = b"".join(map(_document_line, eval_set.documents))
    found[CASES_FILE] = b"".join(map(_case_line, eval_set.cases))
    return {**found, SET_FILE: _head_bytes(eval_set, folder)}


def _case_line(case: EvalCase) -> bytes:
    return line_of(case_row(case), name=f"case {case.case_id[:100]!r}")


def _document_line(document: EvalDocument) -> bytes:
    return line_of(document_row(document), name=f"document {document.doc_id[:100]!r}")


def _head_bytes(eval_set: EvalSet, folder: Path) -> bytes:
    row = {
        "format": FORMAT,
        "name": eval_set.name,
        "description": eval_set.description,
        "licence": eval_set.licence,
        "corpus": eval_set.corpus.value,
        "folder": _relative(eval_set.folder, folder),
        "version": eval_set.version,
    }
    head = _validated({name: value for name, value in row.items() if value is not None}, place=SET_FILE)
    _check_shape(head, bool(eval_set.documents), place=f"the set '{eval_set.name}'")
    return orjson.dumps(head.model_dump(mode="json", exclude_none=True), option=orjson.OPT_INDENT_2) + b"\n"


def _relative(files: Path | None, folder: Path) -> str | None:
    return None if files is None else Path(os.path.relpath(files.resolve(), folder.resolve())).as_posix()


def _replace_all(folder: Path, contents: Mapping[str, bytes]) -> None:
    parts = {name: folder / f".{name}.{os.getpid()}.part" for name in contents}
    try:
        for name, data in contents.items():
            _write_private(parts[name], data)
        for name, part in parts.items():
            part.replace(folder / name)
    finally:
        for part in parts.values():
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


def _write_private(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as file:
        file.write(data)


def _head(path: Path) -> _Head:
    try:
        row = orjson.loads(_bytes(path))
    except orjson.JSONDecodeError as error:
        raise InvalidInputError(f"{path}, line {error.lineno}: no JSON ({error.msg})") from None
    head = _validated(row, place=str(path))
    _check_shape(head, False, place=str(path))
    return head


def _validated(row: object, *, place: str) -> _Head:
    try:
        return _Head.model_validate(row)
    except ValidationError as error:
        msg = f"{place}: {first_fault(error)}. The fields are described in docs/golden-sets.md"
        raise InvalidInputError(msg) from None


def _check_shape(head: _Head, has_texts: bool, *, place: str) -> None:
    has_files = head.corpus is CorpusKind.FILES
    if has_files != (head.folder is not None):
        state = "needs `folder`, where the files are" if has_files else "has no use for `folder`"
        raise InvalidInputError(f"{place}: a corpus '{head.corpus}' {state}")
    if has_texts and head.corpus is not CorpusKind.TEXTS:
        raise InvalidInputError(f"{place}: a corpus '{head.corpus}' has no texts of its own; make it 'texts'")


def _documents(folder: Path, corpus: CorpusKind) -> tuple[EvalDocument, ...]:
    return tuple(_rows(folder / CORPUS_FILE, read_document)) if corpus is CorpusKind.TEXTS else ()


def _files(folder: Path, head: _Head) -> Path | None:
    return None if head.folder is None else _outside((folder / head.folder).resolve(), folder)


def _outside(files: Path, folder: Path) -> Path:
    """The folder of files, if the set itself does not lie in it: it would be searched too, and its version never settle."""
    if folder.resolve().is_relative_to(files):
        msg = f"{folder} lies in the folder of its own files, {files}; keep the set elsewhere"
        raise InvalidInputError(msg)
    return files


def _check_unique(cases: Sequence[EvalCase], documents: Sequence[EvalDocument], *, place: str) -> None:
    for what, names in (
        ("case", [one.case_id for one in cases]),
        ("document", [one.doc_id for one in documents]),
    ):
        name, count = max(Counter(names).items(), key=lambda item: item[1], default=("", 0))
        if count > 1:
            raise InvalidInputError(f"{place}: {what} '{name}' is there {count} times; give each its own id")


def _rows(path: Path, read: Callable[..., Row]) -> Iterator[Row]:
    for number, line in enumerate(_bytes(path).split(b"\n"), start=1):
        if line.strip():
            yield read(line, place=f"{path}, line {number}")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        needed = f"{SET_FILE}, {CASES_FILE} and, with a corpus of texts, {CORPUS_FILE}"
        raise InvalidInputError(f"{path} does not exist; a golden set is a folder with {needed}") from None
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read: {error.strerror}") from None

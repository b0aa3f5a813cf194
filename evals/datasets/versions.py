"""The version of a set: a hash of all there is in it, whatever the order of its cases and documents."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from core.errors import InvalidInputError
from evals.datasets.model import EvalCase, EvalDocument, EvalSet
from evals.datasets.rows import case_row, document_row

_DIGITS = 16


def version_of(
    cases: Iterable[EvalCase],
    documents: Iterable[EvalDocument] = (),
    *,
    files: Mapping[str, str] | None = None,
) -> str:
    """The version of a set with these cases over these documents, or over files with these hashes (16 digits).

    Neither order nor name, description and licence count: the same questions over the same corpus are the same set.
    """
    lines = sorted(
        [
            *(f"case {_canonical(case_row(one))}" for one in cases),
            *(f"document {_canonical(document_row(one))}" for one in documents),
            *(f"file {path} {digest}" for path, digest in (files or {}).items()),
        ]
    )
    return hashlib.sha256("\n".join(lines).encode(errors="surrogatepass")).hexdigest()[:_DIGITS]


def current_version(eval_set: EvalSet) -> str:
    """The version that the set has now, its files included.

    Raises:
        InvalidInputError: Its folder of files is missing or cannot be read.
    """
    files = file_hashes(eval_set.folder) if eval_set.folder is not None else None
    return version_of(eval_set.cases, eval_set.documents, files=files)


def file_hashes(folder: Path) -> dict[str, str]:
    """By path under the folder, the SHA-256 of every file that a sync would look at, access rules included.

    Raises:
        InvalidInputError: It is no folder, or a file cannot be read.
    """
    if not folder.is_dir():
        msg = f"the files of a golden set are to be in {folder}, and that is no folder; see `folder` in its set.json"
        raise InvalidInputError(msg)
    try:
        return {
            path.relative_to(folder).as_posix(): _digest(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and _counts(path.relative_to(folder))
        }
    except OSError as error:
        raise InvalidInputError(f"{error.filename} cannot be read: {error.strerror}") from None


def _counts(path: Path) -> bool:
    hidden = [part for part in path.parts if part.startswith(".")]
    return all(part.startswith(".folio") for part in hidden)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _canonical(row: Mapping[str, object]) -> str:
    return json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

"""A golden set in its folder, with what was taken out of it beside: cases that somebody rejected, cases that hold no more."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from core.errors import InvalidInputError, NotFoundError
from evals.datasets.folder import is_eval_set, read_eval_set, write_eval_set
from evals.datasets.model import CorpusKind, EvalCase, EvalSet
from evals.datasets.rows import case_row, line_of, read_case
from evals.files import replace_file

REJECTED_FILE, DROPPED_FILE = "rejected.jsonl", "dropped.jsonl"


class SetStore:
    """One set of a knowledge base. Every write replaces whole files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def exists(self) -> bool:
        """Whether there is a set in the folder, of whatever corpus."""
        return is_eval_set(self.folder)

    def read_any(self) -> EvalSet:
        """The set, of whatever corpus."""
        return read_eval_set(self.folder)

    def read(self) -> EvalSet:
        """The set.

        Raises:
            NotFoundError: There is none.
            InvalidInputError: It is none in this format, or not one of a knowledge base.
        """
        if not is_eval_set(self.folder):
            known = sorted(one.name for one in self.folder.parent.glob("*") if is_eval_set(one))
            others = f"; there are: {', '.join(known)}" if known else "; make one with `folio eval make`"
            raise NotFoundError(
                f"there is no golden set '{self.folder.name}' in {self.folder.parent}{others}"
            )
        found = read_eval_set(self.folder)
        if found.corpus is not CorpusKind.KNOWLEDGE_BASE:
            raise InvalidInputError(
                f"the set in {self.folder} is over its own {found.corpus.value}, not over a knowledge base: take another name"
            )
        return found

    def read_or_new(self) -> EvalSet:
        """The set, or an empty one with the folder's name."""
        if is_eval_set(self.folder):
            return self.read()
        return EvalSet(self.folder.name, "", CorpusKind.KNOWLEDGE_BASE, ())

    def write(self, eval_set: EvalSet, cases: Sequence[EvalCase]) -> EvalSet:
        """The set with these cases; it is returned with its version."""
        return write_eval_set(replace(eval_set, cases=tuple(cases)), self.folder)

    def check_version(self, version: str) -> None:
        """See that nobody else has written the set since it had this version.

        Raises:
            InvalidInputError: Somebody has: what would be written now takes theirs away.
        """
        if self.read().version != version:
            raise InvalidInputError(
                f"the set '{self.folder.name}' was changed meanwhile, by another terminal or by hand: run the command again; what "
                "was said before this case is saved"
            )

    def rejected(self) -> tuple[EvalCase, ...]:
        """The cases that somebody has rejected: they are not made again."""
        return _read(self.folder / REJECTED_FILE)

    def write_rejected(self, cases: Iterable[EvalCase]) -> None:
        """Those from now on."""
        _write(self.folder / REJECTED_FILE, cases)

    def add_dropped(self, cases: Sequence[EvalCase]) -> None:
        """Keep what a new version has no more, the latest of each id."""
        if not cases:
            return
        found = {case.case_id: case for case in (*_read(self.folder / DROPPED_FILE), *cases)}
        _write(self.folder / DROPPED_FILE, found.values())


def _read(path: Path) -> tuple[EvalCase, ...]:
    if not path.is_file():
        return ()
    lines = path.read_bytes().split(b"\n")
    return tuple(
        read_case(line, place=f"{path}, line {number}")
        for number, line in enumerate(lines, 1)
        if line.strip()
    )


def _write(path: Path, cases: Iterable[EvalCase]) -> None:
    data = b"".join(line_of(case_row(one), name=f"case '{one.case_id}'") for one in cases)
    try:
        replace_file(path, data)
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be written: {error.strerror}") from None

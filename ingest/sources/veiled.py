"""The files of a redacted source as everybody else sees them: without personal data in their names.

The clear names stay in here, and in `Candidate.place`, in memory. What comes in may be clear (a path that a user names, a
file event) or veiled (a catalog's path, a run's configuration): a veiled name is looked for among those that are there.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.documents import Candidate
from core.errors import TransientError
from core.runs import FileFailure
from ingest.pii.file_names import Veil, is_veiled
from ingest.sources.findings import why_not_storable
from ingest.sources.scan import Original, Refusal, Scan, SourceFiles, coverage

Listing = Callable[[str], Sequence[str]]
"""The names in a folder, by its clear relative path ("" is the source); empty if there is none.

Raises TransientError where nobody can tell: what is not seen then is not gone.
"""

_TWICE = "another file's path is the same without its personal data: rename one of them"


class VeiledFiles:
    """Implements SourceFiles around another one. `listing` is None where paths are no folders: the whole is looked through then."""

    def __init__(
        self, files: SourceFiles, *, veil: Veil, listing: Listing | None, roots: tuple[str, ...]
    ) -> None:
        """`roots` are what the inner files call the source itself in failures: the operator's words, which stay."""
        self._files = files
        self._veil = veil
        self._listing = listing
        self._roots = roots

    def scan(self, only: tuple[str, ...] | None = None) -> Scan:
        """All files, or those that `only` covers: clear or veiled, name by name."""
        if only is None or not any(map(is_veiled, only)):
            return self._veiled(self._files.scan(only))
        if self._listing is None:
            return self._narrowed(self._veiled(self._files.scan()), only)
        places = Places(self._listing, veil=self._veil)
        try:
            parts = tuple(clear for part in only for clear in places.of(part))
        except TransientError as error:
            return Scan(
                failures=(FileFailure(self._roots[0], self._veil.text(error.detail)),), complete=False
            )
        return self._veiled(self._files.scan(parts))

    def read(self, candidate: Candidate) -> Original:
        """One document; see SourceFiles."""
        as_is = replace(candidate, path=candidate.file, place=None)
        if candidate.external_id is not None:
            as_is = replace(as_is, external_id=as_is.path)
        original = self._files.read(as_is)
        return replace(original, candidate=self._candidate(original.candidate))

    def _veiled(self, scan: Scan) -> Scan:
        found = _Found()
        for candidate in scan.candidates:
            found.add(self._candidate(candidate))
        for refusal in scan.refusals:
            veiled = self._candidate(refusal.candidate)
            found.refuse(
                replace(
                    refusal,
                    candidate=veiled,
                    reason=self._veil.text(refusal.reason, path=refusal.candidate.path),
                )
            )
        return replace(
            scan,
            candidates=tuple(found.candidates),
            refusals=tuple(found.refusals),
            failures=(*map(self._failure, scan.failures), *found.failures),
            empty_folders={self._veil.path(folder): time for folder, time in scan.empty_folders.items()},
        )

    def _candidate(self, candidate: Candidate) -> Candidate:
        path = self._veil.path(candidate.path)
        if path == candidate.path:
            return replace(candidate, title=None) if candidate.title else candidate
        external_id = path if candidate.external_id is not None else None
        return replace(candidate, path=path, external_id=external_id, title=None, place=candidate.path)

    def _failure(self, failure: FileFailure) -> FileFailure:
        if failure.path.startswith(self._roots):
            return replace(failure, reason=self._veil.text(failure.reason))
        reason = self._veil.text(failure.reason, path=failure.path)
        return FileFailure(self._veil.path(failure.path), reason)

    def _narrowed(self, scan: Scan, only: tuple[str, ...]) -> Scan:
        covers = coverage(tuple(map(self._veil.path, only)))
        return replace(
            scan,
            candidates=tuple(row for row in scan.candidates if covers(row.path)),
            refusals=tuple(row for row in scan.refusals if covers(row.candidate.path)),
        )


class Places:
    """Finds what is behind veiled paths, by going down from the root. Each folder is listed once."""

    def __init__(self, listing: Listing, *, veil: Veil) -> None:
        self._listing = listing
        self._veil = veil
        self._listed: dict[str, dict[str, list[str]]] = {}

    def of(self, path: str) -> list[str]:
        """The clear paths of a path that may be veiled, with its slash at the end; the path itself if nothing is there."""
        is_folder = path.endswith("/")
        found = [""]
        for name in path.rstrip("/").split("/"):
            found = [
                f"{folder}/{clear}" if folder else clear
                for folder in found
                for clear in self._names(folder, name)
            ]
        return [f"{clear}/" if is_folder else clear for clear in found] or [path]

    def _names(self, folder: str, name: str) -> list[str]:
        if not is_veiled(name):
            return [name]
        if folder not in self._listed:
            names: dict[str, list[str]] = {}
            for clear in self._listing(folder):
                names.setdefault(self._veil.name(clear), []).append(clear)
            self._listed[folder] = names
        return self._listed[folder].get(name, [])


class _Found:
    """Candidates and refusals, each path once: two files that became one would be each other's versions."""

    def __init__(self) -> None:
        self.candidates: list[Candidate] = []
        self.refusals: list[Refusal] = []
        self.failures: list[FileFailure] = []
        self._files: dict[str, str] = {}

    def add(self, candidate: Candidate) -> None:
        if self._is_new(candidate):
            self.candidates.append(candidate)

    def refuse(self, refusal: Refusal) -> None:
        if self._is_new(refusal.candidate):
            self.refusals.append(refusal)

    def _is_new(self, candidate: Candidate) -> bool:
        why = None if candidate.place is None else why_not_storable(candidate.path)
        if self._files.setdefault(candidate.path, candidate.file) != candidate.file:
            why = _TWICE
        if why:
            self.failures.append(FileFailure(candidate.path, why))
        return why is None

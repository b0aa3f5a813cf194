"""What a sync covers: the paths a user names, as sources and parts of sources."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core import ids
from core.documents import Source, SourceKind
from core.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class SyncTarget:
    """A source, and the part of it that a sync covers.

    `only` holds relative files, and folder prefixes that end with a slash; None is the whole source. A sync says nothing
    about documents outside: they are neither looked at nor deleted.
    """

    source: Source
    only: tuple[str, ...] | None = None


def resolve_targets(
    paths: Sequence[Path], *, known: Sequence[Source], tenant: str, as_jsonl: bool
) -> list[SyncTarget]:
    """The sources behind paths, one target each. A path inside a known source is a part of it.

    A folder above known sources covers these too, each as its own source, so that no file belongs to two.

    Raises:
        InvalidInputError: A path does not exist, or a folder is named as a JSONL corpus.
    """
    absolute = [_existing(path) for path in paths]
    folders = [path for path in absolute if path.is_dir()]
    files = [path for path in absolute if not path.is_dir()]
    if as_jsonl and folders:
        raise InvalidInputError(f"{folders[0]} is a folder: --format jsonl reads one corpus file")
    targets = _Targets(known, tenant=tenant)
    # Upper folders first, so that what lies below them becomes a part of the same source.
    for folder in sorted(folders, key=lambda path: len(path.parts)):
        targets.add_folder(folder)
    for file in files:
        targets.add_corpus(file) if as_jsonl else targets.add_file(file)
    return targets.result()


class _Targets:
    def __init__(self, known: Sequence[Source], *, tenant: str) -> None:
        self._tenant = tenant
        self._sources = {source.source_id: source for source in known}
        self._only: dict[str, tuple[str, ...] | None] = {}

    def result(self) -> list[SyncTarget]:
        return [SyncTarget(self._sources[source_id], only) for source_id, only in self._only.items()]

    def add_folder(self, folder: Path) -> None:
        source = self._nearest(folder) or self._new(SourceKind.FOLDER, folder)
        self._cover(source, None if Path(source.root) == folder else f"{_relative(folder, source)}/")
        for inner in self._folder_sources():
            if folder in Path(inner.root).parents:
                self._cover(inner, None)

    def add_file(self, file: Path) -> None:
        corpus_id = ids.source_id(SourceKind.JSONL, str(file))
        if corpus_id in self._sources:
            self._cover(self._sources[corpus_id], None)
            return
        source = self._nearest(file) or self._new(SourceKind.FOLDER, file.parent)
        self._cover(source, _relative(file, source))

    def add_corpus(self, file: Path) -> None:
        self._cover(self._new(SourceKind.JSONL, file), None)

    def _cover(self, source: Source, part: str | None) -> None:
        covered = self._only.get(source.source_id, ())
        if part is None or covered is None:
            self._only[source.source_id] = None
        elif part not in covered:
            self._only[source.source_id] = (*covered, part)

    def _new(self, kind: SourceKind, root: Path) -> Source:
        source_id = ids.source_id(kind, str(root))
        return self._sources.setdefault(source_id, Source(source_id, kind, str(root), self._tenant))

    def _nearest(self, path: Path) -> Source | None:
        around = [source for source in self._folder_sources() if path.is_relative_to(source.root)]
        return max(around, key=lambda source: len(source.root), default=None)

    def _folder_sources(self) -> list[Source]:
        return [source for source in self._sources.values() if source.kind is not SourceKind.JSONL]


def _existing(path: Path) -> Path:
    absolute = Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - collapses '..' without following links
    if not absolute.exists():
        raise InvalidInputError(f"{path} does not exist")
    return absolute


def _relative(path: Path, source: Source) -> str:
    return path.relative_to(source.root).as_posix()

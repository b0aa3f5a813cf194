"""What a sync covers: the paths a user names, as sources and parts of sources."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core import ids
from core.documents import Source, SourceKind
from core.errors import InvalidInputError
from ingest.sources.scan import covers


@dataclass(frozen=True, slots=True)
class SyncTarget:
    """A source, and the part of it that a sync covers.

    `only` holds relative files, and folder prefixes that end with a slash; None is the whole source. `bucket` is an index
    from 0 and a count: the documents whose id leaves this remainder, so that `count` syncs share a source between them. A
    sync says nothing about documents outside: they are neither looked at nor deleted.
    """

    source: Source
    only: tuple[str, ...] | None = None
    bucket: tuple[int, int] | None = None

    def covers(self, path: str) -> bool:
        """Whether the document at a relative path is part of the sync."""
        return covers(self.only, path) and self.has_in_bucket(path)

    def has_in_bucket(self, path: str) -> bool:
        """Whether the document at a relative path falls into the bucket; without one, all do."""
        return self.bucket is None or in_bucket(ids.doc_id(self.source.source_id, path), self.bucket)


def in_bucket(doc_id: str, bucket: tuple[int, int]) -> bool:
    """Whether a document's id leaves the remainder `bucket[0]` by the count `bucket[1]`: each is in exactly one."""
    index, count = bucket
    return int(doc_id, 16) % count == index


def resolve_targets(
    paths: Sequence[Path], *, known: Sequence[Source], tenant: str, as_jsonl: bool
) -> list[SyncTarget]:
    """The sources behind paths, one target each. A path inside a known source is a part of it.

    A folder above known sources covers these too, each as its own source, so that no file belongs to two. What is gone
    from a known source is a part of it too, as the file and the folder that it may have been.

    Raises:
        InvalidInputError: A path does not exist and lies in no known source, or a folder is named as a JSONL corpus.
    """
    absolute = [_existing(path, known) for path in paths]
    roots = {Path(source.root) for source in known if source.kind is SourceKind.FOLDER}
    folders = [path for path in absolute if path.is_dir() or path in roots]
    files = [path for path in absolute if path not in folders]
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
        if not file.exists():
            self._cover(source, f"{_relative(file, source)}/")

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
        return [source for source in self._sources.values() if source.kind is SourceKind.FOLDER]


def _existing(path: Path, known: Sequence[Source]) -> Path:
    absolute = Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - collapses '..' without following links
    if not absolute.exists() and not any(_may_have_held(source, absolute) for source in known):
        raise InvalidInputError(f"{path} does not exist")
    return absolute


def _may_have_held(source: Source, path: Path) -> bool:
    """A source that is gone itself (unmounted, say) counts too: its sync says so, and deletes nothing."""
    inside = source.kind is SourceKind.FOLDER and path.is_relative_to(source.root)
    return inside or source.root == str(path)


def _relative(path: Path, source: Source) -> str:
    return path.relative_to(source.root).as_posix()

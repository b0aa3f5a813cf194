"""Whether anything changed in the watched sources, without reading a file."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.config import Settings
from core.documents import Source, SourceKind
from ingest.sources.opening import open_source

# On every run that covers all sources: the digest of what was there just before it looked.
SEEN_TAG = "folio/seen"


@dataclass(frozen=True, slots=True)
class Watched:
    """The state of all sources as a digest of paths, sizes, times and access labels; `newest_ns` is the latest change."""

    digest: str
    newest_ns: int = 0
    file_count: int = 0


def look(sources: Sequence[Source], *, settings: Settings) -> Watched:
    """Look at every file of every source."""
    rows = [row for source in sources for row in _rows(source, settings, sources)]
    digest = hashlib.sha256()
    for row in sorted(rows):
        digest.update(repr(row).encode(errors="surrogateescape"))
    return Watched(digest.hexdigest(), max((row[2] for row in rows), default=0), len(rows))


_Row = tuple[str, str, int, int, str]


def _rows(source: Source, settings: Settings, others: Sequence[Source]) -> Iterable[_Row]:
    if source.kind is SourceKind.JSONL:
        # A corpus is one file here: its lines are read by the sync only.
        yield from _corpus(source)
        return
    scan = open_source(source, settings=settings, others=others).scan()
    refused = [refusal.candidate for refusal in scan.refusals]
    for file in (*scan.candidates, *refused):
        groups = ",".join(sorted(file.access.groups))
        yield source.source_id, file.path, file.modified_ns, file.size_bytes, f"{file.access.tier}:{groups}"


def _corpus(source: Source) -> Iterable[_Row]:
    try:
        state = Path(source.root).stat()
    except OSError:
        return
    yield source.source_id, "", state.st_mtime_ns, state.st_size, ""

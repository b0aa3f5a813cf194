"""From a registered source to its files."""

from collections.abc import Sequence
from pathlib import Path

from core.config import Settings
from core.documents import Source, SourceKind
from ingest.sources.folder import FolderFiles
from ingest.sources.jsonl import JsonlFile
from ingest.sources.scan import SourceFiles
from ingest.sources.selection import selection


def open_source(source: Source, *, settings: Settings, others: Sequence[Source] = ()) -> SourceFiles:
    """The files of a source, by its own options and else by the settings.

    Folders of `others` inside it, and Folio's home, are not its own.

    Raises:
        InvalidInputError: The URL of a remote source cannot be used.
        MissingExtraError: The package for its file system is not installed.
    """
    rules = selection(source, settings)
    inner = [other.root for other in others if other.kind is source.kind and other.root != source.root]
    if source.kind is SourceKind.REMOTE:
        # Here, so that who has no remote source does not wait for fsspec.
        from ingest.sources.remote import RemoteFiles

        return RemoteFiles(source.root, selection=rules, skipped=frozenset(inner))
    root = Path(source.root)
    if source.kind is SourceKind.JSONL:
        return JsonlFile(root, selection=rules)
    skipped = {Path(other) for other in inner} | ({settings.home} - {root})
    return FolderFiles(root, selection=rules, skipped=frozenset(skipped))

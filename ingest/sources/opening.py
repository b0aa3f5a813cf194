"""From a registered source to its files."""

import os
from collections.abc import Sequence
from pathlib import Path

from core.config import Settings
from core.documents import Source, SourceKind
from core.errors import TransientError
from ingest.pii.file_names import Veil
from ingest.sources.folder import FolderFiles
from ingest.sources.jsonl import JsonlFile
from ingest.sources.scan import SourceFiles
from ingest.sources.selection import Selection, selection
from ingest.sources.veiled import VeiledFiles


def open_source(
    source: Source, *, settings: Settings, others: Sequence[Source] = (), veil: Veil | None = None
) -> SourceFiles:
    """The files of a source, by its own options and else by the settings; their names veiled, if there is a `veil`.

    Folders of `others` inside it, and Folio's home, are not its own.

    Raises:
        InvalidInputError: The URL of a remote source cannot be used.
        MissingExtraError: The package for its file system is not installed.
    """
    rules = selection(source, settings)
    inner = [other.root for other in others if other.kind is source.kind and other.root != source.root]
    if source.kind is SourceKind.REMOTE:
        return _remote(source, rules, inner=inner, veil=veil)
    root = Path(source.root)
    if source.kind is SourceKind.JSONL:
        corpus = JsonlFile(root, selection=rules)
        # Its failures begin with the file's path, or with its name and a line.
        roots = (source.root, f"{root.name}:")
        return VeiledFiles(corpus, veil=veil, listing=None, roots=roots) if veil else corpus
    skipped = {Path(other) for other in inner} | ({settings.home} - {root})
    files = FolderFiles(root, selection=rules, skipped=frozenset(skipped))
    if veil is None:
        return files
    return VeiledFiles(files, veil=veil, listing=lambda folder: names_in(root, folder), roots=(source.root,))


def names_in(root: Path, folder: str) -> list[str]:
    """The names in a folder below a root; none if it is not there.

    Raises:
        TransientError: It cannot be listed now.
    """
    try:
        return os.listdir(root / folder)  # noqa: PTH208 - names only, no paths
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise TransientError(f"a folder of the source cannot be listed: {error.strerror}") from error


def _remote(source: Source, rules: Selection, *, inner: Sequence[str], veil: Veil | None) -> SourceFiles:
    # Here, so that who has no remote source does not wait for fsspec.
    from ingest.sources.remote import RemoteFiles

    files = RemoteFiles(source.root, selection=rules, skipped=frozenset(inner))
    if veil is None:
        return files
    return VeiledFiles(files, veil=veil, listing=files.names, roots=(source.root.split("?", 1)[0],))

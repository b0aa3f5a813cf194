"""From a registered source to its files."""

from collections.abc import Sequence
from pathlib import Path

from core.access import AccessLabel
from core.config import Settings
from core.documents import Source, SourceKind
from ingest.sources.folder import FolderFiles
from ingest.sources.jsonl import JsonlFile
from ingest.sources.scan import SourceFiles


def open_source(source: Source, *, settings: Settings, others: Sequence[Source] = ()) -> SourceFiles:
    """The files of a source. Folders of `others` inside it, and Folio's home, are not its own."""
    root = Path(source.root)
    access = settings.access
    default = AccessLabel(source.tenant, access.document_tier, frozenset(access.document_groups))
    if source.kind is SourceKind.JSONL:
        return JsonlFile(root, settings=settings.ingest, default=default)
    skipped = {Path(other.root) for other in others if other.kind is not SourceKind.JSONL}
    skipped |= {settings.home} - {root}
    return FolderFiles(root, settings=settings.ingest, default=default, skipped=frozenset(skipped - {root}))

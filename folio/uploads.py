"""The upload area: a folder in the home that is a source like any other."""

import asyncio
import os
import tempfile
from pathlib import Path, PurePosixPath

from core import ids
from core.documents import DocumentRecord, Source, SourceKind
from core.errors import DependencyDownError, DiskFullError, InvalidInputError
from ingest.sources.folder import is_ignored

_MAX_NAME_CHARS = 255


async def keep(home: Path, *, name: str, data: bytes) -> Path:
    """Write an upload so that it is there whole or not at all; its path.

    Raises:
        InvalidInputError: The name is empty, absolute, hidden, temporary, too long or leaves the folder.
        DiskFullError: There is no space left; an earlier upload of this name is kept.
    """
    target = folder(home) / _checked(name)
    await asyncio.to_thread(_write, target, data)
    return target


def folder(home: Path) -> Path:
    """Where uploads are kept."""
    return home / "uploads"


def source(home: Path, *, tenant: str) -> Source:
    """The upload area as a source."""
    root = str(folder(home))
    return Source(ids.source_id(SourceKind.FOLDER, root), SourceKind.FOLDER, root, tenant)


def document_id(area: Source, *, name: str) -> str:
    """The id an upload of this name has, now and after every new version."""
    return ids.doc_id(area.source_id, str(_checked(name)))


def file_of(home: Path, record: DocumentRecord) -> Path | None:
    """The uploaded file of a document; None if the document comes from another source."""
    area = source(home, tenant=record.tenant)
    return folder(home) / record.path if record.source_id == area.source_id else None


async def discard(home: Path, record: DocumentRecord) -> None:
    """Remove the uploaded file of a document, if it has one: unlike a watched file it is ours.

    Raises:
        DependencyDownError: It cannot be removed.
    """
    file = file_of(home, record)
    try:
        if file is not None:
            await asyncio.to_thread(file.unlink, missing_ok=True)
    except OSError as error:
        raise DependencyDownError(
            f"the upload '{record.path}' cannot be removed: {error.strerror}"
        ) from error


def _checked(name: str) -> PurePosixPath:
    path = PurePosixPath(name.replace("\\", "/"))
    wrong = not name.strip() or path.is_absolute() or len(name) > _MAX_NAME_CHARS or not name.isprintable()
    if wrong or any(is_ignored(part) for part in path.parts):
        raise InvalidInputError(
            f"'{name[:80]}' cannot be a document's name: use a relative path of at most {_MAX_NAME_CHARS} printable "
            "characters, not hidden, not a temporary file"
        )
    return path


def _write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # Hidden while it is written: a scan that runs now does not see it.
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".upload-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise DiskFullError(f"cannot keep the upload '{target.name}': {error.strerror}") from error

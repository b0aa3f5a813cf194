"""The upload areas: for each tenant a folder in the home that is a source like any other."""

import asyncio
import errno
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from core import ids
from core.config import Settings
from core.documents import DocumentRecord, DocumentState, Source, SourceKind
from core.errors import DependencyDownError, DiskFullError, InvalidInputError
from core.ports import DocumentCatalog
from folio.drafts import Draft
from ingest.pii.file_names import Veil, is_veiled
from ingest.sources.ignored import is_ignored
from ingest.sources.opening import names_in
from ingest.sources.veiled import Places

_MAX_NAME_CHARS = 255
_OTHER_TENANTS = "tenants"


async def keep(home: Path, *, name: str, data: bytes, veil: Veil | None = None) -> Path:
    """Write an upload so that it is there whole or not at all; its path, which is not to be stored (see `located`).

    Raises:
        InvalidInputError: The name is empty, absolute, hidden, temporary, too long or leaves the folder.
        DiskFullError: There is no space left; an earlier upload of this name is kept.
    """
    target = await asyncio.to_thread(file, home, name=name, veil=veil)
    async with Draft.begun(folder(home)) as draft:
        await draft.write(data)
        await place(draft, target)
    return target


async def place(draft: Draft, target: Path) -> None:
    """Put a received upload where it belongs, in place of an earlier one of its name.

    Raises:
        InvalidInputError: The name is that of a folder, or goes through a file.
        DiskFullError: There is no space left; an earlier upload of this name is kept.
    """
    try:
        await asyncio.to_thread(_move, draft, target)
    except (IsADirectoryError, NotADirectoryError, FileExistsError) as error:
        raise InvalidInputError(
            "the upload cannot be kept: a document of its name would be a folder and a file at once"
        ) from error
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise InvalidInputError(
                "the name is too long for the file system: choose a shorter one"
            ) from error
        raise DiskFullError(f"cannot keep the upload: {error.strerror}") from error


def home_of(settings: Settings, tenant: str | None = None) -> Path:
    """The folder that holds the upload area of a tenant: the home itself for the tenant of the settings.

    The others' are named by a hash: a tenant's name comes from outside, and need not be that of a folder.
    """
    if tenant in {None, settings.access.tenant}:
        return settings.home
    return settings.home / _OTHER_TENANTS / hashlib.sha256(str(tenant).encode()).hexdigest()[:32]


def folders(settings: Settings) -> list[Path]:
    """The upload areas that there are, of all tenants. Blocking."""
    others = sorted((settings.home / _OTHER_TENANTS).glob("*/"))
    return [folder(home) for home in (settings.home, *others)]


def is_folder(root: str, settings: Settings) -> bool:
    """Whether a source's root is the upload area of a tenant."""
    area = Path(root)
    home = area.parent
    own = home == settings.home
    return area == folder(home) and (own or home.parent == settings.home / _OTHER_TENANTS)


def folder(home: Path) -> Path:
    """Where uploads are kept, below the folder that `home_of` gives."""
    return home / "uploads"


def file(home: Path, *, name: str, veil: Veil | None = None) -> Path:
    """Where an upload of this name is kept: in place of an earlier one of its name, or of the name that this one veils.

    Raises:
        InvalidInputError: The name is empty, absolute, hidden, temporary, too long or leaves the folder.
    """
    return located(home, path=str(_checked(name)), veil=veil)


def located(home: Path, *, path: str, veil: Veil | None = None) -> Path:
    """The file of a path that may be veiled. It is for opening the file only.

    Raises:
        TransientError: A folder of the area cannot be listed now.
    """
    area = folder(home)
    if veil is None or not is_veiled(path):
        return area / path
    places = Places(lambda inner: names_in(area, inner), veil=veil)
    return area / min(places.of(path))


def relative_path(name: str) -> str:
    """The path below the folder that an upload of this name gets.

    Raises:
        InvalidInputError: As for `file`.
    """
    return str(_checked(name))


def source(home: Path, *, tenant: str) -> Source:
    """The upload area as a source."""
    root = str(folder(home))
    return Source(ids.source_id(SourceKind.FOLDER, root), SourceKind.FOLDER, root, tenant)


def document_id(area: Source, *, name: str, veil: Veil | None = None) -> str:
    """The id an upload of this name has, now and after every new version.

    Raises:
        InvalidInputError: As for `file`.
    """
    path = str(_checked(name))
    return ids.doc_id(area.source_id, veil.path(path) if veil else path)


def file_of(home: Path, record: DocumentRecord, *, veil: Veil | None = None) -> Path | None:
    """The uploaded file of a document; None if the document comes from another source."""
    area = source(home, tenant=record.tenant)
    return located(home, path=record.path, veil=veil) if record.source_id == area.source_id else None


async def forget_removals(documents: DocumentCatalog, doc_ids: Sequence[str]) -> None:
    """Whoever uploads a file again wants it back, even if its bytes are those that were removed on request."""
    for doc_id in doc_ids:
        record = await documents.get(doc_id)
        if record is not None and record.state is DocumentState.DELETED:
            await documents.save([replace(record, reason=None, content_hash=None)])


async def discard(home: Path, record: DocumentRecord, *, veil: Veil | None = None) -> None:
    """Remove the uploaded file of a document, if it has one: unlike a watched file it is ours.

    Raises:
        DependencyDownError: It cannot be removed.
    """
    uploaded = await asyncio.to_thread(file_of, home, record, veil=veil)
    try:
        if uploaded is not None:
            await asyncio.to_thread(uploaded.unlink, missing_ok=True)
    except OSError as error:
        raise DependencyDownError(
            f"the uploaded file of document {record.doc_id} cannot be removed: {error.strerror}"
        ) from error


def _checked(name: str) -> PurePosixPath:
    path = PurePosixPath(name.replace("\\", "/"))
    wrong = not name.strip() or path.is_absolute() or len(name) > _MAX_NAME_CHARS or not name.isprintable()
    if wrong or any(is_ignored(part) for part in path.parts):
        raise InvalidInputError(
            f"this cannot be a document's name: use a relative path of at most {_MAX_NAME_CHARS} printable characters, "
            "not hidden, not a temporary file"
        )
    return path


def _move(draft: Draft, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft.path.replace(target)

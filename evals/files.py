"""Files that only their owner may read, replaced whole or not at all."""

import os
from pathlib import Path

_FILE, _FOLDER = 0o600, 0o700


def replace_file(file: Path, data: bytes) -> None:
    """Put a file in the place of one that is there.

    Raises:
        OSError: It cannot be written there; what was there is as it was.
    """
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    try:
        # Exclusively: in a folder that others may write to, a link could lie in wait at this name.
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE), "wb") as opened:
            opened.write(data)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing, for the owner alone; one that is there stays as it is.

    Raises:
        OSError: It cannot be made.
    """
    for one in reversed([folder, *folder.parents]):
        if not one.exists():
            one.mkdir(mode=_FOLDER, exist_ok=True)

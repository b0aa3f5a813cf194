"""A file in the home with several keys, the current one first: the others open what they sealed until nothing is left of it."""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from core.errors import DependencyDownError, StoreBusyError
from folio.receipts import key_from_file

_KEY_BYTES = 32
_LOCK_WAIT_S = 10.0


def keys_in_file(file: Path) -> tuple[bytes, ...]:
    """The keys, the current one first; the file is made where there is none.

    Raises:
        DependencyDownError: The file cannot be read or written, or holds something else.
    """
    if not file.exists():
        key_from_file(file)
    try:
        keys = tuple(bytes.fromhex(line) for line in file.read_text(encoding="ascii").split())
    except (OSError, ValueError) as error:
        raise _unusable(file, error) from None
    if not keys:
        raise _unusable(file, ValueError())
    return keys


def add_key(file: Path) -> bool:
    """Put a new key before the others; nothing if there are others already: their rotation is to be finished first.

    Raises:
        DependencyDownError: As for `keys_in_file`.
        StoreBusyError: Another process is changing the file.
    """
    with _alone(file):
        keys = keys_in_file(file)
        if len(keys) > 1:
            return False
        _replace(file, (os.urandom(_KEY_BYTES), *keys))
        return True


def remove_keys(file: Path, unused: Collection[bytes]) -> None:
    """Take these keys out of the file. Never the current one."""
    with _alone(file):
        current, *former = keys_in_file(file)
        _replace(file, (current, *(key for key in former if key not in unused)))


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Nobody else changes the file meanwhile; readers see it as it was or as it will be."""
    from filelock import FileLock, Timeout

    file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(file.with_name(f".{file.name}.lock"), timeout=_LOCK_WAIT_S)
    try:
        lock.acquire()
    except Timeout:
        raise StoreBusyError(f"another process is changing {file}: try again later") from None
    try:
        yield
    finally:
        lock.release()


def _replace(file: Path, keys: Collection[bytes]) -> None:
    draft = file.with_name(f".{file.name}.{uuid4().hex}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as opened:
            opened.write("".join(f"{key.hex()}\n" for key in keys))
            opened.flush()
            # What is sealed from now on opens with this file only.
            os.fsync(opened.fileno())
        draft.replace(file)
    except OSError as error:
        raise _unusable(file, error) from None
    finally:
        draft.unlink(missing_ok=True)


def _unusable(file: Path, error: Exception) -> DependencyDownError:
    why = error.strerror if isinstance(error, OSError) else "it does not hold keys"
    return DependencyDownError(f"the keys in {file} cannot be used: {why}")

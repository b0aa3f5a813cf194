"""A URL as a place with files in it, and what its file system says when something goes wrong, without its secrets."""

import importlib.util
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import fsspec
from fsspec.registry import known_implementations

from core.errors import FolioError, InvalidInputError, MissingExtraError, SettingsError, TransientError

_PROTOCOL = re.compile(r"^([A-Za-z0-9+.-]+)://")
_PASSWORD = re.compile(r"//[^/@\s]*:[^@\s]*@")
_S3 = {"s3", "s3a"}
_LOCAL_ERRORS = (MemoryError, RecursionError)


class SourceUnreachableError(TransientError):
    """Nothing can be said of a source now."""


class RemotePlace:
    """A root on an fsspec file system, opened when it is first used. Safe to use from several threads."""

    def __init__(self, url: str) -> None:
        """Take a URL such as `s3://bucket/docs`.

        Raises:
            InvalidInputError: It is no URL, of an unknown kind, or has a password in it.
            MissingExtraError: The package for its file system is not installed.
            SettingsError: That package comes with no extra of Folio, or is broken.
        """
        _check(url)
        self._url = url
        self._opened: tuple[Any, str] | None = None
        self._opening = threading.Lock()

    @property
    def url(self) -> str:
        """The URL as it may be shown: without parameters, which may be secret."""
        return self._url.split("?", 1)[0]

    @property
    def files(self) -> Any:
        """The file system."""
        return self._open()[0]

    def path_of(self, relative: str) -> str:
        """The path on the file system; a folder's without a slash at its end."""
        root, relative = self._open()[1].rstrip("/"), relative.rstrip("/")
        return f"{root}/{relative}" if root and relative else root or relative

    def relative(self, path: str) -> str:
        """The path relative to the root, with forward slashes and none at its ends; "" for the root and what is outside."""
        root, path = self._open()[1].strip("/"), path.strip("/")
        if not root:
            return path
        return path.removeprefix(f"{root}/") if path.startswith(f"{root}/") else ""

    def is_outside(self, path: str) -> bool:
        """Whether a path on the file system is neither the root nor below it."""
        root = self._open()[1].strip("/")
        return bool(root) and path.strip("/") != root and not self.relative(path)

    def _open(self) -> tuple[Any, str]:
        with self._opening:
            if self._opened is None:
                # Without what another instance has listed or, of an archive, read: each look is a new one.
                files, root = fsspec.url_to_fs(self._url, skip_instance_cache=True, use_listings_cache=False)
                self._opened = files, root
            return self._opened


@contextmanager
def reported(*, absent: bool = False) -> Iterator[None]:
    """What a file system raises as a TransientError; with `absent`, "not there" stays what it is."""
    try:
        yield
    except (FolioError, *_LOCAL_ERRORS):
        raise
    except (FileNotFoundError, NotADirectoryError) as error:
        if absent:
            raise
        raise TransientError("the file was gone when it was to be read") from error
    except Exception as error:
        raise TransientError(why(error)) from error


def why(error: Exception) -> str:
    """What went wrong, in our words: the file system's own may hold addresses with keys in them."""
    kind = type(error).__name__
    if isinstance(error, PermissionError) or "Credential" in kind:
        return "access is denied: check the credentials that the environment or the file system's own configuration gives"
    if isinstance(error, TimeoutError | ConnectionError) or "Connect" in kind or "Timeout" in kind:
        return "it does not answer"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return f"its file system reports {kind}"


def _check(url: str) -> None:
    if _PASSWORD.search(url):
        raise InvalidInputError(
            "the URL of a source holds a password, which would be shown: leave it out, and give the credentials by the "
            "environment or the file system's own configuration"
        )
    protocols = [_PROTOCOL.match(part) for part in url.split("::")]
    if not all(protocols):
        raise InvalidInputError("the address of a source is no fsspec URL, such as s3://bucket/folder")
    for protocol in protocols:
        if protocol:
            _check_protocol(protocol[1].lower())


def _check_protocol(protocol: str) -> None:
    try:
        fsspec.get_filesystem_class(protocol)
    except ValueError:
        raise InvalidInputError(
            f"no file system is known for {protocol}://; there are s3, gs, abfs, sftp, zip and all others of fsspec"
        ) from None
    except ImportError as error:
        if protocol in _S3 and importlib.util.find_spec("s3fs") is None:
            raise MissingExtraError(f"{protocol}://", extra="s3") from error
        told = known_implementations.get(protocol, {}).get("err") or "its package cannot be loaded"
        raise SettingsError(f"{protocol}:// cannot be used: {told}") from error

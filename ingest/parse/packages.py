"""Refuses files that are archives inside (Word, Excel, PowerPoint, OpenDocument, EPUB) and unpack to far too much.

What an archive says of its own sizes may be a lie, so every entry is unpacked here once, a piece at a time, and counted.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from core.errors import UnreadableFileError
from ingest.parse import failures

ZIP_MARK = b"PK\x03\x04"

# A file of real text shrinks to a tenth, of spaces and zeros to a thousandth: that is what bombs are made of.
_MAX_RATIO = 250
_HARMLESS_BYTES = 32 * 1024 * 1024
_MAX_DEPTH = 3
_PIECE_BYTES = 1024 * 1024
_LOCAL_HEADER = struct.Struct("<26xHH")
_ENCRYPTED = 0x1


def check_package(data: bytes, *, limit_bytes: int) -> None:
    """Look into an archive, and into archives in it.

    Raises:
        UnreadableFileError: It unpacks to more than `limit_bytes`, or to far more than its own size; it holds archives too
            deep in each other, is encrypted, packed in a way that documents are not, or damaged.
    """
    _Budget(len(data), limit_bytes=limit_bytes).check(data, depth=1)


class _Budget:
    """What may still be unpacked of one file, whatever is in it at any depth."""

    def __init__(self, size_bytes: int, *, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._most_bytes = min(limit_bytes, max(_HARMLESS_BYTES, size_bytes * _MAX_RATIO))
        self._unpacked_bytes = 0

    def check(self, data: bytes, *, depth: int) -> None:
        if depth > _MAX_DEPTH:
            raise UnreadableFileError(
                f"it has archives in archives, more than {_MAX_DEPTH} deep: take them apart"
            )
        entries = _entries(data)
        declared_bytes = sum(entry.file_size for entry in entries)
        if self._unpacked_bytes + declared_bytes > self._most_bytes:
            raise self._bomb(self._unpacked_bytes + declared_bytes)
        for entry in entries:
            self._check_entry(data, entry, depth=depth)

    def _check_entry(self, data: bytes, entry: zipfile.ZipInfo, *, depth: int) -> None:
        is_archive = False
        kept: list[bytes] = []
        for number, piece in enumerate(_unpacked(data, entry)):
            self._unpacked_bytes += len(piece)
            if self._unpacked_bytes > self._most_bytes:
                raise self._bomb(self._unpacked_bytes)
            is_archive = piece.startswith(ZIP_MARK) if number == 0 else is_archive
            if is_archive:
                kept.append(piece)
        if is_archive:
            self.check(b"".join(kept), depth=depth + 1)

    def _bomb(self, size_bytes: int) -> UnreadableFileError:
        if self._most_bytes < self._limit_bytes:
            return UnreadableFileError(
                f"it unpacks to more than {_MAX_RATIO} times its size, as zip bombs do: save it anew"
            )
        return UnreadableFileError(
            f"it unpacks to {size_bytes} bytes or more, over the limit of {self._limit_bytes}. "
            "Raise FOLIO_INGEST__MAX_UNPACKED_BYTES or split the file."
        )


def _entries(data: bytes) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return package.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError):
        raise UnreadableFileError(failures.DAMAGED) from None


def _unpacked(data: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """What an entry holds, in pieces: as much as is there, whatever size it declares."""
    if entry.flag_bits & _ENCRYPTED:
        raise UnreadableFileError(failures.LOCKED)
    packed = _packed(data, entry)
    if entry.compress_type == zipfile.ZIP_STORED:
        yield bytes(packed)
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        yield from _inflated(packed)
    else:
        raise UnreadableFileError("it is packed in a way that no document format uses: save it anew")


def _packed(data: bytes, entry: zipfile.ZipInfo) -> memoryview:
    try:
        name_bytes, extra_bytes = _LOCAL_HEADER.unpack_from(data, entry.header_offset)
    except struct.error:
        raise UnreadableFileError(failures.DAMAGED) from None
    start = entry.header_offset + 30 + name_bytes + extra_bytes
    return memoryview(data)[start : start + entry.compress_size]


def _inflated(packed: memoryview) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        waiting: bytes | memoryview = packed
        while waiting and not inflater.eof:
            yield inflater.decompress(waiting, _PIECE_BYTES)
            waiting = inflater.unconsumed_tail
    except zlib.error:
        raise UnreadableFileError(failures.DAMAGED) from None

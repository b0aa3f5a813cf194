"""Which kind of file it is: by the content where that is plain to see, else by the name."""

import codecs
from pathlib import PurePosixPath

from core.errors import UnreadableFileError
from ingest.parse.source_types import SOURCE_TYPES

_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = f"{_OFFICE}wordprocessingml.document"
PPTX = f"{_OFFICE}presentationml.presentation"
XLSX = f"{_OFFICE}spreadsheetml.sheet"
PDF = "application/pdf"
HTML = "text/html"
MARKDOWN = "text/markdown"
PLAIN = "text/plain"
XML = "application/xml"
IMAGE_PREFIX = "image/"

_BY_EXTENSION = {
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".txt": PLAIN,
    ".text": PLAIN,
    ".log": PLAIN,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".pdf": PDF,
    ".docx": DOCX,
    ".docm": DOCX,
    ".pptx": PPTX,
    ".pptm": PPTX,
    ".xlsx": XLSX,
    ".xlsm": XLSX,
    ".xls": "application/vnd.ms-excel",
    ".doc": "application/msword",
    ".ppt": "application/vnd.ms-powerpoint",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".rtf": "application/rtf",
    ".epub": "application/epub+zip",
    ".eml": "message/rfc822",
    ".msg": "application/vnd.ms-outlook",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".json": "application/json",
    ".yaml": "application/x-yaml",
    ".yml": "application/x-yaml",
    ".xml": XML,
    ".rst": "text/x-rst",
    ".ipynb": "application/x-ipynb+json",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".bmp": "image/bmp",
    ".webp": "image/webp",
    **SOURCE_TYPES,
}
_SNIFFED_BYTES = 8192
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_ZIP_TYPES = {
    DOCX,
    PPTX,
    XLSX,
    _BY_EXTENSION[".odt"],
    _BY_EXTENSION[".ods"],
    _BY_EXTENSION[".epub"],
}
_TEXT_TYPES = {
    PLAIN,
    MARKDOWN,
    HTML,
    XML,
    "text/csv",
    "text/tab-separated-values",
    "application/json",
    "application/x-yaml",
    "text/x-rst",
    "application/x-ipynb+json",
    *SOURCE_TYPES.values(),
}


def media_type(data: bytes, *, path: str) -> str:
    """The MIME type of a file.

    Raises:
        UnreadableFileError: The type is not supported, or the content is not what the name says.
    """
    extension = PurePosixPath(path).suffix.lower()
    named = _BY_EXTENSION.get(extension)
    if named == PDF or data[:1024].lstrip().startswith(b"%PDF-"):
        return PDF
    if named is None:
        return _type_of_unknown(data, extension=extension)
    _check_content(data, named=named, extension=extension)
    return named


def is_text(mime_type: str) -> bool:
    """Whether the bytes of this type are characters in some encoding."""
    return mime_type in _TEXT_TYPES


def looks_like_text(data: bytes) -> bool:
    """Whether the beginning holds none of the control bytes that only binary files have."""
    head = data[:_SNIFFED_BYTES]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF8)):
        return True
    odd_count = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in head)
    return odd_count * 100 <= len(head)


def _type_of_unknown(data: bytes, *, extension: str) -> str:
    """Text under a name that says nothing, or says something we do not know, is read as text."""
    if looks_like_text(data) and not data.startswith((_ZIP, _OLE)):
        return PLAIN
    name = f"files of the type '{extension}'" if extension else "binary files without an extension"
    raise UnreadableFileError(f"{name} are not supported; convert the file to PDF, Office, HTML or text")


def _check_content(data: bytes, *, named: str, extension: str) -> None:
    if named in _ZIP_TYPES and data.startswith(_OLE):
        raise UnreadableFileError("the file is locked with a password; save it without one")
    if named in _ZIP_TYPES and not data.startswith(_ZIP):
        raise UnreadableFileError(f"the file is damaged: it is not a '{extension}' file inside")
    if named in _TEXT_TYPES and not looks_like_text(data):
        raise UnreadableFileError(
            f"the file is damaged: it is binary although its name ends with '{extension}'"
        )

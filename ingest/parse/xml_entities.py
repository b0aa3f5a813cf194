"""Keeps `&`, `<` and `>` of Word and XML files: kreuzberg 4 drops every character that XML spells as an entity.

Before parsing, such characters become code points of the private use area; afterwards they become themselves.
"""

import html
import io
import re
import zipfile

_ENTITY = re.compile(rb"&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_STAND_INS = {"&": "\ue9a0", "<": "\ue9a1", ">": "\ue9a2", '"': "\ue9a3", "'": "\ue9a4"}
_ORIGINALS = str.maketrans({stand_in: original for original, stand_in in _STAND_INS.items()})
_WORD_TEXT = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
# Larger packages are parsed as they are: they would be unpacked in memory here.
_MAX_UNPACKED_BYTES = 256 * 1024 * 1024


def protected_docx(data: bytes) -> bytes:
    """A Word file with its entities replaced by stand-ins; unchanged if it has none or is no readable package."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(item.file_size for item in package.infolist()) > _MAX_UNPACKED_BYTES:
                return data
            parts = [(item, package.read(item)) for item in package.infolist()]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError):
        return data
    protected = [
        (item, protected_xml(part) if _WORD_TEXT.fullmatch(item.filename) else part) for item, part in parts
    ]
    if all(new is old for (_, new), (_, old) in zip(protected, parts, strict=True)):
        return data
    return _packed([(item.filename, part) for item, part in protected])


def protected_xml(data: bytes) -> bytes:
    """XML in UTF-8 with its entities replaced by stand-ins; the same object if it has none."""
    return _ENTITY.sub(_stand_in, data) if _ENTITY.search(data) else data


def restored(text: str) -> str:
    """The text with its stand-ins replaced by the characters they stand for."""
    return text.translate(_ORIGINALS)


def _stand_in(match: re.Match[bytes]) -> bytes:
    character = html.unescape(match.group().decode("ascii"))
    return _STAND_INS.get(character, character).encode("utf-8", errors="ignore")


def _packed(parts: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as package:
        for name, part in parts:
            package.writestr(name, part)
    return buffer.getvalue()

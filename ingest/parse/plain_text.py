"""Bytes to clean characters: encodings, line ends, control characters, front matter."""

import codecs
import re

import yaml
from charset_normalizer import from_bytes

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LINE_END = re.compile(r"\r\n?|\x0b|\x0c|\x85|\u2028|\u2029")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)??(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_DECLARATION = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([A-Za-z0-9_.:-]+)", re.IGNORECASE
)
_DECLARED_BYTES = 2048
_LATIN_ENCODINGS = ["cp1252", "cp1250", "cp1254", "cp1257"]
_LEAST_HIGH_SHARE = 0.5
# Enough to tell encodings apart; the whole of a large file would take seconds.
_DETECTED_BYTES = 64 * 1024


def decoded(data: bytes) -> str:
    """The characters of a text file: by its byte order mark, as UTF-8, as HTML or XML declares, or as its bytes look like.

    Bytes that their encoding does not know become U+FFFD.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(_declared_encoding(data) or _guessed_encoding(data), errors="replace")


def cleaned(text: str) -> str:
    """The text with line feeds as line ends and without control characters; tabs stay."""
    return _CONTROL.sub("", _LINE_END.sub("\n", text))


def without_front_matter(text: str) -> tuple[str, str]:
    """A Markdown text without the YAML block at its top, and the title that the block names ("" if none).

    A block that is not a YAML mapping is text, and stays.
    """
    match = _FRONT_MATTER.match(text)
    if match is None:
        return text, ""
    try:
        values = yaml.safe_load(match.group(1) or "")
    except yaml.YAMLError:
        return text, ""
    if not isinstance(values, dict):
        return text, ""
    title = values.get("title")
    return text[match.end() :].lstrip("\n"), title.strip() if isinstance(title, str) else ""


def _declared_encoding(data: bytes) -> str | None:
    match = _DECLARATION.search(data[:_DECLARED_BYTES])
    if match is None:
        return None
    try:
        return codecs.lookup(match.group(1).decode("ascii")).name
    except LookupError:
        return None


def _guessed_encoding(data: bytes) -> str:
    """Western European text passes for Central European as well; where both fit, the more common one is meant.

    Two accents in a short text can pass for a Chinese character, but Chinese or Russian text has few letters of ASCII.
    """
    head = data[:_DETECTED_BYTES]
    letters = [byte for byte in head if byte >= 0x80 or chr(byte).isalpha()]
    high_count = sum(byte >= 0x80 for byte in letters)
    is_latin = high_count < _LEAST_HIGH_SHARE * len(letters)
    matches = from_bytes(head, cp_isolation=_LATIN_ENCODINGS if is_latin else None)
    best = matches.best()
    if best is None or any("cp1252" in match.could_be_from_charset for match in matches):
        return "cp1252"
    return best.encoding

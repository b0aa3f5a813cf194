"""Hidden text of Word files and hidden sheets, rows and columns of workbooks, taken out of the packages. Pure.

What is looked for is spelled in one way by everything that writes these formats, so the XML is searched, not parsed: parsing and
writing it anew would cost as much as reading the document.
"""

import io
import re
import zipfile
from collections.abc import Callable

Rewritten = tuple[bytes, int]

_WORD_TEXT = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_RUN = re.compile(rb"<w:r(?:\s[^>]*)?>(?:(?!<w:r[\s>]).)*?</w:r>", re.DOTALL)
_OFF = rb"(?!\s+w:val=\"(?:0|false|off)\")"
_VANISHED = re.compile(rb"<w:(?:vanish|webHidden)\b" + _OFF)
_TINY = re.compile(rb"<w:sz w:val=\"[012]\"\s*/>")
_WHITE = re.compile(rb"<w:color w:val=\"(?:FFFFFF|ffffff)\"")
# Where there are colours behind text, white letters may well be seen.
_PAPER = re.compile(rb"<w:(?:shd|highlight|tblStyle|background)\b|<(?:v|wps|a):")
_HIDDEN_SHEET = re.compile(rb"<sheet\b[^>]*\bstate=\"(?:hidden|veryHidden)\"[^>]*/>")
_ROW = re.compile(rb"<row\b[^>]*\bhidden=\"(?:1|true)\"[^>]*?(?:/>|>.*?</row>)", re.DOTALL)
_COLUMN = re.compile(rb"<col\b[^>]*>")
_CELL = re.compile(rb"<c\b[^>]*?\br=\"([A-Z]{1,3})\d+\"[^>]*?(?:/>|>.*?</c>)", re.DOTALL)
# Larger packages are left as they are: they would be unpacked in memory here.
_MAX_UNPACKED_BYTES = 256 * 1024 * 1024


def seen_docx(data: bytes) -> Rewritten:
    """A Word file without runs that are hidden, tiny (a point or less) or white on white, and how many there were."""
    return _package(data, lambda name, part: _seen_runs(part) if _WORD_TEXT.fullmatch(name) else (part, 0))


def seen_xlsx(data: bytes) -> Rewritten:
    """A workbook without hidden sheets, rows and columns, and how many there were. Rows that a filter hides stay."""
    return _package(data, _seen_sheet)


def _seen_runs(part: bytes) -> Rewritten:
    white = _WHITE.search(part) is not None and _PAPER.search(part) is None
    if not white and not _VANISHED.search(part) and not _TINY.search(part):
        return part, 0
    count = 0

    def kept(match: re.Match[bytes]) -> bytes:
        nonlocal count
        run = match.group()
        hidden = _VANISHED.search(run) or _TINY.search(run) or (white and _WHITE.search(run))
        count += bool(hidden)
        return b"" if hidden else run

    return _RUN.sub(kept, part), count


def _seen_sheet(name: str, part: bytes) -> Rewritten:
    if name == "xl/workbook.xml":
        return _HIDDEN_SHEET.subn(b"", part)
    if not _SHEET.fullmatch(name) or b"hidden=" not in part:
        return part, 0
    rows = 0
    if b"<autoFilter" not in part:
        part, rows = _ROW.subn(b"", part)
    columns = _hidden_columns(part)
    if columns:
        part = _CELL.sub(lambda match: b"" if _number(match.group(1)) in columns else match.group(), part)
    return part, rows + len(columns)


def _hidden_columns(part: bytes) -> frozenset[int]:
    found: set[int] = set()
    for column in _COLUMN.findall(part):
        if re.search(rb"\bhidden=\"(?:1|true)\"", column):
            bounds = [re.search(rb"\b" + side + rb"=\"(\d{1,5})\"", column) for side in (b"min", b"max")]
            if bounds[0] and bounds[1]:
                found.update(range(int(bounds[0].group(1)), min(int(bounds[1].group(1)), 16_384) + 1))
    return frozenset(found)


def _number(letters: bytes) -> int:
    """Of a column by its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _package(data: bytes, rewrite: Callable[[str, bytes], Rewritten]) -> Rewritten:
    """The package with rewritten parts; the same object if nothing was hidden or it is no readable package."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(item.file_size for item in package.infolist()) > _MAX_UNPACKED_BYTES:
                return data, 0
            parts = [(item.filename, package.read(item)) for item in package.infolist()]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError):
        return data, 0
    rewritten = [(name, *rewrite(name, part)) for name, part in parts]
    count = sum(found for _, _, found in rewritten)
    return (_packed([(name, part) for name, part, _ in rewritten]), count) if count else (data, 0)


def _packed(parts: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as package:
        for name, part in parts:
            package.writestr(name, part)
    return buffer.getvalue()

"""Any file to Markdown with page breaks."""

import re
from collections.abc import Callable
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import Protocol

from core.config import IngestSettings
from core.documents import HIDDEN_TEXT, PageSpan, ParsedDocument
from core.errors import UnreadableFileError
from ingest.parse import failures, media_types
from ingest.parse.extraction import extract
from ingest.parse.markdown_cleanup import unescaped, without_html_head, without_inline_images
from ingest.parse.packages import ZIP_MARK, check_package
from ingest.parse.pages import joined_pages
from ingest.parse.pdf_lines import reflowed
from ingest.parse.plain_text import cleaned, decoded, without_front_matter
from ingest.parse.source_types import is_source_code
from ingest.parse.xml_entities import protected_docx, protected_xml, restored

# Raise it when the same bytes give another text because of a change here.
_RULES_VERSION = 2
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_MAX_TITLE_CHARS = 300


class Seen(Protocol):
    """Takes hidden text out of a file."""

    def __call__(self, data: bytes, *, mime_type: str) -> tuple[bytes, int]:
        """The file as its readers see it, and how many pieces were hidden."""


class KreuzbergParser:
    """Implements Parser. Blocking, but the library lets other threads run; safe to call from several threads."""

    def __init__(self, settings: IngestSettings, *, seen: Seen | None = None) -> None:
        """`seen` takes out of a file what its readers do not see, and says how many pieces that was."""
        self._seen = seen
        self._ocr_language = settings.ocr_language
        self._max_unpacked_bytes = settings.max_unpacked_bytes

    @property
    def fingerprint(self) -> str:
        """Library, its version, our rules' version and the OCR language."""
        return f"kreuzberg:{version('kreuzberg')}:{_RULES_VERSION}:{self._ocr_language}"

    def parse(self, data: bytes, *, path: str) -> ParsedDocument:
        """The text of one file.

        Markdown and plain text are kept as they are, but for line ends, control characters and YAML front matter. The
        title is the one the file states, else its first heading, else the name of the file.

        Raises:
            UnreadableFileError: The file is empty, damaged, locked, of an unknown type, unpacks to too much, or gives no
                text.
        """
        if not data:
            raise UnreadableFileError(failures.EMPTY_FILE)
        mime_type = media_types.media_type(data, path=path)
        if data.startswith(ZIP_MARK):
            check_package(data, limit_bytes=self._max_unpacked_bytes)
        if is_source_code(mime_type):
            # Its `#` begins a comment, no heading; its `---` no front matter.
            return _source_code(data, mime_type=mime_type, path=path)
        if mime_type in {media_types.MARKDOWN, media_types.PLAIN}:
            text, title = without_front_matter(cleaned(decoded(data)))
            pages: tuple[PageSpan, ...] = ()
            hidden_count = 0
        else:
            seen, hidden_count = self._without_hidden(_as_text(data, mime_type), mime_type)
            found = extract(_prepared(seen, mime_type), mime_type=mime_type, ocr_language=self._ocr_language)
            text, pages = joined_pages(found.pages, rewrite=_rewriting(mime_type))
            title = restored(found.title)
        if not any(character.isalnum() for character in text):
            raise UnreadableFileError(_why_no_text(mime_type))
        return ParsedDocument(
            text=text,
            title=_one_line(title) or _first_heading(text) or PurePosixPath(path).stem,
            mime_type=mime_type,
            pages=pages,
            screening_counts={HIDDEN_TEXT: hidden_count} if hidden_count else {},
        )

    def _without_hidden(self, data: bytes, mime_type: str) -> tuple[bytes, int]:
        return self._seen(data, mime_type=mime_type) if self._seen else (data, 0)


def _source_code(data: bytes, *, mime_type: str, path: str) -> ParsedDocument:
    text = cleaned(decoded(data))
    if not any(character.isalnum() for character in text):
        raise UnreadableFileError(_why_no_text(mime_type))
    return ParsedDocument(text=text, title=PurePosixPath(path).stem, mime_type=mime_type)


def _as_text(data: bytes, mime_type: str) -> bytes:
    """Text in UTF-8, and everything else as it is: kreuzberg takes all text for UTF-8."""
    return cleaned(decoded(data)).encode() if media_types.is_text(mime_type) else data


def _prepared(data: bytes, mime_type: str) -> bytes:
    """The bytes as kreuzberg reads them without loss: it drops XML entities."""
    if mime_type == media_types.DOCX:
        return protected_docx(data)
    return protected_xml(data) if mime_type == media_types.XML else data


def _rewriting(mime_type: str) -> Callable[[str], str]:
    """What turns a page of kreuzberg's output into the text that is kept."""
    if mime_type == media_types.PDF:
        return lambda page: reflowed(cleaned(page))
    if mime_type == media_types.HTML:
        return lambda page: without_inline_images(without_html_head(cleaned(page)))
    return lambda page: restored(unescaped(without_inline_images(cleaned(page))))


def _first_heading(text: str) -> str:
    match = _HEADING.search(text)
    return _one_line(match.group(1)) if match else ""


def _one_line(title: str) -> str:
    return " ".join(cleaned(title).split())[:_MAX_TITLE_CHARS]


def _why_no_text(mime_type: str) -> str:
    if mime_type == media_types.PDF:
        return failures.NO_TEXT_LAYER
    return failures.NO_OCR if mime_type.startswith(media_types.IMAGE_PREFIX) else failures.NO_TEXT

"""A file without what nobody sees of it, and how much that was; and whether it speaks to a language model."""

from collections.abc import Iterator
from dataclasses import replace

from core.documents import HIDDEN_TEXT, ParsedDocument
from core.errors import SuspectFileError
from core.ingest_settings import ScreenSettings
from core.screening import TextScreen
from ingest.parse import media_types
from ingest.screen.characters import invisible_spans, smuggled_spans
from ingest.screen.cutting import Span, cut, joined, without
from ingest.screen.elements import hidden_elements
from ingest.screen.markdown import comments, hidden_html
from ingest.screen.office import seen_docx, seen_xlsx

COMMENT = "COMMENT"
"""Comments of Markdown files."""
INVISIBLE_CHARACTER = "INVISIBLE_CHARACTER"
"""Runs of characters without width, and overrides of the reading direction."""
INJECTION = "INJECTION"
"""Sentences that speak to a language model. They are counted, not taken out."""

# Raise it when the same file gives another text because of a change here.
_RULES_VERSION = 1
_BLOCK_CHARS = 32_000


class DocumentScreen:
    """Screens files and their texts. Blocking; without state; safe to call from several threads."""

    def __init__(self, settings: ScreenSettings, *, screen: TextScreen) -> None:
        """`screen` looks for injections; it is not asked where the settings do not want to know."""
        self._settings = settings
        self._screen = screen

    @property
    def fingerprint(self) -> str:
        """The rules' version and the settings that shape what is stored."""
        settings = self._settings
        keeps_out = f"{settings.injection_threshold}:{settings.injection_count}"
        bounds = keeps_out if settings.injection == "quarantine" else ""
        return f"screen:{_RULES_VERSION}:{settings.hidden}:{settings.injection}:{bounds}"

    def seen(self, data: bytes, *, mime_type: str) -> tuple[bytes, int]:
        """The file as its readers see it, and how many pieces were hidden: web pages (in UTF-8), Word files, workbooks.

        The same object where nothing is hidden, or the settings keep it.
        """
        if self._settings.hidden == "keep":
            return data, 0
        if mime_type == media_types.DOCX:
            return seen_docx(data)
        if mime_type == media_types.XLSX:
            return seen_xlsx(data)
        if mime_type == media_types.HTML:
            return _seen_page(data)
        return data, 0

    def screened(self, document: ParsedDocument) -> ParsedDocument:
        """The document without hidden text, with what was found in `screening_counts`.

        Raises:
            SuspectFileError: The settings keep such documents out.
        """
        counts = dict(document.screening_counts)
        if self._settings.hidden != "keep":
            document = self._without_hidden(document, counts)
        self._count_injections(document.text, counts)
        self._check(counts)
        return replace(document, screening_counts=counts) if counts != document.screening_counts else document

    def _without_hidden(self, document: ParsedDocument, counts: dict[str, int]) -> ParsedDocument:
        text = document.text
        smuggled = smuggled_spans(text)
        found = {HIDDEN_TEXT: smuggled, INVISIBLE_CHARACTER: invisible_spans(text)}
        if document.mime_type == media_types.MARKDOWN:
            found[HIDDEN_TEXT] = [*smuggled, *hidden_html(text)]
            found[COMMENT] = comments(text)
        for name, spans in found.items():
            if spans:
                counts[name] = counts.get(name, 0) + len(spans)
        return cut(document, joined(span for spans in found.values() for span in spans))

    def _count_injections(self, text: str, counts: dict[str, int]) -> None:
        if self._settings.injection == "off":
            return
        count = sum(
            one.score >= self._settings.injection_threshold
            for start, end in _blocks(text)
            for one in self._screen.screen(text[start:end], source="passage").findings
        )
        if count:
            counts[INJECTION] = count

    def _check(self, counts: dict[str, int]) -> None:
        settings = self._settings
        if settings.hidden == "quarantine" and counts.get(HIDDEN_TEXT):
            raise SuspectFileError(
                f"it hides text from its readers in {counts[HIDDEN_TEXT]} places, and screen.hidden is `quarantine`: "
                "take it out of the file, or set FOLIO_SCREEN__HIDDEN to `remove`"
            )
        if settings.injection == "quarantine" and counts.get(INJECTION, 0) >= settings.injection_count:
            raise SuspectFileError(
                f"{counts[INJECTION]} of its sentences speak to a language model, and screen.injection is `quarantine`: "
                "take them out of the file, or set FOLIO_SCREEN__INJECTION to `flag`"
            )


def _seen_page(data: bytes) -> tuple[bytes, int]:
    try:
        source = data.decode("utf-8")
    except UnicodeDecodeError:
        return data, 0
    spans = hidden_elements(source)
    return (without(source, joined(spans)).encode(), len(spans)) if spans else (data, 0)


def _blocks(text: str) -> Iterator[Span]:
    """Ranges of at most 32,000 characters that end with a line where there is one."""
    start = 0
    while start < len(text):
        end = min(start + _BLOCK_CHARS, len(text))
        line_end = text.rfind("\n", start + _BLOCK_CHARS // 2, end) + 1 if end < len(text) else 0
        yield start, line_end or end
        start = line_end or end

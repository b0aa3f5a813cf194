"""From texts to findings of personal data: plain reading, pieces, recognisers, lists of exceptions, and back."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from core.config import RedactionSettings
from core.graph import NamedSpan
from inference.nlp.pieces import pieces, seams
from ingest.pii.analyzer import BatchAnalyzer, Reading
from ingest.pii.borders import borders_of
from ingest.pii.joined import joined
from ingest.pii.names import names_in
from ingest.pii.policy import DENIED
from ingest.pii.priority import TORN
from ingest.pii.recognizers.gazetteer import load_gazetteer
from ingest.pii.shadow import Shadow, shadow_of
from ingest.pii.spans import Finding
from ingest.pii.variants import name_variants

_PIECE_CHARS = 20_000
# A telephone number with a word near it that says so has at least this.
_CONFIRMED_SCORE = 0.6
_Span = TypeVar("_Span", Finding, NamedSpan)


@dataclass(frozen=True, slots=True)
class _Window:
    text_index: int
    offset: int
    text: str


class Detector:
    """Finds personal data. Not for two threads at once: spaCy's shared vocabulary is not made for it.

    Cost grows with the length of the text alone: every piece is bounded, and so is every pattern.
    """

    def __init__(self, settings: RedactionSettings) -> None:
        """Load models and recognisers (seconds).

        Raises:
            SettingsError: See `BatchAnalyzer`.
        """
        self.analyzer = BatchAnalyzer(settings)
        self._allowed = frozenset(_plain(value) for value in settings.allow)
        self._denied = _any_of(settings.deny)
        self._borders = borders_of(frozenset(self.analyzer.policy.entities))

    def find(self, texts: Sequence[str]) -> list[list[Finding]]:
        """The findings in each text, in its own offsets; they may overlap."""
        return [reading.findings for reading in self.read(texts)]

    def read(self, texts: Sequence[str], *, language: str | None = None) -> list[Reading]:
        """The findings and the names in each text, in its own offsets; findings may overlap.

        Names are those of the model of this language; None is the first one.
        """
        shadows = [
            replace(shadow, text=self._borders.masked(shadow.text)) for shadow in map(shadow_of, texts)
        ]
        found = [Reading([], []) for _ in texts]
        windows = [row for index, shadow in enumerate(shadows) for row in _windows(index, shadow.text)]
        readings = self.analyzer.read([row.text for row in windows], language=language)
        for window, reading in zip(windows, readings, strict=True):
            found[window.text_index].findings.extend(_moved(reading.findings, window.offset))
            found[window.text_index].names.extend(_moved(reading.names, window.offset))
        return [
            Reading(self._finished(shadow, row.findings), names_in(shadow, row.names))
            for shadow, row in zip(shadows, found, strict=True)
        ]

    def _finished(self, shadow: Shadow, findings: list[Finding]) -> list[Finding]:
        text = shadow.text
        rows = [*findings, *self._torn(text)]
        rows = [row for row in rows if _plain(text[row.start : row.end]) not in self._allowed]
        if "PERSON" in self.analyzer.policy.entities:
            rows += name_variants(text, rows, load_gazetteer())
        if self._denied:
            rows += (Finding(DENIED, *match.span(), 1.0) for match in self._denied.finditer(text))
        return [
            replace(row, start=start, end=end)
            for row in rows
            for start, end in [shadow.span(row.start, row.end)]
        ]

    def _torn(self, text: str) -> Iterator[Finding]:
        """Values over a line end or a cell border: only what the joined text shows and the torn one did not."""
        whole = joined(text)
        if whole is None:
            return
        for offset, piece in pieces(whole.text, limit_chars=_PIECE_CHARS):
            for found in self.analyzer.by_patterns(piece, entities=TORN & set(self.analyzer.policy.entities)):
                start, end = whole.span(found.start + offset, found.end + offset)
                if _is_column(text[start:end]) and _by_shape_alone(found, piece):
                    continue
                if end - start != found.end - found.start or re.search(r"[\n\r|]", text[start:end]):
                    yield replace(found, start=start, end=end)


def _is_column(torn: str) -> bool:
    """Whether a value stands in cells of a table, or over more lines than a line end tears it into."""
    return "|" in torn or torn.count("\n") > 1


def _by_shape_alone(found: Finding, text: str) -> bool:
    """Whether nothing but its length makes a telephone number of the digits: three amounts in a row of a table have it too."""
    return (
        found.entity == "PHONE_NUMBER"
        and found.score < _CONFIRMED_SCORE
        and not text.startswith(("+", "(", "00"), found.start)
    )


def _windows(index: int, text: str) -> Iterator[_Window]:
    for offset, piece in pieces(text, limit_chars=_PIECE_CHARS):
        yield _Window(index, offset, piece)
    for offset, piece in seams(text, limit_chars=_PIECE_CHARS):
        yield _Window(index, offset, piece)


def _moved(rows: Iterable[_Span], offset: int) -> list[_Span]:
    return [replace(row, start=row.start + offset, end=row.end + offset) for row in rows]


def _plain(value: str) -> str:
    return " ".join(value.casefold().split())


def _any_of(values: Sequence[str]) -> re.Pattern[str] | None:
    """A pattern for any of the phrases as whole words, however they are spaced."""
    phrases = [r"\s+".join(map(re.escape, value.split())) for value in values if value.strip()]
    if not phrases:
        return None
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return re.compile(rf"(?i)(?<!\w)(?:{'|'.join(longest_first)})(?!\w)")

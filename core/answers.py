"""An answer as data: sentences that are somebody's words, and where they stand."""

from dataclasses import dataclass
from enum import StrEnum

from core.pseudonyms import RestoredSpan


class AnswerStatus(StrEnum):
    """Whether the question was answered."""

    ANSWERED = "answered"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote: `stored_text[start:end] == quote` for that document and version.

    `restored` are the values in the quote where pseudonyms were turned back; then the offsets are still those of the stored
    text, and so are not as far apart as the quote is long.
    """

    doc_id: str
    external_id: str | None
    document: str
    path: str
    version: int
    page: int | None
    heading: str
    quote: str
    start: int
    end: int
    restored: tuple[RestoredSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer text cites by number: `[1]` is `citations[0]`. A refusal has a reason and no citation."""

    text: str
    status: AnswerStatus
    reason: str | None
    citations: tuple[Citation, ...]

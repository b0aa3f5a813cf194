"""What a language model is asked to write, and how it is read while it comes. Pure.

The quotes stand before the sentence that they bear: a model that has copied the words of a source writes what they say.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

from pydantic import BaseModel, Field, ValidationError
from pydantic_core import from_json

from generation.drafts import DraftQuote, DraftSentence

# Longer than any answer; what comes after is not read.
_MOST_CHARS = 1_000_000


class WrittenQuote(BaseModel):
    """Words of a source, to the letter."""

    source: int = Field(description="number of the source")
    quote: str = Field(description="words of that source, to the letter")


class WrittenSentence(BaseModel):
    """A sentence of the answer and the words that bear it."""

    quotes: list[WrittenQuote]
    text: str

    def draft(self, statements: Sequence[DraftSentence]) -> DraftSentence:  # noqa: ARG002 - it quotes sources itself
        """The sentence as a draft."""
        return DraftSentence(self.text, tuple(DraftQuote(one.source, one.quote) for one in self.quotes))


class WrittenAnswer(BaseModel):
    """Sentences in reading order; none where the sources do not answer the question."""

    sentences: list[WrittenSentence]


class CombinedSentence(BaseModel):
    """A sentence of the answer and the numbers of the statements that it says again."""

    statements: list[int]
    text: str

    def draft(self, statements: Sequence[DraftSentence]) -> DraftSentence:
        """The sentence as a draft: its quotes are those of its statements. A number without a statement brings none."""
        used = [statements[number - 1] for number in self.statements if 0 < number <= len(statements)]
        return DraftSentence(self.text, tuple(dict.fromkeys(quote for one in used for quote in one.quotes)))


class CombinedAnswer(BaseModel):
    """Sentences in reading order; none where the statements do not answer the question."""

    sentences: list[CombinedSentence]


Written: TypeAlias = WrittenAnswer | CombinedAnswer


class Growing:
    """JSON such as `{"sentences": [...]}` while it is being written: gives each sentence as soon as it is closed."""

    def __init__(self) -> None:
        self._text = ""
        self._given = 0
        self._is_whole = False

    @property
    def is_whole(self) -> bool:
        """Whether what has come is all of it."""
        return self._is_whole

    def add(self, piece: str) -> list[Any]:
        """Take a piece; the sentences that are complete with it, as they were written: of any form."""
        if len(self._text) + len(piece) > _MOST_CHARS:
            return []
        self._text += piece
        # Only a closing brace completes one.
        if "}" not in piece:
            return []
        return self._new()

    def _new(self) -> list[Any]:
        start, end = self._text.find("{"), self._text.rfind("}") + 1
        bare = self._text[start:end] if start >= 0 else ""
        whole = _sentences(bare)
        self._is_whole = whole is not None
        closed = _sentences(f"{bare}]}}") if whole is None else None
        if closed is not None:
            new = closed[self._given :]
            # What was given is not read again: a long answer takes no longer than it is.
            self._text, self._given = f'{{"sentences":[null{self._text[end:]}', 1
            return new
        # Of what is open still the last one may be of any length.
        complete = whole if whole is not None else (_sentences(bare, allow_partial=True) or [])[:-1]
        new = complete[self._given :]
        self._given += len(new)
        return new


def _sentences(text: str, *, allow_partial: bool = False) -> list[Any] | None:
    try:
        found = from_json(text, allow_partial=allow_partial)
    except ValueError:
        return None
    rows = found.get("sentences") if isinstance(found, dict) else None
    return rows if isinstance(rows, list) else None


def draft_of(row: Any, answer: type[Written], statements: Sequence[DraftSentence]) -> DraftSentence | None:
    """A sentence that came in a stream; None if it is not of the form that was asked for."""
    shape: type[WrittenSentence | CombinedSentence] = (
        WrittenSentence if answer is WrittenAnswer else CombinedSentence
    )
    try:
        return shape.model_validate(row).draft(statements)
    except ValidationError:
        return None

"""What a language model writes before anybody checked it, and what is left of it after.

A draft is data of a third party: nothing of it is shown before a `Check` has found its quotes in the passages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.answers import Citation
from core.search import Hit


@dataclass(frozen=True, slots=True)
class DraftQuote:
    """Words that a model says stand in a source. `source` counts from 1, as in the prompt; both are unchecked."""

    source: int
    quote: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence as a model wrote it, and what it says that the sentence stands on."""

    text: str = field(repr=False)
    quotes: tuple[DraftQuote, ...]


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence that may be shown: every quote was located in its source."""

    text: str = field(repr=False)
    citations: tuple[Citation, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class RemovedSentence:
    """A sentence that may not be shown.

    `reason` is a code: `no_quote`, `unknown_source`, `quote_not_found`, `number_not_in_sources`, `not_supported`;
    before the check `no_sentence` and `too_long`, after it `foreign_address`.
    """

    reason: str


Check = Callable[[DraftSentence, Sequence[Hit]], CheckedSentence | RemovedSentence]
"""Decides on a sentence by the passages that it was written from, in the order of their numbers."""

"""A user's own recognisers for the names of files: their patterns that are sure enough alone, or with a word of theirs in the name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import regex  # type: ignore[import-untyped] # as Presidio compiles them; it has no stubs

from ingest.pii.recognizer_file import read_recognizers

# How Presidio compiles, and what a word of the context adds to a score (its `LemmaContextAwareEnhancer`).
_FLAGS = regex.DOTALL | regex.MULTILINE | regex.IGNORECASE
_CONTEXT_SCORE, _LEAST_WITH_CONTEXT = 0.35, 0.4
_DENIED_SCORE = 1.0

Accepts = Callable[[str, float], bool]
"""Whether a finding of a type is sure enough."""


@dataclass(frozen=True, slots=True)
class NamePattern:
    """A pattern of one type. `context`: words of which one must be in the name as well, in small letters; none: it is enough."""

    entity: str
    source: str
    context: tuple[str, ...] = ()

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of each finding in a name whose words have spaces between them."""
        if self.context and not any(word in text.lower() for word in self.context):
            return
        for match in regex.finditer(self.source, text, flags=_FLAGS):
            if match.end() > match.start() and "\0" not in match[0]:
                yield match.span()


def name_patterns(path: Path, accepts: Accepts) -> tuple[NamePattern, ...]:
    """The patterns of a file of recognisers that are of use in names.

    Raises:
        SettingsError: The file cannot be used.
    """
    rows = read_recognizers(path, lambda row: list(_patterns(row, accepts)))
    return tuple(pattern for row in rows for pattern in row)


def _patterns(row: Any, accepts: Accepts) -> Iterator[NamePattern]:
    entity = row["supported_entity"]
    context = tuple(str(word).lower() for word in row.get("context") or ())
    scored = [(one["regex"], float(one["score"])) for one in row.get("patterns") or ()]
    if denied := row.get("deny_list"):
        words = "|".join(regex.escape(str(word)) for word in denied)
        scored.append((rf"(?<!\w)(?:{words})(?!\w)", float(row.get("deny_list_score", _DENIED_SCORE))))
    for source, score in scored:
        regex.compile(source, flags=_FLAGS)
        if accepts(entity, score):
            yield NamePattern(entity, source)
        elif context and accepts(entity, min(1.0, max(score + _CONTEXT_SCORE, _LEAST_WITH_CONTEXT))):
            yield NamePattern(entity, source, context)

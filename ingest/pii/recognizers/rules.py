"""A Presidio recogniser made of rules: a shape, what must stand near it, and a check digit."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from presidio_analyzer import LocalRecognizer, RecognizerResult

CERTAIN = 1.0
LIKELY = 0.85
POSSIBLE = 0.5
NEVER = 0.0
_BEFORE_CHARS = 60
_AFTER_CHARS = 25


@dataclass(frozen=True, slots=True)
class Rule:
    """Text that matches `pattern` (its group `value`, if it has one) is a finding.

    `check` says certain (True), wrong (False) or nothing (None). `context` raises the score to `LIKELY` where it stands
    up to 60 characters before or 25 after; a rule whose `score` is `NEVER` needs it.
    """

    pattern: re.Pattern[str]
    score: float
    check: Callable[[str], bool | None] | None = None
    context: re.Pattern[str] | None = None
    in_context: float = LIKELY

    def findings(self, text: str) -> Iterator[tuple[int, int, float]]:
        """Start, end and confidence of each finding."""
        name: str | int = "value" if "value" in self.pattern.groupindex else 0
        for match in self.pattern.finditer(text):
            start, end = match.span(name)
            score = self._score(text, start, end)
            if score > NEVER:
                yield start, end, score

    def _score(self, text: str, start: int, end: int) -> float:
        verdict = self.check(text[start:end]) if self.check else None
        if verdict is not None:
            return CERTAIN if verdict else NEVER
        if self.context and has_context(self.context, text, start, end):
            return self.in_context
        return self.score


class RuleRecognizer(LocalRecognizer):
    """Finds one type of entity by rules. `gate` is a cheap test that every text with a finding passes."""

    def __init__(
        self, entity: str, rules: Sequence[Rule], *, gate: re.Pattern[str], language: str = "en"
    ) -> None:
        self.rules = tuple(rules)
        self.gate = gate
        name = f"{entity.title().replace('_', '')}Rules"
        super().__init__(supported_entities=[entity], supported_language=language, name=name)

    def load(self) -> None:
        """Nothing to load: the patterns are compiled."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """The findings of all rules."""
        del entities, nlp_artifacts
        return [self.result(*found) for rule in self.rules for found in rule.findings(text)]

    def result(self, start: int, end: int, score: float) -> RecognizerResult:
        """A finding in Presidio's form."""
        return found_by(self, self.supported_entities[0], (start, end), score)


def found_by(recognizer: Any, entity: str, span: tuple[int, int], score: float) -> RecognizerResult:
    """A finding in Presidio's form, with the mark by which Presidio finds its recogniser again."""
    metadata = {
        RecognizerResult.RECOGNIZER_NAME_KEY: recognizer.name,
        RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: recognizer.id,
    }
    return RecognizerResult(entity, *span, score, recognition_metadata=metadata)


def has_context(words: re.Pattern[str], text: str, start: int, end: int) -> bool:
    """Whether one of the words stands near a finding, in the line before it or right after it."""
    before = text[max(0, start - _BEFORE_CHARS) : start]
    return bool(words.search(before) or words.search(text[end : end + _AFTER_CHARS]))


def words(*alternatives: str) -> re.Pattern[str]:
    """A pattern for any of the words, in any case, plural included."""
    return re.compile(rf"(?i)(?<![^\W_])(?:{'|'.join(alternatives)})s?(?![^\W_])")

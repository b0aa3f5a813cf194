"""A detector that finds words which a test has chosen."""

import re
from collections.abc import Mapping

from core.screening import Finding, FindingKind, Screening, TextSource


class FakeScreen:
    """Implements TextScreen: `scores` says which words are found, in any case, and how sure. The text's score is the greatest.

    Of a passage the whole sentence is found, up to a full stop. `asked` counts the texts.
    """

    def __init__(self, scores: Mapping[str, float]) -> None:
        self.scores = scores
        self.asked = 0

    def screen(self, text: str, *, source: TextSource, about: str = "") -> Screening:
        self.asked += 1
        findings = [
            Finding(FindingKind.INSTRUCTION_OVERRIDE, *_bounds(text, match, source), score)
            for word, score in self.scores.items()
            for match in re.finditer(re.escape(word), text, re.IGNORECASE)
        ]
        ordered = sorted(findings, key=lambda one: one.start)
        return Screening(tuple(ordered), max((one.score for one in ordered), default=0.0))


def _bounds(text: str, match: re.Match[str], source: TextSource) -> tuple[int, int]:
    if source == "question":
        return match.span()
    start = text.rfind(". ", 0, match.start())
    end = text.find(".", match.end())
    return (start + 2 if start >= 0 else 0), (end + 1 if end >= 0 else len(text))

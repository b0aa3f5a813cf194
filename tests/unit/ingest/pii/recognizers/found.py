"""What a recogniser finds in a text, as values."""

from typing import Any

THRESHOLD = 0.4


def found(recognizer: Any, text: str) -> list[str]:
    """The values in order, those above the default threshold; none if the gate says so."""
    if not recognizer.gate.search(text):
        return []
    rows = recognizer.analyze(text, [])
    return [
        text[start:end] for start, end in sorted({(r.start, r.end) for r in rows if r.score >= THRESHOLD})
    ]

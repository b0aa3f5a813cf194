"""Recognisers that a user describes in Presidio's YAML format."""

import re
from pathlib import Path
from typing import Any

from presidio_analyzer import EntityRecognizer, PatternRecognizer

from core.pseudonyms import TYPE_NAME
from ingest.pii.recognizer_file import read_recognizers

_KEYS = frozenset(
    {
        "name",
        "supported_entity",
        "supported_language",
        "patterns",
        "deny_list",
        "context",
        "type",
        "deny_list_score",
    }
)


def custom_recognizers(path: Path, *, language: str) -> list[EntityRecognizer]:
    """The recognisers of the file, all of them for one language: their patterns run over every text.

    Raises:
        SettingsError: The file cannot be read, or any recogniser in it is wrong; the message lists all mistakes.
    """
    return read_recognizers(path, lambda row: _recognizer(row, language))


def _recognizer(row: Any, language: str) -> EntityRecognizer:
    if not isinstance(row, dict):
        raise TypeError("is not a mapping")
    unknown = sorted(set(row) - _KEYS)
    if unknown:
        raise ValueError(f"unknown keys {', '.join(map(str, unknown))}; known: {', '.join(sorted(_KEYS))}")
    if row.get("type", "custom") != "custom":
        raise ValueError(f"type '{row['type']}' is not supported; describe a custom one")
    entity = row.get("supported_entity")
    if not isinstance(entity, str) or not re.fullmatch(TYPE_NAME, entity):
        raise ValueError(
            "supported_entity needs capitals and digits, words joined by '_', such as EMPLOYEE_BADGE: pseudonyms begin with it"
        )
    kept = {key: value for key, value in row.items() if key not in {"type", "supported_language"}}
    recognizer = PatternRecognizer.from_dict({**kept, "supported_language": language})
    # Patterns are compiled at the first text: now, so that a wrong one is an error of the settings.
    recognizer.analyze("", [])
    return recognizer

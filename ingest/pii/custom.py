"""Recognisers that a user describes in Presidio's YAML format."""

import re
from pathlib import Path
from typing import Any

import regex  # type: ignore[import-untyped] # Presidio compiles with it; it has no stubs
import yaml
from presidio_analyzer import EntityRecognizer, PatternRecognizer

from core.errors import SettingsError
from core.pseudonyms import TYPE_NAME

_SETTING = "FOLIO_REDACTION__RECOGNIZERS_FILE"
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
    rows = _rows(path)
    found: list[EntityRecognizer] = []
    mistakes: list[str] = []
    for number, row in enumerate(rows, start=1):
        try:
            found.append(_recognizer(row, language))
        except (ValueError, TypeError, KeyError, AttributeError, regex.error) as error:
            mistakes.append(f"recogniser {number}: {error}")
    if mistakes:
        raise SettingsError(f"{_SETTING}: '{path}' cannot be used: {'; '.join(mistakes)}")
    return found


def _rows(path: Path) -> list[Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"{_SETTING}: '{path}' cannot be read as YAML: {error}") from error
    rows = content.get("recognizers") if isinstance(content, dict) else None
    if not isinstance(rows, list):
        raise SettingsError(f"{_SETTING}: '{path}' needs a list under the key 'recognizers'")
    return rows


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

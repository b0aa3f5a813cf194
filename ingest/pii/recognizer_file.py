"""The file in which a user describes recognisers of his own, in Presidio's YAML format. Needs no Presidio."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import regex  # type: ignore[import-untyped] # Presidio compiles with it; it has no stubs
import yaml

from core.errors import SettingsError

_SETTING = "FOLIO_REDACTION__RECOGNIZERS_FILE"
Made = TypeVar("Made")


def read_recognizers(path: Path, make: Callable[[Any], Made]) -> list[Made]:
    """What `make` makes of each recogniser of the file.

    Raises:
        SettingsError: The file cannot be read, or any recogniser in it is wrong; the message lists all mistakes.
    """
    found: list[Made] = []
    mistakes: list[str] = []
    for number, row in enumerate(_rows(path), start=1):
        try:
            found.append(make(row))
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

"""Where each setting came from: `folio config` prints it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from pydantic_settings import (
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    TomlConfigSettingsSource,
)

from core.config import Settings, dumped


def provenance(settings: Settings) -> list[tuple[str, object, str]]:
    """One row per setting: dotted name, value with secrets redacted, and its origin, strongest source first."""
    layers = [(label, _paths("", source())) for label, source in _sources()]
    return [
        (name, value, next((label for label, names in layers if name in names), "default"))
        for name, value in dumped(settings).items()
    ]


def _sources() -> list[tuple[str, PydanticBaseSettingsSource]]:
    return [
        ("environment", EnvSettingsSource(Settings)),
        (".env", DotEnvSettingsSource(Settings)),
        ("folio.toml", TomlConfigSettingsSource(Settings, toml_file=Path("folio.toml"))),
    ]


def _paths(prefix: str, tree: Mapping[str, Any]) -> set[str]:
    names: set[str] = set()
    for name, value in tree.items():
        names.add(prefix + name)
        if isinstance(value, Mapping):
            names |= _paths(f"{prefix}{name}.", cast("Mapping[str, Any]", value))
    return names

"""All settings as rows, read from the settings tree itself: what documentation and `folio config` show."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from core.access import Tier
from core.config import Settings


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting; `default` is written as in an environment variable, empty where nothing is set."""

    name: str
    variable: str
    default: str
    meaning: str


def setting_rows() -> list[SettingRow]:
    """Every setting in the order of the tree."""
    return list(_rows(Settings, path=()))


def as_markdown() -> str:
    """The table of `docs/settings.md`."""
    lines = ["| setting | variable | default | meaning |", "|---|---|---|---|"]
    lines += [
        f"| `{row.name}` | `{row.variable}` | {f'`{row.default}`' if row.default else ''} | {row.meaning} |"
        for row in setting_rows()
    ]
    return "\n".join(lines) + "\n"


def _rows(model: type[BaseModel], *, path: tuple[str, ...]) -> Iterator[SettingRow]:
    for name, field in model.model_fields.items():
        here = (*path, name)
        if isinstance(field.default, BaseModel):
            yield from _rows(type(field.default), path=here)
        else:
            variable = "FOLIO_" + "__".join(here).upper()
            yield SettingRow(".".join(here), variable, _written(field.default), _meaning(field))


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Tier):
        return value.label
    if isinstance(value, str | Path):
        return str(value)
    return json.dumps(value)


def _meaning(field: FieldInfo) -> str:
    meaning = field.description or ""
    if get_origin(field.annotation) is not Literal:
        return meaning
    return f"{meaning}; one of {', '.join(f'`{choice}`' for choice in get_args(field.annotation))}"

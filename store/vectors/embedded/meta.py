"""What a shelf remembers besides the points: which folder holds which collection, and the aliases.

Two equal copies are kept. A torn or damaged file is answered from the other; if both are lost the folders themselves say
which collections there are (`collection.json` in each), and only the aliases are gone.
"""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

_FILES = ("shelf.json", "shelf.copy.json")
CONFIG_FILE = "collection.json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ShelfMeta:
    """`folders`: collection name to its folder's name. `aliases`: alias to collection name."""

    folders: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)


def read_meta(root: Path) -> ShelfMeta:
    """What was saved last; empty for a new folder."""
    found = [root / name for name in _FILES if (root / name).exists()]
    for path in found:
        meta = _parse(path)
        if meta is not None:
            return meta
        _log.warning("%s is damaged and is ignored", path)
    return _from_folders(root) if found else ShelfMeta()


def write_meta(root: Path, meta: ShelfMeta) -> None:
    """Save; a crash at any instruction leaves the old or the new state, never a mixture."""
    for name in _FILES:
        write_json(root / name, {"folders": dict(meta.folders), "aliases": dict(meta.aliases)})


def write_json(path: Path, value: object) -> None:
    """Replace a JSON file atomically and durably."""
    staged = path.with_name(f"{path.name}.new")
    with staged.open("wb") as stream:
        stream.write(orjson.dumps(value))
        stream.flush()
        os.fsync(stream.fileno())
    staged.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames inside the folder durable."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def read_json(path: Path) -> dict[str, Any] | None:
    """The object in a JSON file; None if it is missing or damaged."""
    try:
        value = orjson.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError, orjson.JSONDecodeError):
        return None
    return value if isinstance(value, dict) else None


def _parse(path: Path) -> ShelfMeta | None:
    row = read_json(path)
    if row is None or not isinstance(row.get("folders"), dict) or not isinstance(row.get("aliases"), dict):
        return None
    return ShelfMeta(row["folders"], row["aliases"])


def _from_folders(root: Path) -> ShelfMeta:
    configs = {folder.name: read_json(folder / CONFIG_FILE) for folder in root.iterdir() if folder.is_dir()}
    return ShelfMeta({config["name"]: folder for folder, config in configs.items() if config})

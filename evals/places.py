"""Where golden sets, baselines and reports of a knowledge base lie. Names only; nothing here makes a folder."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InvalidInputError

if TYPE_CHECKING:
    from core.config import Settings

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def evals_folder(settings: "Settings") -> Path:
    """All that evaluations of this knowledge base write: `evals.folder`, by default `evals` in `home`."""
    return settings.evals.folder or settings.home / "evals"


def sets_folder(settings: "Settings") -> Path:
    """Golden sets: a folder each, with the set's name."""
    return evals_folder(settings) / "sets"


def baselines_folder(settings: "Settings") -> Path:
    """Evaluations that later ones are compared with."""
    return evals_folder(settings) / "baselines"


def reports_folder(settings: "Settings") -> Path:
    """Reports and their plots."""
    return evals_folder(settings) / "reports"


def set_folder(settings: "Settings", name: str) -> Path:
    """The folder of one golden set, whether or not it is there.

    Raises:
        InvalidInputError: The name could lead out of the folder of sets, or would not work on every file system.
    """
    return sets_folder(settings) / checked_name(name)


def checked_name(name: str) -> str:
    """The name of a golden set as it was given.

    Raises:
        InvalidInputError: It is none.
    """
    if not _NAME.fullmatch(name) or ".." in name:
        raise InvalidInputError(
            f"'{name[:70]}' is no name of a golden set: take 1 to 64 of a-z, 0-9, '.', '_' and '-', a letter or digit first"
        )
    return name


def set_names(settings: "Settings") -> list[str]:
    """The names of the folders of golden sets that there are, sorted."""
    folder = sets_folder(settings)
    found = (path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else ()
    return sorted(name for name in found if _NAME.fullmatch(name) and ".." not in name)

"""What is installed and what the image is built from: every folder that the program needs, and the prompts too."""

import tomllib
from pathlib import Path

from generation.prompts.templates import PACKAGED

REPO = Path(__file__).resolve().parents[3]
PROJECT = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))
INSTALLED = set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])


def test_prompts_are_installed_where_they_are_looked_for() -> None:
    """Beside the packages: the folder lies relative to the module that reads it."""
    assert PACKAGED.relative_to(REPO).as_posix() in INSTALLED
    assert set(PROJECT["tool"]["mypy"]["packages"]) < INSTALLED


def test_the_image_is_built_from_all_that_is_installed() -> None:
    lines = (REPO / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {f"!{name}" for name in INSTALLED} <= set(lines)

"""constraints.txt: exact, free of indexes and paths, and in step with pyproject.toml."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPO = Path(__file__).resolve().parents[3]
TEXT = (REPO / "constraints.txt").read_text(encoding="utf-8")
PINS = {
    canonicalize_name(name): version
    for name, _, version in (line.partition("==") for line in TEXT.splitlines() if not line.startswith("#"))
}
PROJECT = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REQUIREMENTS = [
    *PROJECT["dependencies"],
    *(one for extra in PROJECT["optional-dependencies"].values() for one in extra),
]


def test_every_line_is_an_exact_version() -> None:
    lines = [line for line in TEXT.splitlines() if not line.startswith("#")]
    odd = [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!]+", line)]
    assert lines
    assert odd == [], "no addresses, no paths, no +cpu builds"


@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_declared_requirement_is_pinned_to_a_version_that_it_allows(requirement: str) -> None:
    wanted = Requirement(requirement)
    pinned = PINS.get(canonicalize_name(wanted.name))
    assert pinned is not None, f"{wanted.name} is missing: run `make constraints`"
    assert wanted.specifier.contains(pinned, prereleases=True)

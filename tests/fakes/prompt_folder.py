"""Folders with prompts for tests."""

import json
from datetime import date
from pathlib import Path

from generation.prompts.sealing import seal
from generation.prompts.shelf import Shelf
from generation.prompts.templates import PACKAGED

SYSTEM = "You greet."
_TEMPLATE = '{{% extends "_parts/base.j2" %}}\n{{% block system %}}{system}{{% endblock %}}\n{{% block user %}}{user}{{% endblock %}}\n'


def write(
    folder: Path, label: str, *, system: str = SYSTEM, user: str = "{{ name | data }}", text: str = ""
) -> Path:
    """The template `<label>.j2` (`greet/1`, `greet/1.de`), with example values beside it."""
    file = folder / f"{label}.j2"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text or _TEMPLATE.format(system=system, user=user), encoding="utf-8")
    example = file.parent / "example.json"
    if not example.exists():
        example.write_text(json.dumps({"name": "Ann"}), encoding="utf-8")
    return file


def released(folder: Path, *versions: int, name: str = "greet") -> Shelf:
    """A shelf over the folder (before the packaged one) with these versions of `greet`, released, each saying which it is."""
    for version in versions:
        write(folder, f"{name}/{version}", system=f"You greet, version {version}.")
    # The shelf has the packaged versions, too: those are nobody's to seal anew.
    for prompt in (one for one in Shelf(folder, PACKAGED).versions(name) if one.version in versions):
        seal(prompt, today=date(2026, 1, 1), status="released", description="Greets.")
    return Shelf(folder, PACKAGED)

"""The settings of a run: those of whoever runs it, over stores of its own, with keys that are the same every time."""

from collections.abc import Mapping
from pathlib import Path

from core.config import Settings, load_settings
from evals.scorecard.faults import Overrides

# Pseudonyms are made with it, and they are words of the texts that are measured. It protects nothing.
_KEY = "the scorecard has no secrets"
_ALONE: Overrides = {
    "vectors": {"url": None},
    "catalog": {"url": None},
    "artifacts": {"url": None},
    "cache": {"url": None},
    "llm": {"model": None},
    "access": {"tenant": "default", "clearance": "internal", "groups": ()},
    "answers": {"mode": "extractive", "cache": "off"},
    # Nothing may depend on how busy the machine is.
    "graph": {"budget_ms": 60_000},
    "ingest": {"settle_s": 0.0},
    "records": {"enabled": False},
    "vault": {"pseudonym_key": _KEY, "key": None, "key_command": ()},
}
TEXTS_OF_OTHERS: Overrides = {"redaction": {"policy": "off"}, "graph": {"enabled": False}}
"""For sets under `--data`: what is measured of them is how they are found, as in the tables of others."""


def bench_settings(home: Path, *overrides: Overrides) -> Settings:
    """The settings for one knowledge base of a run; later overrides win.

    Raises:
        SettingsError: A value in the environment or of an override cannot be.
    """
    sections: dict[str, dict[str, object]] = {}
    for given in (_ALONE, *overrides):
        _merge(sections, given)
    return load_settings(home=home, sources=(), **sections)


def _merge(into: dict[str, dict[str, object]], given: Mapping[str, Mapping[str, object]]) -> None:
    for section, values in given.items():
        into.setdefault(section, {}).update(values)

"""Folders of Markdown files to index: generated, the same on every machine, or from a JSONL corpus."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson

_FILES_PER_FOLDER = 500
_SUBJECTS = (
    "the crane", "a supplier", "the finance team", "every new employee", "the night shift", "our insurer",
    "the loading dock", "a visitor", "the quality manager", "the backup generator", "the works council",
    "a customer in Norway", "the calibration bench", "the travel desk", "the second warehouse",
)  # fmt: skip
_VERBS = (
    "must report", "has approved", "should replace", "cannot accept", "will inspect", "is responsible for",
    "keeps a record of", "no longer orders", "pays in advance for", "measures", "signs off", "archives",
)  # fmt: skip
_OBJECTS = (
    "every delivery above 4,000 euros", "the pressure valves of line 7", "travel costs within thirty days",
    "damaged pallets before noon", "the annual safety training", "two hundred litres of coolant",
    "all contracts with a term of more than a year", "the temperature of the cold store", "spare keys",
    "requests for parental leave", "the firmware of the gateway", "invoices without an order number",
)  # fmt: skip
_ENDINGS = (
    "unless the plant is closed", "as section 4.2 of the manual explains", "and informs the board",
    "by the end of the quarter", "because the audit asked for it", "with a second signature", "at its own cost",
)  # fmt: skip
_FIRST = (
    "Anna",
    "John",
    "Maria",
    "Peter",
    "Julia",
    "David",
    "Laura",
    "Thomas",
    "Emma",
    "Robert",
    "Nina",
    "Paul",
)
_LAST = (
    "Miller",
    "Smith",
    "Garcia",
    "Schneider",
    "Jones",
    "Novak",
    "Brown",
    "Rossi",
    "Taylor",
    "Olsen",
    "Weber",
)


def write_generated(folder: Path, *, document_count: int, section_count: int = 8, seed: int = 7) -> None:
    """Documents of `section_count` sections with about 110 words each; every fourth section has personal data."""
    rng = np.random.default_rng(seed)
    for number in range(document_count):
        body = "\n\n".join(_section(row, rng) for row in range(section_count))
        _write(folder, number, text=f"# Procedure {number}: {_pick(rng, _OBJECTS)}\n\n{body}\n")


def write_small(folder: Path, *, document_count: int) -> None:
    """Documents of one sentence: what scanning and comparing cost, without the models."""
    for number in range(document_count):
        _write(folder, number, text=f"# Note {number}\n\nMachine {number} stands in hall {number % 40}.\n")


def write_jsonl(folder: Path, *, corpus: Path, limit: int | None = None) -> None:
    """One file per line `{id, title, text}` of a corpus, at most `limit`."""
    with corpus.open("rb") as lines:
        for number, line in enumerate(lines):
            if number == limit:
                return
            row = orjson.loads(line)
            _write(folder, number, text=f"# {row.get('title') or row['id']}\n\n{row['text']}\n")


def edit_one(folder: Path, *, document_count: int, turn: int) -> Path:
    """Change a file in the middle of the folder; another content each turn."""
    path = _path(folder, document_count // 2)
    path.write_text(f"# Note\n\nThe machine has moved to hall {1000 + turn}.\n", encoding="utf-8")
    return path


def _section(number: int, rng: np.random.Generator) -> str:
    text = " ".join(_sentences(rng, 8))
    if number % 4 == 3:
        first, last = _pick(rng, _FIRST), _pick(rng, _LAST)
        text += f" Ask {first} {last}, {first}.{last}@example.com or +1 212 555 {rng.integers(1000, 9999)}."
    return f"## Section {number + 1}\n\n{text}"


def _sentences(rng: np.random.Generator, count: int) -> Iterator[str]:
    for _ in range(count):
        words = f"{_pick(rng, _SUBJECTS)} {_pick(rng, _VERBS)} {_pick(rng, _OBJECTS)} {_pick(rng, _ENDINGS)}."
        yield words[0].upper() + words[1:]


def _pick(rng: np.random.Generator, choices: tuple[str, ...]) -> str:
    return choices[int(rng.integers(len(choices)))]


def _write(folder: Path, number: int, *, text: str) -> None:
    path = _path(folder, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _path(folder: Path, number: int) -> Path:
    return folder / f"part-{number // _FILES_PER_FOLDER:03d}" / f"document-{number:05d}.md"
